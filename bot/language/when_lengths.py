"""Times told by how long it is from now: 半小时前, 24小时内, 停了三天了, 刚才."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from bot.language.when_days import Precision
from bot.language.when_found import Found
from bot.language.when_words import NUMERAL, value

_AGO = re.compile(
    f"(?P<count>{NUMERAL}|半|[一1]个?半|好?几|十几|[二三四五]?十[几多])个?(?P<more>多)?(?P<half>半)?(?P<unit>小时|钟头|分钟|刻钟)"
    "(?P<more2>多|左右)?(?P<way>以前|之前|前|以后|之后|后|内|以内|之内)"
)
_LASTING = re.compile(
    "(?:(?P<trouble>已经?|连续|整整|持续了?|[停断没][水电气暖网]?了?|[坏漏堵]了?|不亮了?|没修)(?:有|快|都|整整)?)?"
    f"(?P<count>{NUMERAL}|半|好?几)个?(?P<more>多)?(?P<unit>天|周|星期|礼拜|月|年|小时)(?P<more2>多)?(?P<done>了)?"
)
_NOW = re.compile("刚刚|刚才|方才|刚(?=停|断|着|发|才|漏|坏|关)|现在|目前|此刻|眼下|这会儿|这时候")
_JUST_NOW = timedelta(minutes=30)


def by_length(text: str, at: int, now: datetime) -> Found | None:
    """The time told so at `at`; None where there is none."""
    return _ago(text, at, now) or _lasting(text, at, now) or _moment(text, at, now)


def _ago(text: str, at: int, now: datetime) -> Found | None:
    """半小时前, 十几分钟前, 两个多小时前; 两小时后, 24小时内."""
    found = _AGO.match(text, at)
    if not found:
        return None
    minutes = _minutes(found)
    if not minutes or minutes > 60 * 24 * 30:
        return None
    span = timedelta(minutes=minutes)
    if found["way"].endswith("内"):
        return Found(at, found.end(), now, now + span, Precision.HOUR)
    moment = now + span if found["way"].endswith("后") else now - span
    rough = bool(found["more"] or found["more2"] or re.search("[几多]", found["count"]))
    if found["unit"] in ("小时", "钟头") and minutes >= 60:
        width, precision = timedelta(minutes=30), Precision.HOUR
    else:
        width, precision = timedelta(minutes=5 if minutes >= 10 else 1), Precision.MINUTE
    return Found(at, found.end(), moment - width, moment + width, precision, about=rough)


def _minutes(found: re.Match[str]) -> float:
    count = found["count"]
    unit = {"小时": 60, "钟头": 60, "刻钟": 15, "分钟": 1}[found["unit"]]
    if count == "半":
        return unit / 2
    if count.endswith("半"):
        return unit * 1.5
    if count in ("几", "好几"):
        return unit * 4
    if count.endswith(("几", "多")):
        return unit * ((value(count[:-1]) or 10) + 4)
    many = value(count)
    if len(count) == 2 and "十" not in count and not count.isdecimal():
        many = value(count[1])  # 两三个小时
    return unit * (many + (0.5 if found["half"] or found["more"] else 0))


def _lasting(text: str, at: int, now: datetime) -> Found | None:
    """停了三天了, 已经两周了: since then, and still."""
    found = _LASTING.match(text, at)
    if not found or not (found["trouble"] or found["done"]):
        return None
    count = (
        0.5 if found["count"] == "半" else 4 if "几" in found["count"] else value(found["count"])
    )
    days = {"天": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365, "小时": 1 / 24}[
        found["unit"]
    ]
    if not count or count * days > 36500:
        return None
    start = now - timedelta(days=count * days)
    precision = Precision.HOUR if found["unit"] == "小时" else Precision.DAY
    if precision is Precision.DAY:
        start = datetime.combine(start.date(), time(tzinfo=now.tzinfo))
    return Found(
        at,
        found.end(),
        start,
        now,
        precision,
        open=True,
        about=bool(found["more"] or found["more2"]),
    )


def _moment(text: str, at: int, now: datetime) -> Found | None:
    found = _NOW.match(text, at)
    if not found:
        return None
    start = now - _JUST_NOW if found[0].startswith(("刚", "方")) else now - timedelta(minutes=1)
    return Found(at, found.end(), start, now, Precision.MINUTE)
