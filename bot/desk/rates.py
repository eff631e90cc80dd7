"""The three rates as of a moment, from timelines alone, with every case behind each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.desk import record
from bot.desk.rate_rules import Belonging, Rate, RateRules, Silence
from bot.desk.record import Entry, State

NOBODY = ""  # the group of cases without a person, or without a grid
_BEST = 5


class Outcome(str, Enum):
    """What a case is to a rate."""

    COUNTED = "counted"  # numerator and denominator
    MISSED = "missed"  # denominator only
    EXCLUDED = "excluded"  # neither


class By(str, Enum):
    """What figures are broken down by."""

    ALL = "all"
    GRID = "grid"
    PERSON = "person"
    MATTER = "matter"
    MONTH = "month"
    WEEK = "week"


# Why a case was missed or left out, beside the exclusions of the rules.
REASONS = {
    "late": "联系晚了",
    "not_contacted": "到期没联系",
    "not_solved": "居民说没解决",
    "dissatisfied": "居民不满意",
    "silent": "没有评价，按规则不达标",
    "not_due": "联系期限还没到",
    "no_deadline": "没有联系期限",
    "not_answered": "居民还没评价",
    "no_answer": "居民没有评价",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A ticket as of a moment. reason_codes: of all its moves. answered_at: when the resident last
    said solved, or rated, in the present round (a reopened case counts with its last round)."""

    number: str
    state: State
    reason_codes: frozenset[str] = frozenset()
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What a case is to a rate, and why (a code of REASONS or of an exclusion; "" when counted)."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A rate of a group, with the numbers of all its cases and why they are where they are."""

    rate: Rate
    counted: Sequence[str]
    missed: Sequence[tuple[str, str]]
    excluded: Sequence[tuple[str, str]]

    @property
    def share(self) -> float | None:
        """0..1; None where nothing is to be divided."""
        valid = len(self.counted) + len(self.missed)
        return len(self.counted) / valid if valid else None


def case_of(number: str, entries: Iterable[Entry], as_of: datetime) -> Case | None:
    """The case as of that moment, inclusive; None when it was not there yet."""
    known = list(takewhile(lambda entry: entry.at <= as_of, entries))
    state = record.fold(known)
    if state is None:
        return None
    return Case(
        number=number,
        state=state,
        reason_codes=frozenset(entry.reason_code for entry in known if entry.reason_code),
        answered_at=_answered_at(known),
    )


def figures(
    cases: Iterable[Case],
    rules: RateRules,
    *,
    as_of: datetime,
    start: datetime,
    end: datetime,
    by: By,
    zone: ZoneInfo,
) -> dict[str, dict[Rate, Figure]]:
    """For each group, by its code, the three rates of the period from `start` to before `end`."""
    group = _GROUPS[by]
    sorted_out: dict[str, dict[Rate, dict[Outcome, list[tuple[str, str]]]]] = {}
    for case in cases:
        for rate, found in verdicts(case, rules, as_of=as_of).items():
            day = belongs_to(case, rate, rules)
            if day is not None and start <= day < end:
                name = group(case.state, day.astimezone(zone))
                if name not in sorted_out:
                    sorted_out[name] = {one: {outcome: [] for outcome in Outcome} for one in Rate}
                sorted_out[name][rate][found.outcome].append((case.number, found.reason))
    return {
        name: {rate: _figure(rate, of_rate) for rate, of_rate in sorted_out[name].items()}
        for name in sorted(sorted_out)
    }


def belongs_to(case: Case, rate: Rate, rules: RateRules) -> datetime | None:
    """The moment that says to which period the case belongs; None: to none yet."""
    if rate is Rate.RESPONSE or rules.answers_belong_to is Belonging.OPENED:
        return case.state.opened_at
    return case.answered_at or case.state.closed_at


def verdicts(case: Case, rules: RateRules, *, as_of: datetime) -> dict[Rate, Verdict]:
    """What the case is to each rate. Of several exclusions the first of the rules counts."""
    found: dict[Rate, Verdict] = {}
    for exclusion in rules.exclude:
        if exclusion.holds(case.state, case.reason_codes):
            for rate in exclusion.rates or Rate:
                found.setdefault(rate, Verdict(Outcome.EXCLUDED, exclusion.code))
    for rate, reckon in _RECKONED.items():
        if rate not in found:
            found[rate] = reckon(case.state, rules, as_of)
    return found


def reason_name(code: str, rules: RateRules) -> str:
    """In Chinese, for whoever asks why."""
    named = {exclusion.code: exclusion.name for exclusion in rules.exclude}
    return named.get(code) or REASONS.get(code, code)


def _answered_at(entries: Iterable[Entry]) -> datetime | None:
    answered = None
    for entry in entries:
        facts = entry.facts
        if "solved" in facts or "satisfaction" in facts:  # a reopening takes both back
            said = facts.get("solved") is not None or facts.get("satisfaction") is not None
            answered = entry.at if said else None
    return answered


def _response(state: State, rules: RateRules, as_of: datetime) -> Verdict:
    reached = state.contacted_at
    if rules.resolved_counts and state.resolved_at:
        reached = min(reached, state.resolved_at) if reached else state.resolved_at
    until = state.contact_by
    if rules.within is not None and state.opened_at:
        until = state.opened_at + rules.within
    if until is None:
        return Verdict(Outcome.EXCLUDED, "no_deadline")
    if reached is not None:
        in_time = reached <= until
        return Verdict(Outcome.COUNTED) if in_time else Verdict(Outcome.MISSED, "late")
    if as_of <= until:
        return Verdict(Outcome.EXCLUDED, "not_due")
    return Verdict(Outcome.MISSED, "not_contacted")


def _solved(state: State, rules: RateRules, as_of: datetime) -> Verdict:
    if state.solved is None:
        return _silent(state, rules)
    return Verdict(Outcome.COUNTED) if state.solved else Verdict(Outcome.MISSED, "not_solved")


def _satisfied(state: State, rules: RateRules, as_of: datetime) -> Verdict:
    if state.satisfaction is None:
        return _silent(state, rules)
    if state.satisfaction > _BEST - rules.top_levels:
        return Verdict(Outcome.COUNTED)
    return Verdict(Outcome.MISSED, "dissatisfied")


def _silent(state: State, rules: RateRules) -> Verdict:
    """Nobody answered: while the case is open that may still come."""
    if state.status.is_open:
        return Verdict(Outcome.EXCLUDED, "not_answered")
    if rules.silence is Silence.GOOD:
        return Verdict(Outcome.COUNTED)
    if rules.silence is Silence.BAD:
        return Verdict(Outcome.MISSED, "silent")
    return Verdict(Outcome.EXCLUDED, "no_answer")


_RECKONED: Mapping[Rate, Callable[[State, RateRules, datetime], Verdict]] = {
    Rate.RESPONSE: _response,
    Rate.SOLVED: _solved,
    Rate.SATISFIED: _satisfied,
}
_GROUPS: Mapping[By, Callable[[State, datetime], str]] = {
    By.ALL: lambda state, day: "",
    By.GRID: lambda state, day: state.grid or NOBODY,
    By.PERSON: lambda state, day: state.assignee or NOBODY,
    By.MATTER: lambda state, day: state.matter,
    By.MONTH: lambda state, day: f"{day:%Y-%m}",
    By.WEEK: lambda state, day: f"{day.date() - timedelta(days=day.weekday())}",
}


def _figure(rate: Rate, sorted_out: Mapping[Outcome, list[tuple[str, str]]]) -> Figure:
    return Figure(
        rate=rate,
        counted=[number for number, _reason in sorted_out[Outcome.COUNTED]],
        missed=sorted_out[Outcome.MISSED],
        excluded=sorted_out[Outcome.EXCLUDED],
    )
