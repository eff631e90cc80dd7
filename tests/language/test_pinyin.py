from __future__ import annotations

import pytest

from bot.language.pinyin import folded, readings, sound_alike


@pytest.mark.parametrize(
    ("sign", "expected"),
    [("幸", "xing"), ("绿", "lv"), ("馨", "xin"), ("颐", "yi"), ("苑", "yuan"), ("潞", "lu")],
)
def test_the_commonest_reading_comes_first(sign: str, expected: str) -> None:
    assert readings(sign)[0] == expected


def test_a_character_may_have_several_readings() -> None:
    assert set(readings("长")) == {"chang", "zhang"}


@pytest.mark.parametrize("sign", ["3", "A", "，", "😡", "\ue000", "㐂"])
def test_other_signs_stand_for_themselves(sign: str) -> None:
    assert readings(sign) == ()
    assert folded(sign) == (sign,)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("幸", "新", True),  # ng and n are one to many speakers
        ("枝", "资", True),  # zh and z as well
        ("长", "常", True),  # in one of its readings
        ("苑", "院", True),
        ("东", "西", False),
        ("幸", "幸", False),  # the same sign is no other
    ],
)
def test_what_sounds_alike(one: str, other: str, expected: bool) -> None:
    assert sound_alike(one, other) is expected
