from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.address_near import (
    BY_SOUND,
    CHANGED_OVER,
    DOUBLED,
    IMPOSSIBLE,
    OTHER,
    NearIndex,
    closest,
    slips,
)

NAMES = ("幸福里小区", "幸福里南区", "翠湖苑", "槐树街小区", "书香雅苑", "老工会楼", "居委会楼")
INDEX = NearIndex([*NAMES, "幸福里第三网格", "团河社区居民委员会", "团河居委会"])


def found(text: str) -> str:
    return " ".join("/".join(near.names) for near in INDEX.find(text))


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        ("幸福里", "幸福里", 0),
        ("兴福里", "幸福里", BY_SOUND),
        ("兴福李", "幸福里", 2 * BY_SOUND),
        ("福幸里", "幸福里", CHANGED_OVER),
        ("里福幸", "幸福里", IMPOSSIBLE),
        ("幸福福里", "幸福里", DOUBLED),
        ("幸福大里", "幸福里", IMPOSSIBLE),  # 大 tells places apart
        ("幸福的里", "幸福里", OTHER),
        ("槐树小区", "槐树街小区", OTHER),
        ("幸福小区", "幸福南小区", OTHER),  # 南 may be forgotten, but not be written by mistake
        ("翠湖范", "翠湖苑", OTHER),
        ("翠海范", "翠湖苑", IMPOSSIBLE),
        ("幸福里北区", "幸福里南区", IMPOSSIBLE),
        ("幸福里难区", "幸福里南区", BY_SOUND),
        ("幸福", "幸福里小区", IMPOSSIBLE),
    ],
)
def test_what_a_slip_costs(written: str, name: str, expected: float) -> None:
    assert slips(written, name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我住兴福里小区", "幸福里小区"),
        ("幸福里难区停水", "幸福里南区"),
        ("翠湖园3号楼", "翠湖苑"),
        ("脆湖园3号楼", "翠湖苑"),  # two of three, but a number follows
        ("槐树小区停水", "槐树街小区"),
        ("书香雅雅苑停水", "书香雅苑"),
        ("香书雅苑停水", "书香雅苑"),
        ("XINGFULIXIAOQU", "幸福里小区"),
        ("CHY3号楼", "翠湖苑"),
        ("老公会楼漏水", "老工会楼"),
        ("团和居委会", "团河居委会"),
        ("幸福生活真美好", ""),
        ("脆湖园", ""),
        ("居委会没人", ""),
        ("CHY", ""),
        ("我们的小区", ""),
        ("幸福里第四网格", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_by_sound_slip_or_letters(text: str, expected: str) -> None:
    assert found(text) == expected


def test_of_a_few_names_the_closest_is_found_beside_their_area() -> None:
    near = closest("东华门街道东长的灯", [5], [], ["东厂", "智德", "多福巷"])
    assert [(one.start, one.end, one.names) for one in near] == [(5, 7, ("东厂",))]


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from([*"".join(NAMES), "3号楼", "X"])).map("".join))
def test_what_is_found_lies_in_the_text_and_does_not_overlap(text: str) -> None:
    end = 0
    for near in INDEX.find(text):
        assert end <= near.start < near.end <= len(text)
        assert near.names
        end = near.end
