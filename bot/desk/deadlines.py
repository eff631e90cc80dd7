"""Until when: the deadlines of a ticket, from its timeline and the community's rules.

A ticket has one clock per stage. Accepting is counted from when it came to whoever has it now;
reaching the resident and solving it from when it was opened (or reopened), because that is what the
resident was promised, however often it changes hands. The clocks stand still while it is nobody's
turn here: while the resident has to add something, while it is held, while it is checked or merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk import clocks, deadline_rules, record
from bot.desk.clocks import PARKED, TO_ACCEPT, TO_RESOLVE, Clocks
from bot.desk.community import Community, Stage
from bot.desk.moves import Move, Status
from bot.desk.reckoning import Clock, Reckoning
from bot.desk.record import Entry, State

# By which rule a parked ticket comes up again.
_REVIEWED_BY = {Status.WAITING: Stage.REPLY_WAIT, Status.HELD: Stage.HOLD_REVIEW}


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """When the clocks are due. review: when a ticket that waits or is held comes up again.

    A stage that was met keeps the deadline that held then, whatever the rules say by now: its
    `…_by` is the recorded one and may differ from its reckoning. provisional: of what lies ahead.
    """

    accept: Reckoning
    contact: Reckoning
    resolve: Reckoning
    review: Reckoning | None
    accept_by: datetime
    contact_by: datetime
    resolve_by: datetime
    review_at: datetime | None
    provisional: bool


class Running(Protocol):
    """What `next_deadline` asks of a ticket: a row, or its state at some moment."""

    @property
    def accept_by(self) -> datetime | None: ...
    @property
    def contact_by(self) -> datetime | None: ...
    @property
    def resolve_by(self) -> datetime | None: ...
    @property
    def review_at(self) -> datetime | None: ...
    @property
    def contacted_at(self) -> datetime | None: ...


def next_deadline(status: Status, ticket: Running) -> datetime | None:
    """The deadline that runs now; None while no clock runs."""
    if status in TO_ACCEPT:
        return ticket.accept_by
    if status in TO_RESOLVE:
        reached = status is Status.CONTACTED or ticket.contacted_at
        ends = (ticket.resolve_by, None if reached else ticket.contact_by)
        return min((end for end in ends if end), default=None)
    return ticket.review_at if status in PARKED else None


def at_opening(matter: str, urgency: str, community: Community, opened_at: datetime) -> Deadlines:
    """The deadlines of a ticket that is opened at this moment (aware)."""
    facts = {"matter": matter, "urgency": urgency}
    opened = Entry(
        at=opened_at, move=Move.OPEN, actor="", before=None, after=Status.TRIAGE, facts=facts
    )
    found = from_timeline([opened], community)
    assert found is not None
    return found


def from_timeline(
    entries: Iterable[Entry], community: Community, *, pending: Entry | None = None
) -> Deadlines | None:
    """All deadlines as the timeline alone gives them by the rules of `community`.

    pending: the line that is about to be written. None where the timeline does not say what the
    ticket is about (before it is opened, or written by a version that recorded no facts). Approved
    dates are facts: the new deadline of an extension, the review date of a held ticket.
    """
    lines = list(entries)
    whole = [*lines, pending] if pending else lines
    state, present, past = record.fold(whole), clocks.read(whole), clocks.read(lines)
    if state is None or present is None or not state.matter:
        return None
    settled = present.met & past.met if past else frozenset()
    found = {
        stage: deadline_rules.reckon(stage, state.matter, state.urgency, clock, community)
        for stage, clock in present.stages.items()
    }
    review, review_at = _review(state, present, community)
    due = {stage: _recorded(state, stage, settled) or one.at for stage, one in found.items()}
    ahead = [one for stage, one in found.items() if stage not in present.met]
    return Deadlines(
        accept=found[Stage.ACCEPT],
        contact=found[Stage.CONTACT],
        resolve=found[Stage.RESOLVE],
        review=review,
        accept_by=due[Stage.ACCEPT],
        contact_by=due[Stage.CONTACT],
        resolve_by=due[Stage.RESOLVE],
        review_at=review_at,
        provisional=any(one.provisional for one in [*ahead, *filter(None, [review])]),
    )


def _recorded(state: State, stage: Stage, settled: frozenset[Stage]) -> datetime | None:
    """The deadline of a stage that was met, as it was when it was met."""
    known = {
        Stage.ACCEPT: state.accept_by,
        Stage.CONTACT: state.contact_by,
        Stage.RESOLVE: state.resolve_by,
    }
    return known[stage] if stage in settled else None


def _review(
    state: State, present: Clocks, community: Community
) -> tuple[Reckoning | None, datetime | None]:
    """When a parked ticket comes up again: as was agreed, or else by the rules."""
    if present.parked_since is None:
        return None, None
    if present.agreed_review:
        return None, present.agreed_review
    stage = _REVIEWED_BY[state.status]
    clock = Clock(start=present.parked_since)
    found = deadline_rules.reckon(stage, state.matter, state.urgency, clock, community)
    return found, found.at
