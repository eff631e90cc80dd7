"""The cases behind the three rates, read back from the timelines, for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from bot.desk import rate_rules, rates
from bot.desk.community import Community, Role
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.desk.rate_rules import Belonging, Rate
from bot.desk.rates import By, Case, Figure
from bot.desk.record import Entry
from bot.store.base import table
from bot.store.tables import TicketRow, TimelineRow

_L = table(TimelineRow).c
_T = table(TicketRow).c
_STATUSES = {status.value: status for status in Status}
_MOVES = {move.value: move for move in Move}
_AT_ONCE = 5000  # lines fetched at a time
# A reminder changes nothing that a figure could ask for.
_SAYS_SOMETHING = or_(
    _L.from_status.is_distinct_from(_L.to_status),
    _L.reason_code != "",
    cast(_L.facts, Text) != "{}",
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """as_of: what was known then, inclusive. start, end: the period, from the one to before the
    other. grid, person: codes; matter: a leaf or a pattern such as property.*; None: all."""

    as_of: datetime
    start: datetime
    end: datetime
    by: By = By.ALL
    grid: str | None = None
    person: str | None = None
    matter: str | None = None


def figures(
    session: Session, person: Person, question: Question, community: Community
) -> dict[str, dict[Rate, Figure]]:
    """For each group, by its code, the three rates with all that is behind them.

    Only of cases that `person` may know of: conduct reports are in the figures of the discipline
    contact and in nobody else's, also those that turned out to be about conduct after `as_of`.
    """
    rules = rate_rules.of(community)
    return rates.figures(
        cases(session, person, question, rules.answers_belong_to),
        rules,
        as_of=question.as_of,
        start=question.start,
        end=question.end,
        by=question.by,
        zone=community.zone,
    )


def cases(
    session: Session, person: Person, question: Question, answers: Belonging = Belonging.OPENED
) -> Iterator[Case]:
    """The cases that may belong to the period, in the order of their numbers' days."""
    session.flush()
    query = select(
        _T.number,
        _L.at,
        _L.move,
        _L.actor,
        _L.to_status,
        _L.reason_code,
        _L.facts,
    ).join_from(table(TimelineRow), table(TicketRow), _L.ticket_id == _T.id)
    opened = [_T.opened_at < question.end]
    if answers is Belonging.OPENED:
        opened.append(_T.opened_at >= question.start)
    query = query.where(and_(*opened), _may_know(person), _SAYS_SOMETHING)
    query = query.order_by(_L.ticket_id, _L.id).execution_options(stream_results=True)
    pages = session.connection().execute(query).partitions(_AT_ONCE)
    for number, group in groupby(chain.from_iterable(pages), key=itemgetter(0)):
        case = rates.case_of(str(number), map(_entry, group), question.as_of)
        if case and _is_asked_for(case, question):
            yield case


def _may_know(person: Person) -> Any:
    """The desk and superiors know all that is ordinary, the discipline contact what is not."""
    ordinary = _T.confidential.is_(False)
    if not person.holds(Role.DISCIPLINE):
        return ordinary
    if person.holds(Role.DESK, Role.ADMIN, Role.SECRETARY):
        return True
    return _T.confidential.is_(True)


def _is_asked_for(case: Case, question: Question) -> bool:
    state = case.state
    return (
        question.grid in (None, state.grid or rates.NOBODY)
        and question.person in (None, state.assignee or rates.NOBODY)
        and (question.matter is None or fnmatchcase(state.matter, question.matter))
    )


def _entry(line: Any) -> Entry:
    _number, at, move, actor, status, reason_code, facts = line
    return Entry(
        at=at,
        move=_MOVES[move],
        actor=actor,
        before=None,
        after=_STATUSES[status],
        reason_code=reason_code,
        facts=facts,
    )
