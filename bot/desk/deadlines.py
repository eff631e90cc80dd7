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

from bot.desk import deadline_rules, record
from bot.desk.community import Community, Stage
from bot.desk.moves import Move, Status
from bot.desk.reckoning import Clock, Extension, Pause, Reckoning
from bot.desk.record import Entry, State

_TO_ACCEPT = frozenset({Status.TRIAGE, Status.ASSIGNED})
_TO_RESOLVE = frozenset({Status.ACCEPTED, Status.CONTACTED})
_RUNNING = _TO_ACCEPT | _TO_RESOLVE
_WHY_PAUSED = {
    Status.WAITING: "等居民补充",
    Status.HELD: "挂账",
    Status.RESOLVED: "等核查",
    Status.VERIFIED: "等评价",
    Status.MERGED: "并单",
}
# What of the parked ticket comes up again, and by which rule.
_REVIEWED = {Status.WAITING: Stage.REPLY_WAIT, Status.HELD: Stage.HOLD_REVIEW}


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """When the three clocks are due; review: when a ticket that waits or is held comes up again."""

    accept: Reckoning
    contact: Reckoning
    resolve: Reckoning
    review: Reckoning | None = None
    review_at: datetime | None = None
    provisional: bool = False

    @property
    def accept_by(self) -> datetime:
        return self.accept.at

    @property
    def contact_by(self) -> datetime:
        return self.contact.at

    @property
    def resolve_by(self) -> datetime:
        return self.resolve.at


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
    if status in _TO_ACCEPT:
        return ticket.accept_by
    if status in _TO_RESOLVE:
        reached = status is Status.CONTACTED or ticket.contacted_at
        ends = (ticket.resolve_by, None if reached else ticket.contact_by)
        return min((end for end in ends if end), default=None)
    return ticket.review_at if status in _REVIEWED else None


def from_timeline(entries: Iterable[Entry], community: Community) -> Deadlines | None:
    """All deadlines as the timeline alone gives them by the rules of `community`.

    None where the timeline does not say what the ticket is about (before it is opened, or written
    by a version that recorded no facts). Approved dates are facts: the new deadline of an
    extension, the review date of a held ticket.
    """
    lines = list(entries)
    state = record.fold(lines)
    if state is None or not state.matter:
        return None
    clocks = _clocks(lines)
    accept, contact, resolve = (
        deadline_rules.reckon(stage, state.matter, state.urgency, clock, community)
        for stage, clock in (
            (Stage.ACCEPT, clocks.to_accept()),
            (Stage.CONTACT, clocks.to_contact(state.contacted_at)),
            (Stage.RESOLVE, clocks.to_resolve()),
        )
    )
    review, review_at = _review(state, clocks, community)
    runs = [resolve] if state.status in _RUNNING | set(_REVIEWED) else []
    runs += [contact] if runs and not state.contacted_at else []
    runs += [accept] if state.status in _TO_ACCEPT else []
    return Deadlines(
        accept=accept,
        contact=contact,
        resolve=resolve,
        review=review,
        review_at=review_at,
        provisional=any(found.provisional for found in [*runs, *filter(None, [review])]),
    )


def _review(
    state: State, clocks: _Clocks, community: Community
) -> tuple[Reckoning | None, datetime | None]:
    """When a parked ticket comes up again: as was agreed, or else by the rules."""
    if state.status not in _REVIEWED:
        return None, None
    if clocks.agreed_review:
        return None, clocks.agreed_review
    since = clocks.pauses[-1].start
    found = deadline_rules.reckon(
        _REVIEWED[state.status], state.matter, state.urgency, Clock(start=since), community
    )
    return found, found.at


@dataclass
class _Clocks:
    """What the timeline says about the clocks of the present round."""

    started: datetime
    came: datetime  # to whoever has it now
    status: Status
    pauses: list[Pause]  # the last one may be open
    assignee: str | None = None
    taken: datetime | None = None
    extension: Extension | None = None
    agreed_review: datetime | None = None

    def to_accept(self) -> Clock:
        return Clock(start=self.came, pauses=self._pauses(self.taken))

    def to_contact(self, contacted: datetime | None) -> Clock:
        return Clock(start=self.started, pauses=self._pauses(contacted))

    def to_resolve(self) -> Clock:
        return Clock(start=self.started, pauses=self._pauses(None), extension=self.extension)

    def _pauses(self, met: datetime | None) -> tuple[Pause, ...]:
        """Those that began before the stage was met. What is solved does not wait any more."""
        waits = self.status in _REVIEWED
        return tuple(
            pause
            for pause in self.pauses
            if (pause.end or waits) and (met is None or pause.start < met)
        )


def _clocks(lines: list[Entry]) -> _Clocks:
    clocks = _fresh(lines[0])
    for line in lines:
        if line.move in (Move.OPEN, Move.REOPEN):
            clocks = _fresh(line, clocks.assignee)
        assignee = line.facts.get("assignee", clocks.assignee)
        if line.after is not clocks.status:
            _change(clocks, line)
        elif line.after in _TO_ACCEPT and assignee != clocks.assignee:
            clocks.came = line.at
        clocks.assignee = assignee
        if line.move is Move.EXTEND and line.facts.get("resolve_by"):
            to = datetime.fromisoformat(line.facts["resolve_by"])
            clocks.extension = Extension(at=line.at, to=to)
        if line.move is Move.HOLD and line.facts.get("review_at"):
            clocks.agreed_review = datetime.fromisoformat(line.facts["review_at"])
    return clocks


def _fresh(line: Entry, assignee: str | None = None) -> _Clocks:
    return _Clocks(started=line.at, came=line.at, status=line.after, pauses=[], assignee=assignee)


def _change(clocks: _Clocks, line: Entry) -> None:
    """The ticket goes into another state: clocks stop, or go on."""
    last = clocks.pauses[-1] if clocks.pauses else None
    stopped = last is not None and last.end is None
    if line.after in _TO_ACCEPT:
        clocks.came, clocks.taken = line.at, None
    elif line.after in _TO_RESOLVE and clocks.taken is None:
        clocks.taken = line.at
    if last and stopped and line.after in _RUNNING:
        clocks.pauses[-1] = Pause(start=last.start, end=line.at, why=last.why)
        clocks.agreed_review = None
    elif not stopped and line.after in _WHY_PAUSED:
        clocks.pauses.append(Pause(start=line.at, why=_WHY_PAUSED[line.after]))
    clocks.status = line.after
