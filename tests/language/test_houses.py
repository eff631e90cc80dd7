"""House numbers look alike to a classifier; everything else is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import houses


def cut(text: str) -> list[tuple[str, int]]:
    return [(sign, at) for at, sign in enumerate(text) if not sign.isspace()]


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("书香雅苑12号楼1单元602室停电了", "书香雅苑1号楼停电了"),
        ("幸福里三号楼二单元五零一漏水", "幸福里1号楼漏水"),
        ("5-2-301马桶堵了", "1号楼马桶堵了"),
        ("3#2-501漏水", "1号楼漏水"),
        ("不对，是2号楼", "不对，是1号楼"),
        ("3号楼和5栋都停水", "1号楼和1号楼都停水"),
        ("3单元", "1号楼"),
    ],
)
def test_one_house_number_stands_for_all(text: str, alike: str) -> None:
    assert houses.alike(text, cut(text))[0] == alike


@pytest.mark.parametrize(
    "text",
    ["我家住5楼", "2020-10-12停水", "等了3-5天", "一号线地铁", "电话13800001111", "停水了", ""],
)
def test_other_numbers_stay(text: str) -> None:
    assert houses.alike(text, cut(text)) == (text, list(text))


def test_the_words_of_a_house_number_become_one() -> None:
    words = [("书香", 0), ("3", 2), ("号楼", 3), ("501", 5), ("漏水", 8)]
    assert houses.alike("书香3号楼501漏水", words) == (
        "书香1号楼漏水",
        ["书香", "1号楼", "漏水"],
    )
    # A word of the dictionary that reaches over the border is part of the number.
    words = [("住", 0), ("3号", 1), ("楼漏水", 3)]
    assert houses.alike("住3号楼漏水", words) == ("住1号楼漏水", ["住", "1号楼"])


@given(st.text(alphabet="幸福3二零501#-号楼单元栋漏 ", max_size=30))
def test_words_have_no_house_number_that_the_text_has_not(text: str) -> None:
    once, words = houses.alike(text, cut(text))
    assert houses.ONE not in words or houses.ONE in once
    assert "".join(words).count(houses.ONE) <= once.count(houses.ONE)
