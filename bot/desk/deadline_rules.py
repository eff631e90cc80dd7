"""Which rule says how long a stage may take, and by which calendar that is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase

from bot.desk import reckoning
from bot.desk.calendar import Calendar
from bot.desk.community import Community, DeadlineRule, Stage
from bot.desk.errors import UnknownThing
from bot.desk.reckoning import Clock, Reckoning
from bot.desk.spans import Span

# What holds where no rule of the community speaks of a stage.
_FALLBACK = DeadlineRule(
    code="fallback",
    limits={
        Stage.ACCEPT: Span.parse("24h"),
        Stage.CONTACT: Span.parse("24h"),
        Stage.RESOLVE: Span.parse("7d"),
        Stage.ASSIST: Span.parse("3 working days"),
        Stage.ARRIVE: Span.parse("2h"),
        Stage.VERIFY: Span.parse("2 working days"),
        Stage.REVISIT: Span.parse("3 working days"),
        Stage.REPLY_WAIT: Span.parse("3d"),
        Stage.HOLD_REVIEW: Span.parse("30d"),
    },
)
_NOVEMBER = 11  # when the State Council publishes the next year's days off


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """How far the calendar is known. rules: codes of those that reach beyond it by now.

    late: the table of this year is missing, or from November on that of the next one.
    """

    known_until: date
    rules: tuple[str, ...]
    late: bool

    @property
    def is_near(self) -> bool:
        return self.late or bool(self.rules)


def reckon(
    stage: Stage, matter: str, urgency: str, clock: Clock, community: Community
) -> Reckoning:
    """When a stage is due, by the rules in force on the day its clock started."""
    day = clock.start.astimezone(community.zone).date()
    rule = rule_for(stage, matter, urgency, community, day)
    return reckoning.reckon(rule.limits[stage], clock, calendar_of(rule, community))


def rule_for(
    stage: Stage, matter: str, urgency: str, community: Community, day: date
) -> DeadlineRule:
    """The most specific rule in force on `day` that speaks of this stage.

    Of two equally specific ones the later in force wins, then the one that is written later.
    """
    best, rank = _FALLBACK, (-1, -1, date.min)
    for rule in community.deadlines:
        if stage in rule.limits and _fits(rule, matter, urgency) and _holds(rule, day):
            own = _rank(rule)
            if own >= rank:
                best, rank = rule, own
    return best


def calendar_of(rule: DeadlineRule, community: Community) -> Calendar:
    """The calendar a rule names, else the community's first; raises UnknownThing."""
    if not rule.calendar:
        return next(iter(community.calendars.values()))
    try:
        return community.calendars[rule.calendar]
    except KeyError:
        raise UnknownThing(f"no calendar {rule.calendar!r} in {community.name}") from None


def horizon(community: Community, now: datetime) -> Horizon:
    """How far the community's calendars are known, seen from `now` (aware)."""
    known = min(calendar.known_until for calendar in community.calendars.values())
    today = now.astimezone(community.zone).date()
    wanted = date(today.year + (today.month >= _NOVEMBER), 12, 31)
    beyond = {rule.code for rule, found in _from_now(community, now) if found.provisional}
    return Horizon(known_until=known, rules=tuple(sorted(beyond)), late=known < wanted)


def _from_now(community: Community, now: datetime) -> Iterator[tuple[DeadlineRule, Reckoning]]:
    """Every span of every rule in force, as if its clock started now."""
    today = now.astimezone(community.zone).date()
    for rule in community.deadlines:
        if _holds(rule, today):
            calendar = calendar_of(rule, community)
            for span in rule.limits.values():
                yield rule, reckoning.reckon(span, Clock(start=now), calendar)


def _fits(rule: DeadlineRule, matter: str, urgency: str) -> bool:
    return rule.urgency in ("*", urgency) and fnmatchcase(matter, rule.matter)


def _holds(rule: DeadlineRule, day: date) -> bool:
    begun = rule.valid_from is None or rule.valid_from <= day
    return begun and (rule.valid_until is None or day <= rule.valid_until)


def _rank(rule: DeadlineRule) -> tuple[int, int, date]:
    # Urgency says more about time than the matter does: a leak that is an emergency is one first.
    exact = 0 if rule.matter == "*" else 1 if "*" in rule.matter else 2
    return int(rule.urgency != "*"), exact, rule.valid_from or date.min
