"""A duty roster: on which moments it names whom, for one role and scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk.organisation import Shift

DAYS_AHEAD = 8  # weekly lines repeat, so one week and a day sees every one of them


@dataclass(frozen=True)
class Turn:
    """A shift on a day: from `begins` to `ends` (aware), end exclusive."""

    begins: datetime
    ends: datetime
    staff: str


class Roster:
    """The shifts of one role and scope. On a day with dated lines the weekly ones do not hold."""

    def __init__(self, shifts: Sequence[Shift], zone: ZoneInfo) -> None:
        self._zone = zone
        self._dated: dict[date, list[Shift]] = {}
        self._weekly: dict[int, list[Shift]] = {}
        for shift in shifts:
            if shift.date:
                self._dated.setdefault(shift.date, []).append(shift)
            for day in shift.days if not shift.date else ():
                self._weekly.setdefault(day, []).append(shift)

    def named(self, moment: datetime) -> frozenset[str] | None:
        """Who is on duty at `moment` (aware); None where the roster says nothing."""
        found = {turn.staff for turn in self.turns(moment, ahead=1) if _covers(turn, moment)}
        return frozenset(found) or None

    def turns(self, moment: datetime, *, ahead: int = DAYS_AHEAD) -> Iterator[Turn]:
        """The turns of the day before `moment`, of its day, and so on, `ahead` days in all."""
        today = moment.astimezone(self._zone).date()
        for day in (today + timedelta(days=n) for n in range(-1, ahead)):
            for shift in self._dated.get(day) or self._weekly.get(day.weekday()) or ():
                yield self._turn(shift, day)

    def next_dated(self, staff: str, moment: datetime) -> datetime | None:
        """When the next dated turn of somebody begins, however far ahead."""
        begins = (
            self._turn(shift, day).begins
            for day in sorted(self._dated)
            for shift in self._dated[day]
            if shift.staff == staff
        )
        return next((start for start in begins if start > moment), None)

    def _turn(self, shift: Shift, day: date) -> Turn:
        begins, ends = span(day, shift.start, shift.end, self._zone)
        return Turn(begins, ends, shift.staff)


def span(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A period of local time that begins on `day`; an end not after the start is a day later."""
    begins, ends = datetime.combine(day, start, zone), datetime.combine(day, end, zone)
    # 24:00 cannot be written as a time: an end of 00:00 is the end of the day.
    return begins, ends if end > start else ends + timedelta(days=1)


def _covers(turn: Turn, moment: datetime) -> bool:
    return turn.begins <= moment < turn.ends
