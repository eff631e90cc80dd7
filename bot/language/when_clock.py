"""Parts of a day and times by the clock: 凌晨, 晚上十点半, 22:30, 七八点."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from bot.language.when_days import Precision
from bot.language.when_words import value

_HOUR = "(?:\\d{1,2}|[零〇一二三四五六七八九十两]{1,3})"
_CLOCK = re.compile(
    f"(?<![\\d.:])(?:(?P<h24>[01]?\\d|2[0-4]):(?P<m24>[0-5]\\d)(?::[0-5]\\d)?(?![\\d:])"
    f"|(?P<hour>{_HOUR})\\s?(?:点钟?|时(?=\\d|许|左右|整)|:)(?:(?P<half>半)|(?P<quarter>[一1三3])刻"
    f"|(?P<minute>\\d{{1,2}}|[零〇一二三四五六七八九十]{{1,3}})分?(?!楼|号|个|天|次|人|层|单元|点)|(?P<more>多)|整)?)"
)
# 一点 is a little, 三点建议 are three: only with a day or a part of it before.
_NOT_A_CLOCK = re.compile(
    "[点时]?(?:建议|意见|要求|希望|原因|问题|看法|了解"
    "|[水钱儿都也点心声没不吧啊事小名评赞击餐滴燃火单])"
)
_LITTLE_BEFORE = re.compile("(?:[有这那几第差快早晚慢高低多少好大小近远等以下]|[^到至]\\d|\\d\\.)$")
_PARTS = {
    # word: first hour, last hour (past 24 is the next morning), hours by the clock that get +12
    "凌晨": (0, 6, ()), "后半夜": (24, 30, ()), "清晨": (5, 8, ()), "清早": (5, 8, ()),
    "大清早": (5, 8, ()), "一大早": (5, 8, ()), "大早上": (5, 9, ()), "早晨": (5, 9, ()),
    "早上": (6, 9, ()), "早": (6, 9, ()), "晨": (0, 6, ()), "早间": (6, 9, ()), "上午": (8, 12, ()),
    "中午": (11, 14, (1, 2, 3)), "正午": (12, 13, (1,)), "午间": (11, 14, (1, 2)),
    "午后": (12, 15, range(1, 7)), "下午": (12, 18, range(1, 8)), "午休": (12, 14, (1, 2)),
    "傍晚": (17, 19, range(4, 9)), "黄昏": (17, 19, range(4, 9)), "晚上": (18, 24, range(5, 12)),
    "晚间": (18, 24, range(5, 12)), "夜晚": (18, 24, range(5, 12)), "晚": (18, 24, range(5, 12)),
    "夜里": (22, 30, range(8, 12)), "夜间": (22, 30, range(8, 12)), "深夜": (22, 30, range(8, 12)),
    "半夜": (23, 29, range(8, 12)), "大半夜": (23, 29, range(8, 12)),
    "午夜": (23, 25, range(8, 12)),
    "夜": (20, 30, range(6, 12)), "大晚上": (20, 24, range(5, 12)), "白天": (8, 18, range(1, 7)),
    "前半夜": (20, 24, range(8, 12)),
}  # fmt: skip
_LONGEST_FIRST = sorted(_PARTS, key=len, reverse=True)
_NOT_A_PART = "(?![好班餐饭市场])"  # 早上好, 夜市
_ALONE = re.compile(f"(?P<part>{'|'.join(p for p in _LONGEST_FIRST if len(p) > 1)}){_NOT_A_PART}")
_AFTER_DAY = re.compile(f"(?P<part>{'|'.join(_LONGEST_FIRST)}){_NOT_A_PART}")
_ONES = "一二三四五六七八九"


@dataclass(frozen=True)
class Part:
    """A part of a day in hours; past 24 is the next morning."""

    first: int
    last: int
    later: tuple[int, ...]  # hours by the clock that mean 12 more

    def interval(self, day: date, zone: tzinfo | None) -> tuple[datetime, datetime]:
        midnight = datetime.combine(day, time(tzinfo=zone))
        return midnight + timedelta(hours=self.first), midnight + timedelta(hours=self.last)


@dataclass(frozen=True)
class Clock:
    """A time by the clock; `plain` if it was written 22:30 and so needs no half of the day."""

    hour: int
    minute: int
    precision: Precision
    plain: bool = False
    about: bool = False
    until: int | None = None  # 七八点: the second hour

    def interval(
        self,
        said: Part | None,
        day: date,
        zone: tzinfo | None,
        *,
        after: datetime | None = None,
        sure: bool = False,
    ) -> tuple[datetime, datetime]:
        """[start, end) on a day. after: it must be later than this; sure: the hour is as it is."""
        hour = self.hour if sure and not said else self._hour(said)
        midnight = datetime.combine(day, time(tzinfo=zone))
        start = midnight + timedelta(hours=hour, minutes=self.minute)
        if after:
            step = timedelta(hours=24 if self.plain or said or hour > 12 else 12)
            while start <= after:
                start += step
        if self.until is not None:
            wide = timedelta(hours=(self.until - self.hour) % 24 + 1)
            return start, start + wide
        whole = self.precision is Precision.HOUR
        return start, start + (timedelta(hours=1) if whole else timedelta(minutes=1))

    def halves(self) -> list[Clock]:
        """Morning and evening, where nothing says which."""
        if self.plain or self.hour > 12 or self.hour == 0:
            return [self]
        until = None if self.until is None else self.until + 12
        return [self, replace(self, hour=self.hour % 12 + 12, until=until)]

    def _hour(self, said: Part | None) -> int:
        if said is None:
            # 昨天三点 is in the afternoon: nobody waits for the plumber at night.
            return self.hour + 12 if 1 <= self.hour <= 5 and not self.plain else self.hour
        if self.hour in said.later:
            return self.hour + 12
        if said.last > 24 and self.hour < 8:
            return self.hour + 24
        if said.first >= 18 and self.hour in (12, 0, 1, 2, 3, 4):
            return 24 + self.hour % 12
        return 0 if self.hour == 12 and said.last <= 6 else self.hour


def part(text: str, at: int, *, alone: bool) -> tuple[int, Part] | None:
    """(where it ends, the part of the day) at a place; 昨 before 晚 allows the short words."""
    found = (_ALONE if alone else _AFTER_DAY).match(text, at)
    if not found:
        return None
    first, last, later = _PARTS[found["part"]]
    return found.end(), Part(first, last, tuple(later))


def clock(text: str, at: int, *, said: bool) -> tuple[int, Clock] | None:
    """(where it ends, the time) at a place; said: a day or a part of it stands before."""
    found = _CLOCK.match(text, at)
    if not found:
        return None
    if found["h24"]:
        time_found = Clock(int(found["h24"]), int(found["m24"]), Precision.MINUTE, plain=True)
        return (found.end(), time_found) if time_found.hour < 24 or not time_found.minute else None
    exact = found["half"] or found["quarter"] or found["minute"]
    hours = _hours(found["hour"])
    minute = _minute(found)
    if hours is None or minute is None or (not said and not _is_sure(text, found, hours)):
        return None
    precision = Precision.MINUTE if exact else Precision.HOUR
    until = hours[1] if len(hours) == 2 else None
    plain = hours[0] > 12 or hours[0] == 0
    about = bool(found["more"]) or until is not None
    return found.end(), Clock(hours[0], minute, precision, plain, about, until)


def _hours(words: str) -> tuple[int, ...] | None:
    """(10,); (7, 8) of 七八."""
    if len(words) == 2 and all(sign in _ONES for sign in words):
        pair = _ONES.index(words[0]) + 1, _ONES.index(words[1]) + 1
        return pair if pair[1] == pair[0] + 1 else None
    hour = value(words)
    return (hour,) if hour <= 24 and (hour or words in ("0", "00", "零")) else None


def _minute(found: re.Match[str]) -> int | None:
    if found["half"]:
        return 30
    if found["quarter"]:
        return 45 if found["quarter"] in "三3" else 15
    minute = value(found["minute"].lstrip("零〇") or "0") if found["minute"] else 0
    return minute if minute < 60 else None


def _is_sure(text: str, found: re.Match[str], hours: tuple[int, ...]) -> bool:
    """Whether 三点 with nothing before it is a time."""
    exact = found["half"] or found["quarter"] or found["more"]
    if ":" in found[0] or (not exact and _NOT_A_CLOCK.match(text, found.end())):
        return False
    before = text[max(0, found.start() - 2) : found.start()]
    if _LITTLE_BEFORE.search(before):
        return False
    if hours[0] == 0:
        return not found["minute"] or found[0].endswith("分") or found["minute"].isdecimal()
    tells = exact or found["minute"] or "钟" in found[0]
    follows = re.compile("左右|以后|之后|前|到|至|-|开始|起|的?时候|停|来|就|还").match(
        text, found.end()
    )
    return bool(tells or follows or len(hours) == 2) if hours[0] <= 5 else True
