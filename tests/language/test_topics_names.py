"""Place names that recur, found without a register."""

from __future__ import annotations

import pytest

from bot.language import topics_names

DICTIONARY = {"幼儿园", "搅拌站", "影响"}


def found(*texts: str) -> frozenset[str]:
    return topics_names.recurring(texts, is_word=DICTIONARY.__contains__)


def test_a_name_that_stands_in_many_places_is_found_from_its_beginning() -> None:
    names = found("住在丁香苑", "路过丁香苑的人", "丁香苑停水", "北边丁香苑漏水", "请来丁香苑看看")
    assert names == {"丁香苑"}


def test_the_shortest_beginning_counts_that_is_not_inside_a_longer_name() -> None:
    names = found("恒泰枫叶郡停水", "路过枫叶郡", "枫叶郡漏水", "新建枫叶郡", "枫叶郡")
    assert "枫叶郡" in names and "叶郡" not in names


def test_two_mentions_are_no_recurrence() -> None:
    assert found("住在丁香苑", "路过丁香苑") == frozenset()


@pytest.mark.parametrize(
    "texts",
    [
        ("旁边的幼儿园", "幼儿园开学", "请问幼儿园", "附近幼儿园"),  # a word of the dictionary
        ("影响小区", "都影响小区", "也影响小区", *("严重影响休息",) * 30),  # said without its end
        ("我们小区", "我们小区", "我们小区", "我们小区"),  # grammar
        ("市政府", "区政府", "找政府", "请政府"),
    ],
)
def test_ordinary_words_are_no_names(texts: tuple[str, ...]) -> None:
    assert found(*texts) == frozenset()


def test_a_road_is_a_name_though_its_beginning_is_a_word() -> None:
    texts = ("人民路堵车", "在人民路", "走人民路", "人民路口") + ("人民满意",) * 30
    assert found(*texts) == {"人民路"}


def test_a_name_does_not_reach_back_over_a_district_or_another_name() -> None:
    names = found(
        "城南区榆树湾停电", "城南区榆树湾停水", "城南区榆树湾漏水", "大名路榆树湾", "的榆树湾"
    )
    assert names == {"榆树湾"}


def test_mentions_are_in_order_and_never_inside_one_another() -> None:
    names = {"丁香苑", "人民路", "人民路丁香苑小区", "丁香苑小区"}
    text = "人民路丁香苑小区停水，丁香苑也停"
    spans = topics_names.mentioned(text, names)
    assert [text[start:end] for start, end in spans] == ["人民路", "丁香苑小区", "丁香苑"]


def test_an_estate_is_one_place_with_and_without_its_kind() -> None:
    assert topics_names.short("丁香雅苑小区") == topics_names.short("丁香雅苑")
    assert topics_names.short("丁香小区") == "丁香小区"
