"""Deadline rules and working time as JSON, the form in which the database keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.desk.calendar import DayEnd, Reading
from bot.desk.community import DeadlineRule, Stage
from bot.desk.errors import BadInput
from bot.desk.spans import Span
from bot.desk.working_time import Days, Pattern, WorkingTime


def rule_json(rule: DeadlineRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "matter": rule.matter,
        "urgency": rule.urgency,
        "calendar": rule.calendar,
        "limits": {stage.value: str(span) for stage, span in rule.limits.items()},
        "valid_from": _iso(rule.valid_from),
        "valid_until": _iso(rule.valid_until),
    }


def rule_from(item: Mapping[str, Any]) -> DeadlineRule:
    """Raises BadInput for a row written before rules had stages."""
    if "limits" not in item:
        raise BadInput(
            "the deadline rules in the database are of an older version: "
            "run `linli community import DIR` with spans such as `accept: 24h` in deadlines.yml"
        )
    limits = {Stage(name): Span.parse(words) for name, words in item["limits"].items()}
    dates = {name: _from_iso(item[name]) for name in ("valid_from", "valid_until")}
    return DeadlineRule(**{**item, **dates, "limits": limits})


def working_time_json(found: WorkingTime) -> dict[str, Any]:
    return {
        "calendars": [_pattern_json(pattern) for pattern in found.patterns],
        "off": {day.isoformat(): why for day, why in found.days.off.items()},
        "worked": {day.isoformat(): like for day, like in found.days.worked.items()},
        "known_until": _iso(found.days.known_until),
        "statutory": found.statutory,
    }


def working_time_from(item: Mapping[str, Any] | None) -> WorkingTime:
    """None: a community that says nothing about its working time."""
    if not item:
        return WorkingTime()
    return WorkingTime(
        patterns=tuple(_pattern_from(pattern) for pattern in item["calendars"]),
        days=Days(
            off={date.fromisoformat(day): why for day, why in item["off"].items()},
            worked={date.fromisoformat(day): like for day, like in item["worked"].items()},
            known_until=_from_iso(item["known_until"]),
        ),
        statutory=item["statutory"],
    )


def _pattern_json(pattern: Pattern) -> dict[str, Any]:
    reading = pattern.reading
    return {
        "code": pattern.code,
        "name": pattern.name,
        "hours": pattern.hours,
        "holidays": pattern.holidays,
        "shifted_as": pattern.shifted_as,
        "reading": [reading.count_first, reading.day_end.value, reading.move_rest_day],
    }


def _pattern_from(item: Mapping[str, Any]) -> Pattern:
    count_first, day_end, move_rest_day = item["reading"]
    reading = Reading(count_first=count_first, day_end=DayEnd(day_end), move_rest_day=move_rest_day)
    return Pattern(**{**item, "reading": reading})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _from_iso(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
