"""How long: so many minutes or so many days, in natural or in working time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.desk.errors import BadInput

EXPECTED = '"30min", "24h", "7d", "4 working hours", "3 working days" or "same day"'
_SAME_DAY = "same day"
_LONGEST = timedelta(days=1000)
_WORDS = re.compile(
    r"(?P<count>[1-9][0-9]{0,5}) ?(?P<working>working )?(?P<unit>min|minutes?|h|hours?|d|days?)"
)


@dataclass(frozen=True, order=True)
class Span:
    """`count` minutes, or whole days where `days`; working ones where `working`.

    Minutes are counted from the moment the clock starts. How days are counted says the calendar
    (`bot.desk.calendar.Reading`); no working day at all is "the same day".
    """

    count: int
    days: bool = False
    working: bool = False

    @classmethod
    def parse(cls, text: str) -> Span:
        """Raises BadInput naming the words and what was expected."""
        words = " ".join(text.split()).lower()
        if words == _SAME_DAY:
            return cls(0, days=True, working=True)
        match = _WORDS.fullmatch(words)
        if not match:
            raise BadInput(f"{text!r} is no span of time, expected {EXPECTED}")
        unit, working = match["unit"][0], bool(match["working"])
        count = int(match["count"]) * (60 if unit == "h" else 1)
        found = cls(count, days=unit == "d", working=working)
        if found.length > _LONGEST:
            raise BadInput(f"{text!r} is too long, expected at most {_LONGEST.days} days")
        return found

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.count) if self.days else timedelta(minutes=self.count)

    def __str__(self) -> str:
        """The words `parse` understands."""
        if not self.count:
            return _SAME_DAY
        hours, minutes = divmod(self.count, 60)
        count, unit = (self.count, "day") if self.days else (hours, "hour")
        if not self.days and minutes:
            count, unit = self.count, "minute"
        if self.working:
            return f"{count} working {unit}" + "s" * (count > 1)
        return f"{count}{_SHORT[unit]}"

    @property
    def chinese(self) -> str:
        if self.days:
            if not self.count:
                return "当天"
            return f"{self.count}个工作日" if self.working else f"{self.count}天"
        return hours_and_minutes(timedelta(minutes=self.count)) + "工作时间" * self.working


_SHORT = {"minute": "min", "hour": "h", "day": "d"}


def hours_and_minutes(length: timedelta) -> str:
    """1小时30分钟; seconds are rounded away."""
    hours, minutes = divmod(round(length / timedelta(minutes=1)), 60)
    parts = [f"{hours}小时"] * bool(hours) + [f"{minutes}分钟"] * bool(minutes)
    return "".join(parts) or "0分钟"
