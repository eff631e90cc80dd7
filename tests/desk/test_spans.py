"""How long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.errors import BadInput
from bot.desk.spans import Span

WORDS = [
    ("30min", Span(30), "30分钟"),
    ("24h", Span(1440), "24小时"),
    ("90 min", Span(90), "1小时30分钟"),
    ("7d", Span(7, days=True), "7天"),
    ("4 working hours", Span(240, working=True), "4小时工作时间"),
    ("1 working hour", Span(60, working=True), "1小时工作时间"),
    ("45 working minutes", Span(45, working=True), "45分钟工作时间"),
    ("3 working days", Span(3, days=True, working=True), "3个工作日"),
    ("Same Day", Span(0, days=True, working=True), "当天"),
]


@pytest.mark.parametrize(("words", "span", "chinese"), WORDS)
def test_words_become_a_span_and_are_said_in_chinese(words: str, span: Span, chinese: str) -> None:
    assert (Span.parse(words), span.chinese) == (span, chinese)


@pytest.mark.parametrize("words", ["", "24", "0h", "-3d", "1.5h", "3 weeks", "working days", "h"])
def test_other_words_are_refused_with_what_was_expected(words: str) -> None:
    with pytest.raises(BadInput, match=r"expected .*24h"):
        Span.parse(words)


def test_a_span_of_many_years_is_a_slip_of_the_pen() -> None:
    with pytest.raises(BadInput, match="'2000d' is too long"):
        Span.parse("2000d")


@given(st.builds(Span, st.integers(1, 900), days=st.booleans(), working=st.booleans()))
def test_what_a_span_says_of_itself_is_the_same_span(span: Span) -> None:
    assert Span.parse(str(span)) == span
