"""Working time: which days are worked, at which hours, and counting along them.

A `Calendar` is a value. It knows the hours of every weekday (several periods a day, also past
midnight), the statutory days off and the weekend days that are worked in exchange (调休), and until
when those are known: the State Council publishes them in November for the year to come, so that
beyond `known_until` there are only weekends, and what is reckoned there is provisional.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from bot.desk.errors import BadInput

Period = tuple[time, time]  # local; an end of 00:00, or before the start, lies on the next day

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TICK = timedelta(microseconds=1)
_YEARS_AHEAD = 20  # no deadline is further away; a calendar without work would search for ever
_SATURDAY = 5


class DayEnd(str, Enum):
    """When the last day of a span of days is over."""

    CLOSE = "close"  # when its working hours end; 24:00 on a day without
    MIDNIGHT = "midnight"  # 24:00


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How spans of days are read. The defaults are those of the Civil Code (民法典).

    count_first: the day on which the clock starts is the first (第二百零一条: it is not).
    day_end: 第二百零三条: at 24:00, or where there are business hours, when they end.
    move_rest_day: a span of natural days whose last day is a day off ends on the next working day
    (第二百零三条). Cities that promise natural days strictly (自然日) switch it off.
    """

    count_first: bool = False
    day_end: DayEnd = DayEnd.CLOSE
    move_rest_day: bool = True


CIVIL_CODE = Reading()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Working time of one kind of people.

    week: weekday (0 Monday .. 6 Sunday) → periods. off: exceptional days off → why (国庆节).
    worked: days that are worked against their weekday → the weekday whose hours they have.
    A shift past midnight belongs to the day it starts on: it goes on into a day off.
    Raises BadInput when no weekday has hours.
    """

    code: str
    name: str
    zone: ZoneInfo
    week: Mapping[int, tuple[Period, ...]]
    off: Mapping[date, str] = field(default_factory=dict, repr=False)
    worked: Mapping[date, int] = field(default_factory=dict, repr=False)
    known_until: date = date.max
    reading: Reading = CIVIL_CODE

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise BadInput(f"calendar {self.code!r} has no working hours on any weekday")

    @property
    def contents(self) -> str:
        """All that it says, in words of its own; equal for equal calendars."""
        return repr((self, sorted(self.off.items()), sorted(self.worked.items())))

    def periods(self, day: date) -> tuple[Period, ...]:
        """The working hours of `day`; none on a day off."""
        if day in self.worked:
            return self.week.get(self.worked[day], ())
        return () if day in self.off else self.week.get(day.weekday(), ())

    def is_working(self, day: date) -> bool:
        return bool(self.periods(day))

    def why_off(self, day: date) -> str:
        """Why nobody works on `day`, in Chinese."""
        if day in self.off and day not in self.worked:
            return self.off[day]
        return "周末" if day.weekday() >= _SATURDAY else "休息日"

    def day(self, moment: datetime) -> date:
        """The day of `moment` (aware), where people of this calendar live."""
        return moment.astimezone(self.zone).date()

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The first moment with `length` of working time between `start` (aware) and itself."""
        moment, left = _ticks(start), length // _TICK
        if left <= 0:
            return start
        for year in self._years_from(start):
            done = year.worked_before(moment)
            if done + left <= year.total:
                return _moment(year.reached(done + left))
            left -= year.total - done
        raise BadInput(f"calendar {self.code!r} has too little working time after {start:%Y-%m-%d}")

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments (aware); nothing if `end` is earlier."""
        first, last, found = _ticks(start), _ticks(end), 0
        for number in range(self.day(start).year, self.day(end).year + 1):
            year = self._year(number)
            found += max(0, year.worked_before(last) - year.worked_before(first))
        return timedelta(microseconds=found)

    def working_day(self, day: date, count: int) -> date:
        """The working day number `count` (1 ..) after `day`."""
        last, left = day.toordinal(), count
        for number in range(day.year, day.year + _YEARS_AHEAD):
            days = self._year(number).days
            index = bisect_right(days, last) + left - 1
            if index < len(days):
                return date.fromordinal(days[index])
            left -= len(days) - bisect_right(days, last)
        raise BadInput(f"calendar {self.code!r} has too few working days after {day}")

    def close(self, day: date) -> datetime:
        """When the working hours of `day` end, or 24:00 of a day off."""
        spans = [_span(day, period) for period in self.periods(day)]
        last = max((end for _, end in spans), default=datetime.combine(day + _DAY, time()))
        return last.replace(tzinfo=self.zone).astimezone(timezone.utc)

    def stretches(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """The working hours of these days in order, in local time; what touches is not joined."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            for start, end in sorted(_span(day, period) for period in self.periods(day)):
                yield start.replace(tzinfo=self.zone), end.replace(tzinfo=self.zone)

    def _years_from(self, start: datetime) -> Iterator[_Year]:
        first = self.day(start).year
        return (self._year(number) for number in range(first, first + _YEARS_AHEAD))

    @cached_property
    def _years(self) -> dict[int, _Year]:
        return {}

    def _year(self, number: int) -> _Year:
        # Laid out once, so that a deadline costs two binary searches and not a walk over days.
        if number not in self._years:
            self._years[number] = _Year.of(self, number)
        return self._years[number]


@dataclass(frozen=True)
class _Year:
    """The working stretches of one local year in order, in microseconds since 1970.

    before[i]: how much of the year was worked before stretch i; one more at the end: the whole.
    days: the working days as ordinals.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    days: list[int]

    @classmethod
    def of(cls, calendar: Calendar, number: int) -> _Year:
        first, last = date(number, 1, 1), date(number, 12, 31)
        opens, closes = (
            _ticks(datetime.combine(day, time(), calendar.zone)) for day in (first, last + _DAY)
        )
        starts: list[int] = []
        ends: list[int] = []
        # The night shift of the year before may go on into this one.
        for start, end in calendar.stretches(first - _DAY, last):
            begin, stop = max(_ticks(start), opens), min(_ticks(end), closes)
            if ends and begin <= ends[-1]:  # they touch or overlap: nobody's minute counts twice
                ends[-1] = max(ends[-1], stop)
            elif begin < stop:
                starts.append(begin)
                ends.append(stop)
        lengths = (end - start for start, end in zip(starts, ends, strict=True))
        ordinals = range(first.toordinal(), last.toordinal() + 1)
        days = [day for day in ordinals if calendar.is_working(date.fromordinal(day))]
        return cls(starts, ends, [0, *accumulate(lengths)], days)

    @property
    def total(self) -> int:
        return self.before[-1]

    def worked_before(self, moment: int) -> int:
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.ends[index]) - self.starts[index]

    def reached(self, worked: int) -> int:
        """The first moment by which so much (1 .. total) of the year is worked."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


def _span(day: date, period: Period) -> tuple[datetime, datetime]:
    """A period of `day` as local moments, naive."""
    start, end = (datetime.combine(day, clock) for clock in period)
    return start, end if end > start else end + _DAY


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)
