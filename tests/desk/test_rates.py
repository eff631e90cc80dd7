"""The three rates: formulas, exclusions, periods, the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import rates
from bot.desk.moves import Move, Status
from bot.desk.rate_rules import Belonging, Exclusion, Rate, RateRules, Silence
from bot.desk.rates import By, Case, Figure, Outcome
from bot.desk.record import Entry

START = datetime(2026, 11, 2, 1, 0, tzinfo=timezone.utc)  # a Monday, nine in Beijing
BEIJING = ZoneInfo("Asia/Shanghai")
RULES = RateRules()


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def line(
    hours: float,
    move: Move,
    after: Status,
    actor: str = "staff:xiaoli",
    code: str = "",
    **facts: Any,
) -> Entry:
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
    }
    return Entry(
        at=at(hours), move=move, actor=actor, before=None, after=after, reason_code=code, facts=told
    )


def opened(**facts: Any) -> Entry:
    """A report in 小李's grid; its contact is due a day later."""
    known = {
        "kind": "report",
        "matter": "property.leak",
        "urgency": "normal",
        "grid": "xfl-1",
        "assignee": "xiaoli",
        "confidential": False,
        "opened_at": START,
        "contact_by": at(24),
        **facts,
    }
    return line(0, Move.OPEN, Status.ASSIGNED, "resident:17", **known)


def contacted(hours: float) -> Entry:
    return line(hours, Move.CONTACT, Status.CONTACTED, contacted_at=at(hours))


def done(hours: float) -> Entry:
    return line(hours, Move.RESOLVE, Status.RESOLVED, resolved_at=at(hours))


def rated(hours: float, level: int, solved: bool) -> Entry:
    facts = {"satisfaction": level, "solved": solved, "closed_at": at(hours)}
    return line(hours, Move.RATE, Status.CLOSED, "resident:17", **facts)


def closed(hours: float) -> Entry:
    return line(hours, Move.CLOSE, Status.CLOSED, "system", closed_at=at(hours))


def ended(status: Status, code: str = "") -> Entry:
    return line(5, Move.DECLINE, status, code=code, closed_at=at(5))


def case(*entries: Entry, as_of: float = 1000, number: str = "1") -> Case:
    found = rates.case_of(number, entries, at(as_of))
    assert found
    return found


def outcome(
    rate: Rate, *entries: Entry, as_of: float = 1000, rules: RateRules = RULES
) -> tuple[str, str]:
    found = rates.verdicts(case(*entries, as_of=as_of), rules, as_of=at(as_of))[rate]
    return found.outcome.value, found.reason


@pytest.mark.parametrize(
    ("entries", "as_of", "expected"),
    [
        ((), 23, ("excluded", "not_due")),
        ((), 24, ("excluded", "not_due")),
        ((), 25, ("missed", "not_contacted")),
        ((contacted(24),), 1000, ("counted", "")),
        ((contacted(25),), 1000, ("missed", "late")),
        ((contacted(25),), 24.5, ("missed", "not_contacted")),  # as one knew it then
        ((done(20),), 1000, ("counted", "")),
        ((done(20), contacted(30)), 1000, ("counted", "")),
    ],
)
def test_who_is_contacted_in_time(
    entries: Sequence[Entry], as_of: float, expected: tuple[str, str]
) -> None:
    assert outcome(Rate.RESPONSE, opened(), *entries, as_of=as_of) == expected


def test_what_counts_as_contacted_in_time_is_a_setting() -> None:
    strict = replace(RULES, within=timedelta(hours=2), resolved_counts=False)
    assert outcome(Rate.RESPONSE, opened(), contacted(3), rules=strict) == ("missed", "late")
    assert outcome(Rate.RESPONSE, opened(), done(1), rules=strict) == ("missed", "not_contacted")
    without = opened(contact_by=None)
    assert outcome(Rate.RESPONSE, without) == ("excluded", "no_deadline")
    assert outcome(Rate.RESPONSE, without, contacted(1), rules=strict) == ("counted", "")


@pytest.mark.parametrize(
    ("level", "solved", "is_solved", "is_satisfied"),
    [
        (5, True, ("counted", ""), ("counted", "")),
        (3, True, ("counted", ""), ("counted", "")),
        (2, True, ("counted", ""), ("missed", "dissatisfied")),
        (1, False, ("missed", "not_solved"), ("missed", "dissatisfied")),
    ],
)
def test_answers_count_as_they_were_given(
    level: int, solved: bool, is_solved: tuple[str, str], is_satisfied: tuple[str, str]
) -> None:
    story = (opened(), contacted(1), done(2), rated(3, level, solved))
    assert outcome(Rate.SOLVED, *story) == is_solved
    assert outcome(Rate.SATISFIED, *story) == is_satisfied
    assert outcome(Rate.SATISFIED, *story, as_of=2.5) == ("excluded", "not_answered")


def test_how_many_levels_are_satisfied_is_a_setting() -> None:
    story = (opened(), done(2), rated(3, 3, True))
    assert outcome(Rate.SATISFIED, *story, rules=replace(RULES, top_levels=2))[0] == "missed"


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (Silence.LEFT_OUT, ("excluded", "no_answer")),
        (Silence.GOOD, ("counted", "")),
        (Silence.BAD, ("missed", "silent")),
    ],
)
def test_what_silence_means_is_a_setting(silence: Silence, expected: tuple[str, str]) -> None:
    story = (opened(), contacted(1), done(2), closed(200))
    rules = replace(RULES, silence=silence)
    assert outcome(Rate.SOLVED, *story, rules=rules) == expected
    assert outcome(Rate.SATISFIED, *story, rules=rules) == expected
    assert outcome(Rate.SOLVED, *story, as_of=100, rules=rules) == ("excluded", "not_answered")


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((opened(), ended(Status.DECLINED)), "declined"),
        ((opened(), ended(Status.MERGED)), "merged"),
        ((opened(), ended(Status.WITHDRAWN)), "withdrawn"),
        ((opened(), contacted(1), ended(Status.CLOSED, "abusive")), "abusive"),
        ((opened(), ended(Status.CLOSED, "test")), "test"),
        ((opened(kind="praise"),), "praise"),
    ],
)
def test_what_does_not_count_says_why(entries: Sequence[Entry], reason: str) -> None:
    for rate in Rate:
        assert outcome(rate, *entries) == ("excluded", reason)


def test_an_emergency_is_answered_by_us_and_ended_by_others() -> None:
    story = (opened(urgency="emergency"), contacted(1), done(2), rated(3, 1, False))
    assert outcome(Rate.RESPONSE, *story) == ("counted", "")
    assert outcome(Rate.SOLVED, *story) == ("excluded", "emergency")


def test_an_exclusion_holds_where_all_it_says_holds() -> None:
    rule = Exclusion(code="wish", name="心愿", matter="participation.*", kind="suggestion")
    rules = replace(RULES, exclude=(rule,))
    wish = opened(matter="participation.wish", kind="suggestion")
    assert outcome(Rate.RESPONSE, wish, rules=rules) == ("excluded", "wish")
    assert outcome(Rate.RESPONSE, opened(kind="suggestion"), rules=rules)[0] == "missed"
    assert rates.reason_name("wish", rules) == "心愿"
    assert rates.reason_name("late", rules) == "联系晚了"


def test_a_reopened_case_counts_with_its_last_round() -> None:
    again = line(
        50,
        Move.REOPEN,
        Status.ASSIGNED,
        "resident:17",
        solved=None,
        satisfaction=None,
        contacted_at=None,
        resolved_at=None,
        closed_at=None,
        contact_by=at(74),
    )
    story = (opened(), contacted(1), done(2), rated(3, 1, False), again)
    assert outcome(Rate.SATISFIED, *story, as_of=49) == ("missed", "dissatisfied")
    assert outcome(Rate.SATISFIED, *story, as_of=60) == ("excluded", "not_answered")
    assert outcome(Rate.RESPONSE, *story, as_of=60) == ("excluded", "not_due")
    assert case(*story).answered_at is None


def test_before_it_was_opened_there_is_no_case() -> None:
    assert rates.case_of("1", [opened()], at(-1)) is None


def table(cases: Sequence[Case], by: By, **more: Any) -> dict[str, dict[Rate, Figure]]:
    span = {"as_of": at(1000), "start": START, "end": at(1000), **more}
    return rates.figures(cases, span.pop("rules", RULES), by=by, zone=BEIJING, **span)


def test_every_case_of_a_figure_can_be_named() -> None:
    cases = [
        case(opened(), contacted(1), number="in time"),
        case(opened(), contacted(30), number="late"),
        case(opened(), number="never"),
        case(opened(), ended(Status.WITHDRAWN), number="gone"),
    ]
    figure = table(cases, By.ALL)[""][Rate.RESPONSE]
    assert figure.counted == ["in time"]
    assert figure.missed == [("late", "late"), ("never", "not_contacted")]
    assert figure.excluded == [("gone", "withdrawn")]
    assert figure.share == pytest.approx(1 / 3)
    assert table(cases, By.ALL)[""][Rate.SOLVED].share is None


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        (By.GRID, ["", "xfl-1"]),
        (By.PERSON, ["laozhang", "xiaoli"]),
        (By.MATTER, ["order.ebike", "property.leak"]),
        (By.MONTH, ["2026-11", "2026-12"]),
        (By.WEEK, ["2026-11-02", "2026-11-30"]),
    ],
)
def test_figures_are_broken_down(by: By, groups: list[str]) -> None:
    december = datetime(
        2026, 11, 30, 16, 0, tzinfo=timezone.utc
    )  # the first of December in Beijing
    cases = [
        case(opened(), contacted(1)),
        case(
            opened(assignee="laozhang", grid=None, matter="order.ebike", opened_at=december),
            contacted(1),
        ),
    ]
    assert list(table(cases, by)) == groups


def test_a_period_takes_what_was_opened_in_it() -> None:
    cases = [case(opened(opened_at=at(h)), contacted(1), number=str(h)) for h in (0, 5, 10)]
    figure = table(cases, By.ALL, start=at(5), end=at(10))[""][Rate.RESPONSE]
    assert figure.counted == ["5"]


def test_answers_may_belong_to_the_day_they_were_given() -> None:
    story = case(opened(), contacted(1), done(2), rated(100, 5, True))
    rules = replace(RULES, answers_belong_to=Belonging.ANSWERED)
    early, late = {"start": START, "end": at(50)}, {"start": at(50), "end": at(150)}
    assert table([story], By.ALL, rules=rules, **early)[""][Rate.SOLVED].share is None
    assert table([story], By.ALL, rules=rules, **late)[""][Rate.SOLVED].share == 1.0
    assert table([story], By.ALL, rules=rules, **late)[""][Rate.RESPONSE].share is None
    open_still = case(opened(), contacted(1))
    assert rates.belongs_to(open_still, Rate.SOLVED, rules) is None


# The same once more, slowly and as plainly as the formulas are told in docs/rates.md.

MOVES = st.sampled_from(["contact", "resolve", "rate", "solved", "close", "reopen", "hand", "end"])
HOURS = st.integers(1, 60)
STEPS = st.lists(st.tuples(HOURS, MOVES, st.integers(1, 5), st.booleans()), max_size=8)
STORIES = st.lists(
    st.tuples(
        STEPS, st.sampled_from(["report", "praise"]), st.sampled_from(["normal", "emergency"])
    ),
    max_size=12,
)


def told(steps: Any, kind: str, urgency: str) -> list[Entry]:
    """A timeline of these steps, in the order of time; not all of them are likely."""
    lines = [opened(kind=kind, urgency=urgency)]
    hour = 0
    for wait, move, level, solved in steps:
        hour += wait
        lines.append(step(move, hour, level, solved))
    return lines


def step(move: str, hour: int, level: int, solved: bool) -> Entry:
    afresh = dict.fromkeys(("solved", "satisfaction", "contacted_at", "resolved_at"))
    entries = {
        "contact": contacted(hour),
        "resolve": done(hour),
        "rate": rated(hour, level, solved),
        "solved": line(hour, Move.SOLVED, Status.RESOLVED, solved=True),
        "close": closed(hour),
        "reopen": line(hour, Move.REOPEN, Status.ASSIGNED, **afresh, contact_by=at(hour + 24)),
        "hand": line(hour, Move.ASSIGN, Status.ASSIGNED, assignee="laozhang"),
        "end": line(hour, Move.CLOSE, Status.DECLINED, code="test"),
    }
    return entries[move]


def last(lines: list[Entry], fact: str, now: datetime) -> Any:
    value = None
    for entry in lines:
        if entry.at <= now and fact in entry.facts:
            value = entry.facts[fact]
    return value


def plainly(lines: list[Entry], rate: Rate, now: datetime) -> Outcome:
    seen = [entry for entry in lines if entry.at <= now]
    status = seen[-1].after
    if status is Status.DECLINED or any(entry.reason_code == "test" for entry in seen):
        return Outcome.EXCLUDED
    if last(lines, "kind", now) == "praise":
        return Outcome.EXCLUDED
    if rate is Rate.RESPONSE:
        reached = [last(lines, name, now) for name in ("contacted_at", "resolved_at")]
        first = min((datetime.fromisoformat(text) for text in reached if text), default=None)
        until = datetime.fromisoformat(last(lines, "contact_by", now))
        if first is None:
            return Outcome.MISSED if now > until else Outcome.EXCLUDED
        return Outcome.COUNTED if first <= until else Outcome.MISSED
    if last(lines, "urgency", now) == "emergency":
        return Outcome.EXCLUDED
    answer = last(lines, "solved" if rate is Rate.SOLVED else "satisfaction", now)
    if answer is None:
        return Outcome.EXCLUDED
    good = answer is True if rate is Rate.SOLVED else answer >= 3
    return Outcome.COUNTED if good else Outcome.MISSED


@settings(max_examples=200, deadline=None)
@given(STORIES, st.integers(0, 500))
def test_a_slow_plain_reckoning_comes_to_the_same(stories: Any, hour: int) -> None:
    now = at(hour)
    timelines = {str(n): told(*story) for n, story in enumerate(stories)}
    cases = [found for n, lines in timelines.items() if (found := rates.case_of(n, lines, now))]
    found = rates.figures(
        cases, RULES, as_of=now, start=START, end=at(1000), by=By.PERSON, zone=BEIJING
    )
    for rate in Rate:
        for person in ("xiaoli", "laozhang"):
            mine = {n: t for n, t in timelines.items() if last(t, "assignee", now) == person}
            sorted_out = {
                o: [n for n, t in mine.items() if plainly(t, rate, now) is o] for o in Outcome
            }
            figure = found.get(person, {}).get(rate)
            assert list(figure.counted if figure else []) == sorted_out[Outcome.COUNTED]
            assert [n for n, _ in (figure.missed if figure else [])] == sorted_out[Outcome.MISSED]
            excluded = [n for n, _ in (figure.excluded if figure else [])]
            assert excluded == sorted_out[Outcome.EXCLUDED]


@settings(max_examples=50, deadline=None)
@given(STORIES, st.integers(0, 200), st.integers(0, 300))
def test_what_comes_later_never_changes_the_past(stories: Any, hour: int, more: int) -> None:
    now = at(hour)
    whole = [told(*story) for story in stories]
    then = [
        [entry for entry in lines if entry.at <= now + timedelta(hours=more)] for lines in whole
    ]
    for lines, known in zip(whole, then, strict=True):
        assert rates.case_of("1", lines, now) == rates.case_of("1", known, now)
