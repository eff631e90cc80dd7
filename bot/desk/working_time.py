"""What a community says about its working time, and the calendars that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo

from bot.desk.calendar import CIVIL_CODE, Calendar, Period, Reading

Week = Mapping[int, tuple[Period, ...]]

_MONDAY = 0
# Where a community says nothing: the hours most offices have.
_OFFICE = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_OFFICE_WEEK = dict.fromkeys(range(5), _OFFICE)


@dataclass(frozen=True, kw_only=True)
class Days:
    """Days that are not what their weekday says.

    off: day → why. worked: day → the weekday whose hours it has; None: as the calendar's pattern
    says. known_until: there may be more of them later; None: nothing is said about that.
    """

    off: Mapping[date, str] = field(default_factory=dict, repr=False)
    worked: Mapping[date, int | None] = field(default_factory=dict, repr=False)
    known_until: date | None = None

    def over(self, other: Days) -> Days:
        """Both, with these days instead of the other's where both speak."""
        off = {day: why for day, why in other.off.items() if day not in self.worked}
        worked = {day: like for day, like in other.worked.items() if day not in self.off}
        ends = [days.known_until for days in (self, other) if days.known_until]
        return Days(
            off={**off, **self.off},
            worked={**worked, **self.worked},
            known_until=max(ends, default=None),
        )


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A calendar as a community describes it. hours: a schedule of duty.yml; "": office hours.

    holidays: nobody works on statutory days off. shifted_as: the weekday (0 Monday) whose hours a
    worked Saturday or Sunday has. The notices say which days are worked, not which weekday each
    replaces, so this is a choice; most offices have the same hours every day and never notice.
    """

    code: str
    name: str
    hours: str = ""
    holidays: bool = True
    shifted_as: int = _MONDAY
    reading: Reading = CIVIL_CODE

    def calendar(self, week: Week, zone: ZoneInfo, days: Days) -> Calendar:
        """Raises BadInput where no weekday has hours."""
        known = Calendar(code=self.code, name=self.name, zone=zone, week=week, reading=self.reading)
        if not self.holidays:
            return known
        worked = {
            day: self.shifted_as if like is None else like for day, like in days.worked.items()
        }
        return Calendar(
            code=self.code,
            name=self.name,
            zone=zone,
            week=week,
            off=days.off,
            worked=worked,
            known_until=days.known_until or date.max,
            reading=self.reading,
        )


@dataclass(frozen=True, kw_only=True)
class WorkingTime:
    """The calendars of a community, the first being the usual one, and its own days.

    statutory: the State Council's days are off; a community elsewhere says no and lists its own.
    """

    patterns: tuple[Pattern, ...] = (Pattern(code="office", name="工作日办公"),)
    days: Days = Days()
    statutory: bool = True

    def calendars(
        self, schedules: Mapping[str, Week], zone: ZoneInfo, statutory: Days
    ) -> dict[str, Calendar]:
        """By code, in order; schedules: code → hours of every weekday."""
        days = self.days.over(statutory) if self.statutory else self.days
        return {
            pattern.code: pattern.calendar(
                schedules[pattern.hours] if pattern.hours else _OFFICE_WEEK, zone, days
            )
            for pattern in self.patterns
        }
