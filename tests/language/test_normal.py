from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.normal import normalise, simplify, trace


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("３号楼２单元５０１", "3号楼2单元501"),
        ("ＡＢＣ％＃＠", "ABC%#@"),
        ("３－２－５０１", "3-2-501"),
        ("３️⃣号楼", "3号楼"),
        ("下午３：３０", "下午3:30"),
        ("①3号楼漏水②楼道灯坏", "①3号楼漏水②楼道灯坏"),
        ("五○一室", "五〇一室"),
        ("Ⅲ期 100㎡", "III期 100m2"),
    ],
)
def test_full_width_signs_become_half_width(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("停水了，怎么办？", "停水了，怎么办？"),
        ("停水了,怎么办?", "停水了，怎么办？"),
        ("停水了, 怎么办? 急!", "停水了，怎么办？急！"),
        ("电话:13800135678", "电话：13800135678"),
        ("3号楼(东区)漏水", "3号楼（东区）漏水"),
        ("http://a.cn, ok?", "http://a.cn, ok?"),
        ("《物业管理条例》第三十一条……", "《物业管理条例》第三十一条……"),
    ],
)
def test_punctuation_in_chinese_is_chinese(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("電梯壞了", "电梯坏了"),
        ("幸福裏小區三號樓", "幸福里小区三号楼"),
        ("樓道裡著火了", "楼道里着火了"),
        ("著名作家的著作", "著名作家的著作"),
        ("著名的鐘樓", "著名的钟楼"),
        ("乾淨、乾坤灣", "干净、乾坤湾"),
        ("瞭解情況，沈默", "了解情况，沉默"),
        ("沈阳路覆盖", "沈阳路覆盖"),
        ("后面的电梯坏了", "后面的电梯坏了"),
    ],
)
def test_traditional_becomes_simplified(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你\u200b好\ufeff\x00", "你好"),
        ("  我 要\t报\n修  ", "我要报修"),
        ("call  me  3 号楼", "call me 3 号楼"),
        ("停水了😡😡什么时候来👍🏻", "停水了什么时候来"),
        ("3😀2", "3 2"),
        ("好❤️❤️★", "好"),
        ("\ud83d坏\ue000了", "坏了"),
        ("", ""),
    ],
)
def test_what_nobody_sees_and_pictures_are_dropped(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("快来啊啊啊啊啊", "快来啊啊"),
        ("急！！！！！", "急！！"),
        ("急!!!!", "急！！"),
        ("啊 啊 啊 啊", "啊啊"),
        ("1110000室", "1110000室"),
        ("三三三室", "三三三室"),
        ("www.a.cn", "www.a.cn"),
    ],
)
def test_shouting_is_shortened_but_never_a_number(text: str, expected: str) -> None:
    assert normalise(text) == expected


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(st.text(alphabet="啊！3三 ,.()（）:：\u3000电電著乾淨a…"))
def test_normalising_twice_changes_nothing_more_in_mixed_chinese(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(st.text(alphabet=[chr(code) for code in range(0x4E00, 0x9FA6)]))
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(simplify(text)) == len(text)


MESSY = st.text(
    alphabet="３号樓２單元電梯😡😡壞了!!!啊啊啊啊　 \u200b著火①㎡ﾞかé\u0301が한\u1112\u1161,.()：/3:"
)


@settings(deadline=None)
@given(st.text() | MESSY)
def test_a_traced_text_is_the_normalised_one_and_knows_its_sources(text: str) -> None:
    traced = trace(text)
    assert traced.text == normalise(text)
    assert len(traced.sources) == len(traced.text)
    last = 0
    for start, end in traced.sources:
        assert 0 <= start < end <= len(text)
        assert last <= start  # in the order of the original
        last = start


@settings(deadline=None)
@given(MESSY, st.sampled_from(["3号楼2单元501", "昨晚十点", "京A12345"]), MESSY)
def test_what_needs_no_change_is_found_where_it_stood(before: str, words: str, after: str) -> None:
    text = f"{before}，{words}，{after}"
    traced = trace(text)
    start = traced.text.index(words)
    begin, stop = traced.span(start, start + len(words))
    assert text[begin:stop] == words or text.index(words) != len(before) + 1


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("😡😡３号樓２單元　電梯壞了！！！！", "3号楼2单元", "３号樓２單元"),
        ("快来啊啊啊啊啊，我在3\u200b号楼", "3号楼", "3\u200b号楼"),
        ("快来啊啊啊啊啊，漏水", "啊啊", "啊啊啊啊啊"),
        ("  /漏水 100㎡", "m2", "㎡"),
    ],
)
def test_a_span_leads_back_to_the_residents_own_words(text: str, words: str, expected: str) -> None:
    traced = trace(text)
    start = traced.text.index(words)
    begin, stop = traced.span(start, start + len(words))
    assert text[begin:stop] == expected
