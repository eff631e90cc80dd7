"""What lies beside a ticket on its page: others' parts, followers, and what may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.console.visit import Visit
from bot.desk import parts
from bot.desk.community import Role
from bot.desk.moves import Actor, Move
from bot.desk.parts import Choice, PartKind, PartStatus, Step
from bot.services import (
    duplicates,
    followers,
    merging,
    part_cards,
    subtask_views,
    ticket_rights,
    tickets,
)
from bot.services.community import place_from
from bot.services.duplicates import Candidate
from bot.store.database import Session
from bot.store.tables import FollowerRow, SubtaskRow, TicketRow


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part, and what whoever looks can do to it. needs: steps that go with words."""

    row: SubtaskRow
    line: str
    lateness: str
    steps: Sequence[Step]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Nothing of it is masked: that is for the templates. Lists are empty where they are not for
    whoever looks."""

    parts: Sequence[Part] = ()
    helpers: Sequence[Choice] = ()
    departments: Sequence[Choice] = ()
    followers: Sequence[FollowerRow] = ()
    alike: Sequence[Candidate] = ()
    parent: TicketRow | None = None
    children: Sequence[TicketRow] = field(default_factory=tuple)
    may_merge: bool = False
    may_split: bool = False


def fetch(session: Session, visit: Visit, ticket: TicketRow) -> Beside:
    may = tickets.possible(session, ticket, visit.person, visit.desk)
    place, community = place_from(ticket.place), visit.register.community
    sorts = visit.person.holds(Role.DESK, Role.ADMIN) and not ticket.confidential

    def choices(move: Move) -> Sequence[Choice]:
        if move not in may or ticket.confidential:
            return ()
        find = parts.departments if move is Move.WHISTLE else parts.helpers
        found = find(place, ticket.matter, community, visit.now)
        return [one for one in found if one.person.code != ticket.assignee]

    return Beside(
        parts=[
            _part(session, visit, ticket, row) for row in subtask_views.of_ticket(session, ticket)
        ],
        helpers=choices(Move.ASSIST),
        departments=choices(Move.WHISTLE),
        followers=followers.of_ticket(session, ticket),
        alike=duplicates.of_ticket(session, ticket, visit.desk) if sorts else (),
        parent=merging.top(session, ticket) if ticket.parent_id and sorts else None,
        children=merging.children(session, ticket) if sorts else (),
        may_merge=Move.MERGE in may and not ticket.confidential,
        may_split=Move.SPLIT in may,
    )


def _part(session: Session, visit: Visit, ticket: TicketRow, row: SubtaskRow) -> Part:
    kind, status = PartKind(row.kind), PartStatus(row.status)
    steps = parts.next_steps(kind, status) if row.staff == visit.staff else []
    who = ticket_rights.actors(session, ticket, visit.person, visit.desk)
    callers = parts.STEPS[Step.CANCEL].by - {Actor.SYSTEM}
    if status.is_open and row.staff != visit.staff and who & callers:
        steps = [Step.CANCEL]
    community = visit.register.community
    return Part(
        row=row,
        line=part_cards.as_line(row, community),
        lateness=part_cards.lateness(row),
        steps=steps,
    )
