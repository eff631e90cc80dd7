"""Deadline rules and working time, from the words of a community's files and of presets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bot.desk.calendar import CIVIL_CODE, DayEnd, Reading
from bot.desk.community import DeadlineRule, Schedule, Stage
from bot.desk.errors import BadInput
from bot.desk.spans import Span
from bot.desk.working_time import Days, Pattern, WorkingTime
from bot.services.community_names import ANY_URGENCY
from bot.services.community_sources import Row
from bot.services.community_yaml import LINE

# Rules as cities have published them, for communities to name; each file says where it is from.
PRESETS = Path(__file__).parent / "deadline_presets"

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_USUAL = "usual"
_LONGEST_HOLIDAY = 60  # days; more is a slip of the pen
_OF_A_RULE = {"code", "matter", "urgency", "calendar", "valid_from", "valid_until", LINE}
_STAGES = {stage.value for stage in Stage}


def preset(head: Row, name: str) -> Path:
    """Where the preset of this name is; `head` is the file that asks for it. Raises BadRow."""
    path = PRESETS / f"{name}.yml"
    if path not in PRESETS.iterdir():
        known = ", ".join(sorted(path.stem for path in PRESETS.glob("*.yml")))
        raise head.refuse(f"presets: {name!r} is not one of {known}")
    return path


def layered(presets: Sequence[Row], own: Sequence[Row], categories: Collection[str]) -> list[Row]:
    """Presets under the community's own rules, of which one with the same code takes its place.

    A preset's rule about a matter that this community does not have is left out.
    """
    taken = {row.text("code") for row in own}
    below = {
        row.text("code"): row
        for row in presets
        if row.text("code") not in taken
        and any(fnmatchcase(code, row.text("matter", "*")) for code in categories)
    }
    return [*below.values(), *own]


def rule(row: Row) -> DeadlineRule:
    """Raises BadRow."""
    unknown = set(row.values) - _OF_A_RULE - _STAGES
    if unknown:
        names = ", ".join(stage.value for stage in Stage)
        raise row.refuse(f"{sorted(unknown)[0]} is not known, expected some of {names}")
    limits = {stage: _span(row, stage.value) for stage in Stage if row.text(stage.value, "")}
    if not limits:
        raise row.refuse(f"no span of time, expected at least one of {', '.join(sorted(_STAGES))}")
    valid_from, valid_until = _date(row, "valid_from"), _date(row, "valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        raise row.refuse(f"valid_until {valid_until} is before valid_from {valid_from}")
    return DeadlineRule(
        code=row.text("code"),
        matter=row.text("matter", "*"),
        urgency=row.choice("urgency", ANY_URGENCY, "*"),
        calendar=row.text("calendar", ""),
        limits=limits,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def working_time(
    head: Row, rows: Mapping[str, list[Row]], schedules: Mapping[str, Schedule]
) -> WorkingTime:
    """calendar.yml: `rows` are its calendars and days. Raises BadRow."""
    patterns = tuple(_pattern(row, schedules) for row in rows["calendars"])
    for row, pattern in zip(rows["calendars"], patterns, strict=True):
        if sum(other.code == pattern.code for other in patterns) > 1:
            raise row.refuse(f"code {pattern.code!r} occurs twice")
    off: dict[date, str] = {}
    worked: dict[date, int | None] = {}
    for row in rows["days"]:
        for day in _dates(row):
            if day in off or day in worked:
                raise row.refuse(f"{day} occurs twice")
            _put(row, day, off, worked)
    return WorkingTime(
        patterns=patterns or WorkingTime().patterns,
        days=Days(off=off, worked=worked, known_until=_date(head, "known_until")),
        statutory=_yes(head, "statutory", True),
    )


def _pattern(row: Row, schedules: Mapping[str, Schedule]) -> Pattern:
    hours = row.text("hours")
    if hours not in schedules:
        raise row.refuse(f"hours {hours!r} is not in duty.yml")
    if not any(schedules[hours].periods.values()):
        raise row.refuse(f"hours {hours!r} has no periods in duty.yml")
    reading = Reading(
        count_first=_yes(row, "count_first", CIVIL_CODE.count_first),
        day_end=DayEnd(
            _choice(row, "day_end", [e.value for e in DayEnd], CIVIL_CODE.day_end.value)
        ),
        move_rest_day=_yes(row, "move_rest_day", CIVIL_CODE.move_rest_day),
    )
    return Pattern(
        code=row.text("code"),
        name=row.text("name"),
        hours=hours,
        holidays=_choice(row, "holidays", ("rest", "work"), "rest") == "rest",
        shifted_as=_WEEKDAYS.index(_choice(row, "shifted_as", _WEEKDAYS, "mon")),
        reading=reading,
    )


def _put(row: Row, day: date, off: dict[date, str], worked: dict[date, int | None]) -> None:
    why, like = row.text("rest", ""), row.text("work", "")
    if bool(why) == bool(like):
        raise row.refuse("expected either rest (why) or work (usual, mon … sun)")
    if why:
        off[day] = why
        return
    like = _choice(row, "work", (_USUAL, *_WEEKDAYS), _USUAL)
    worked[day] = None if like == _USUAL else _WEEKDAYS.index(like)


def _dates(row: Row) -> Iterator[date]:
    """`date`, or all from `from` to `to`."""
    first = _date(row, "date") or _date(row, "from")
    if first is None:
        raise row.refuse("expected date, or from and to")
    last = _date(row, "to") or first
    if not 0 <= (last - first).days < _LONGEST_HOLIDAY:
        raise row.refuse(f"{first} to {last}: expected 1 to {_LONGEST_HOLIDAY} days")
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _span(row: Row, name: str) -> Span:
    try:
        return Span.parse(row.text(name))
    except BadInput as error:
        raise row.refuse(f"{name}: {error}") from None


def _date(row: Row, name: str) -> date | None:
    value = row.text(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise row.refuse(f"{name} is {value!r}, expected a date such as 2027-01-01") from None


def _choice(row: Row, name: str, choices: Any, default: str) -> str:
    value = row.text(name, default)
    if value not in choices:
        raise row.refuse(f"{name} is {value!r}, expected one of {', '.join(choices)}")
    return value


def _yes(row: Row, name: str, default: bool) -> bool:
    value = row.values.get(name, default)
    if not isinstance(value, bool):
        raise row.refuse(f"{name} is {value!r}, expected true or false")
    return value
