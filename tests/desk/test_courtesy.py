"""Courtesy and bare answers."""

from __future__ import annotations

import pytest

from bot.desk.courtesy import is_short_answer, says_nothing_new


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "好的",
        "好的，谢谢您！",
        "收到👌",
        "嗯嗯",
        "辛苦啦～",
        "知道了",
        "OK",
        "您好",
        "在吗？",
        "麻烦你们了",
    ],
)
def test_courtesy_says_nothing_new(text: str) -> None:
    assert says_nothing_new(text)


@pytest.mark.parametrize(
    "text",
    [
        "好的，是3号楼",
        "谢谢，但是还没修好",
        "在家",
        "行不行",
        "没事了不用来",
        "可以上午来",
        "3",
        "收到水费单了",
    ],
)
def test_whatever_says_more_is_news(text: str) -> None:
    assert not says_nothing_new(text)


@pytest.mark.parametrize(("text", "is_one"), [("是的。", True), ("没有！", True), ("在家", True)])
def test_a_bare_answer_is_known(text: str, is_one: bool) -> None:
    assert is_short_answer(text) is is_one


@pytest.mark.parametrize("text", ["是3号楼", "没有水", "好的", "电梯坏了"])
def test_a_sentence_is_no_bare_answer(text: str) -> None:
    assert not is_short_answer(text)
