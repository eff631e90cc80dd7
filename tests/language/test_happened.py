"""The one time in a report that says when it happened."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.language import happened

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("昨晚十点多楼上漏水", "昨晚十点多（11月22日22点左右）"),
        ("半小时前有人撬门", "半小时前（11月23日15:00左右）"),
        ("电梯从上周三开始就停了", "从上周三开始（11月18日起）"),
        ("今天早上停水", "今天早上（11月23日）"),
        ("前天到昨天没电", "前天到昨天（11月21日至11月22日）"),
        ("去年冬天就不热", "去年冬天（2025年12月1日至2026年2月28日）"),
        ("每天凌晨三点工地打桩", "每天凌晨三点"),
        ("明天能来吗，昨晚就坏了", "昨晚（11月22日）"),
    ],
)
def test_a_report_says_when(text: str, words: str) -> None:
    found = happened.find(text, NOW)
    assert found and happened.in_words(found, ZONE) == words


@pytest.mark.parametrize(
    "text",
    [
        "明天能来修吗",
        "下午三点以后我在家",
        "上午有空，随时上门",
        "现在没电",
        "3号楼漏水",
        "电梯坏了",
    ],
)
def test_when_somebody_may_come_is_no_such_time(text: str) -> None:
    assert happened.find(text, NOW) is None


def test_it_is_told_in_the_communitys_own_time() -> None:
    found = happened.find("昨晚十点多楼上漏水", NOW)
    assert found and found["start"] == "2026-11-22T22:00:00+08:00"
    assert "22点" not in happened.in_words(found, ZoneInfo("UTC"))
