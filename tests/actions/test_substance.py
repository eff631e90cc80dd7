"""What words amount to by themselves, without an engine."""

from __future__ import annotations

from typing import Any

import pytest

from actions import substance
from actions.context import Said

PARKING = ({"code": "order.parking", "confidence": 0.9},)


def said(text: str, **more: Any) -> Said:
    return Said(key="k", text=text, intent="report", **more)


@pytest.mark.parametrize("text", ["漏水", "电梯坏了", "灯不亮", "狗叫"])
def test_two_words_can_be_a_report(text: str) -> None:
    assert substance.has_substance(text)


@pytest.mark.parametrize(
    "text", ["我要报修，电话13812345678", "三号楼二单元", "3号楼2单元", "3-2-501室"]
)
def test_a_wish_a_number_and_an_address_are_none(text: str) -> None:
    assert not substance.has_substance(text)


def test_another_matter_is_another_report() -> None:
    heard = said("有人把车堵在门口了", matters=PARKING)
    assert substance.is_another_report(heard, "property.leak")


@pytest.mark.parametrize("text", ["补充一下，车也堵着", "堵车"])
def test_words_that_add_or_say_little_are_no_other_report(text: str) -> None:
    assert not substance.is_another_report(said(text, matters=PARKING), "property.leak")
