from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.numerals import number, to_digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三号楼二单元五零一", "3号楼2单元501"),
        ("三号楼二单元五〇一室", "3号楼2单元501室"),
        ("二十三号楼", "23号楼"),
        ("十二栋", "12栋"),
        ("第十幢", "第10幢"),
        ("一百零三号楼", "103号楼"),
        ("一百二十号楼", "120号楼"),
        ("三号二单元", "3号2单元"),
        ("三楼二单元", "3楼2单元"),
        ("三号楼二门五零一", "3号楼2门501"),
        ("三座一二零一", "3座1201"),
        ("五零一室", "501室"),
        ("三三三房", "333房"),
        ("三号楼三三三", "3号楼333"),
        ("二期三号楼", "2期3号楼"),
        ("七区5栋", "7区5栋"),
        ("第三网格", "第3网格"),
        ("三杠二杠五零一", "3-2-501"),
        ("3杠2杠501", "3-2-501"),
        ("三-二-五零一", "3-2-501"),
        ("幺零二号楼", "102号楼"),
        ("周三三号楼停水", "周三3号楼停水"),
        ("星期一五号楼", "星期一5号楼"),
        ("二三号楼都停水", "2、3号楼都停水"),
        ("一二三单元", "1、2、3单元"),
        ("这三号楼", "这3号楼"),
        ("四季花城三号楼", "四季花城3号楼"),
        ("五一小区五号楼", "五一小区5号楼"),
        ("三号楼五层五零一", "3号楼五层501"),
        ("三号楼一下雨就漏", "3号楼一下雨就漏"),
        ("三号楼一百多户停水", "3号楼一百多户停水"),
        ("一三八零零一三五六七八", "13800135678"),
    ],
)
def test_numerals_of_an_address_become_digits(text: str, expected: str) -> None:
    assert to_digits(text) == expected


ORDINARY = """
    一下 三天没来 一起 一直 三个人 二十块钱 百货 十分 万一 七上八下 三三两两 一五一十 一门心思 一-二
    一楼 三楼漏水 五层 两栋楼 这一栋楼 有三栋楼 每一栋 同一单元 一座桥 一室一厅 一期工程
    一号会议室 一号召 十号线 五月三号晚上 四季花城 三里屯 百子湾 五一小区
"""


@pytest.mark.parametrize("text", ORDINARY.split())
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert to_digits(text) == text


@pytest.mark.parametrize(
    ("numeral", "expected"),
    [
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("九十九", "99"),
        ("一百", "100"),
        ("一百零三", "103"),
        ("一百一十三", "113"),
        ("一百二", "120"),
        ("五零一", "501"),
        ("〇五〇一", "0501"),
        ("百", None),
        ("一五一十", None),
        ("十十", None),
        ("", None),
    ],
)
def test_a_numeral_alone_is_read(numeral: str, expected: str | None) -> None:
    assert number(numeral) == expected


@settings(deadline=None)
@given(st.integers(1, 999))
def test_every_building_number_is_read(value: int) -> None:
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    signs = "零一二三四五六七八九"
    text = f"{signs[hundreds]}百" if hundreds else ""
    text += f"{signs[tens]}十" if tens else ("零" if hundreds and ones else "")
    text += signs[ones] if ones else ""
    assert to_digits(f"{text}号楼") == f"{value}号楼"


@settings(deadline=None)
@given(st.text(alphabet="一二三十百零五号楼单元栋座门-杠周的3 "))
def test_reading_numerals_never_fails(text: str) -> None:
    assert isinstance(to_digits(text), str)
