"""The ladder of a community as data: when the clock reminds, and who is told the longer it runs.

It comes from `ladder.yml`; a community without one has DEFAULT.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from fnmatch import fnmatchcase
from typing import Any

from bot.desk.errors import BadInput

WATCHERS = "watchers"  # beside the roles: whoever watches the ticket
_SHARE = re.compile(r"([1-9][0-9]?) ?%")
_HOURS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?h")
_LONGEST = 1000.0  # hours


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """The night, in local time; it ends on the next day where `end` is not after `start`."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class Rung:
    """So long after the deadline these are told: roles of the place (their values), or WATCHERS."""

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LadderRule:
    """For these matters and this urgency. After the last rung nobody is told any more.

    remind_share: 0..1 of the time there is, or None; remind_before: how long before the end, the
    longest first. at_night: rings whenever it is due, and the night counts.
    """

    code: str
    matter: str = "*"
    urgency: str = "*"
    at_night: bool = False
    remind_share: float | None = None
    remind_before: tuple[timedelta, ...] = ()
    rungs: tuple[Rung, ...] = ()

    @property
    def reminders(self) -> int:
        return len(self.remind_before) + (self.remind_share is not None)


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """digest: who was told of many things at once is left in peace for so long."""

    rules: tuple[LadderRule, ...]
    quiet: Quiet | None = None
    digest: timedelta = timedelta(hours=1)

    def rule_for(self, matter: str, urgency: str) -> LadderRule:
        """The most specific rule that fits: one with an urgency first, then the exact matter."""
        fitting = (
            rule
            for rule in self.rules
            if rule.urgency in ("*", urgency) and fnmatchcase(matter, rule.matter)
        )
        return max(fitting, key=_specificity, default=_FALLBACK)


def read(values: Mapping[str, Any], roles: Collection[str]) -> Ladder:
    """A ladder from its file's words; raises BadInput naming the rule and what was expected."""
    rules = values.get("rules")
    if not isinstance(rules, list) or not rules:
        raise BadInput("rules is missing or empty, expected a list of rules")
    codes = [str(rule.get("code", "")) for rule in rules if isinstance(rule, Mapping)]
    if len(set(codes)) < len(rules) or "" in codes:
        raise BadInput("rules: expected mappings, each with a code of its own")
    quiet = values.get("quiet")
    return Ladder(
        rules=tuple(_rule(rule, roles) for rule in rules),
        quiet=_quiet(quiet) if quiet is not None else None,
        digest=timedelta(hours=_number(values.get("digest_hours", 1), "digest_hours")),
    )


def _rule(values: Mapping[str, Any], roles: Collection[str]) -> LadderRule:
    code = str(values["code"])
    try:
        share, before = _reminders(_list(values, "remind"))
        return LadderRule(
            code=code,
            matter=str(values.get("matter", "*")),
            urgency=_one_of(values, "urgency", ("*", "normal", "urgent", "emergency")),
            at_night=_one_of(values, "at_night", ("False", "True")) == "True",
            remind_share=share,
            remind_before=before,
            rungs=tuple(_rungs(_list(values, "escalate"), roles)),
        )
    except BadInput as error:
        raise BadInput(f"rule {code}: {error}") from None


def _reminders(words: list[Any]) -> tuple[float | None, tuple[timedelta, ...]]:
    """Either one share of the time there is, or hours before the end."""
    if len(words) == 1 and (share := _SHARE.fullmatch(str(words[0]))):
        return int(share[1]) / 100, ()
    before = [_before(word) for word in words]
    if before != sorted(set(before), reverse=True):
        raise BadInput(f"remind is {words}, expected hours that get fewer")
    return None, tuple(before)


def _before(word: Any) -> timedelta:
    hours = _HOURS.fullmatch(str(word))
    if not hours or not 0 < float(hours[1]) <= _LONGEST:
        raise BadInput(f"remind has {word!r}, expected one share such as 75%, or hours such as 4h")
    return timedelta(hours=float(hours[1]))


def _rungs(items: list[Any], roles: Collection[str]) -> Iterator[Rung]:
    last = timedelta(0)
    for item in items:
        if not isinstance(item, Mapping):
            raise BadInput(f"escalate has {item!r}, expected after_hours and to")
        after = timedelta(hours=_number(item.get("after_hours"), "after_hours"))
        to = tuple(str(name) for name in _list(item, "to"))
        unknown = [name for name in to if name != WATCHERS and name not in roles]
        if not to or unknown:
            raise BadInput(f"to is {list(to)}, expected {WATCHERS} or roles")
        if after <= last:
            raise BadInput("escalate: expected after_hours that get more")
        last = after
        yield Rung(after=after, to=to)


def _quiet(values: Any) -> Quiet:
    try:
        start, end = time.fromisoformat(values["from"]), time.fromisoformat(values["to"])
        if start != end:
            return Quiet(start=start, end=end)
    except (KeyError, TypeError, ValueError):
        pass
    raise BadInput(f'quiet is {values!r}, expected from: "21:30" and to: "07:30"')


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    found = values.get(name) or []
    if not isinstance(found, list):
        raise BadInput(f"{name} is {found!r}, expected a list")
    return found


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _LONGEST:
        raise BadInput(f"{name} is {value!r}, expected hours, more than 0, up to {_LONGEST:g}")
    return float(value)


def _one_of(values: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    found = str(values.get(name, choices[0]))
    if found not in choices:
        raise BadInput(f"{name} is {found!r}, expected {' or '.join(choices)}")
    return found


def _specificity(rule: LadderRule) -> tuple[bool, int]:
    return rule.urgency != "*", 0 if rule.matter == "*" else 1 if "*" in rule.matter else 2


def _up(*hours: float) -> tuple[Rung, ...]:
    """Watchers first, then the branch secretary, the desk, and the street's administrator."""
    levels = ((WATCHERS, "grid_worker"), ("secretary",), ("desk",), ("admin",))
    return tuple(Rung(after=timedelta(hours=n), to=to) for n, to in zip(hours, levels, strict=True))


_FALLBACK = LadderRule(code="fallback", remind_share=0.75, rungs=_up(8, 24, 36, 48))
DEFAULT = Ladder(
    rules=(
        LadderRule(
            code="emergency",
            urgency="emergency",
            at_night=True,
            remind_share=0.5,
            rungs=_up(0.25, 0.5, 1, 2),
        ),
        LadderRule(code="urgent", urgency="urgent", remind_share=0.75, rungs=_up(2, 6, 12, 24)),
        _FALLBACK,
    ),
    quiet=Quiet(start=time(21, 30), end=time(7, 30)),
)
