"""Open accusations, and what only sounds like one."""

from __future__ import annotations

import pytest

from bot.language.conduct import is_accusation


@pytest.mark.parametrize(
    "text",
    [
        "路灯不亮，社区的人收了钱也不修",
        "主任他侄子承包的电梯维保，吃回扣",
        "居委会主任收红包",
        "網格員收了我五百塊",
        "网格员小李态度恶劣骂人",
        "塞了两百给窗口才给办",
        "城管中午在饭馆吃喝，下午来收摊",
    ],
)
def test_office_and_misdeed_near_each_other_are_an_accusation(text: str) -> None:
    assert is_accusation(text)


@pytest.mark.parametrize(
    "text",
    [
        "你们都是吃干饭的吗",
        "书香雅苑的",
        "网格员收了我的材料，说下周给答复",
        "物业主任收红包",
        "老师收红包",
        "业委会主任挪用维修资金",
        "网格员没收礼，还倒贴钱给老人买药",
        "居委会不作为，没人管",
        "书记您好，楼上天天打孩子骂人",
        "街道收了停车费不给发票",
    ],
)
def test_others_and_anger_are_not(text: str) -> None:
    assert not is_accusation(text)


def test_a_long_letter_is_about_what_it_begins_with() -> None:
    assert not is_accusation("楼上漏水一直没人修。" * 12 + "城管包庇他们。")
