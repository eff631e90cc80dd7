"""One ticket as a page shows it: the row and all that lies beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from bot.console import beside
from bot.console.beside import Beside
from bot.console.visit import Visit
from bot.desk import duty
from bot.desk.community import Role, Staff
from bot.desk.errors import NotAllowed
from bot.desk.moves import Move
from bot.language import masking
from bot.services import accounts, looks, ticket_clocks, ticket_lists, ticket_views, tickets
from bot.services.community import place_from
from bot.store.database import Session
from bot.store.tables import PhotoRow, TicketRow, TimelineRow


@dataclass(frozen=True, kw_only=True)
class File:
    """A ticket with everything around it. Nothing of it is masked: that is for the templates."""

    ticket: TicketRow
    timeline: Sequence[TimelineRow]
    photos: Sequence[PhotoRow]
    reporter: str
    phone: str
    place: str
    names: Mapping[str, str]
    reckoned: Mapping[str, Sequence[str]]  # how its deadlines came about
    may: Set[Move]  # what whoever looks may do now
    candidates: Sequence[tuple[Staff, bool]]  # who it may be handed to, and whether on leave
    beside: Beside


def fetch(visit: Visit) -> Callable[[Session], File]:
    """Work for a reading transaction; raises NotAllowed."""
    number = visit.request.path_params["number"]

    def work(session: Session) -> File:
        ticket, timeline = ticket_views.detail(session, number, visit.person)
        return File(
            ticket=ticket,
            timeline=timeline,
            photos=ticket_lists.photos(session, ticket),
            reporter=ticket_lists.reporter(session, ticket),
            phone=ticket.contact_phone or masking.find_phone(ticket.text) or "",
            place=visit.register.describe(place_from(ticket.place)),
            names=accounts.names(session),
            may=tickets.possible(session, ticket, visit.person, visit.desk),
            candidates=_candidates(visit, ticket),
            beside=beside.fetch(session, visit, ticket),
            reckoned=ticket_clocks.explain(session, ticket, visit.register.community),
        )

    return work


def _candidates(visit: Visit, ticket: TicketRow) -> list[tuple[Staff, bool]]:
    everybody = visit.register.community.staff.values()
    return [
        (person, duty.is_absent(person, visit.now))
        for person in everybody
        if person.code != ticket.assignee
        and (not ticket.confidential or person.holds(Role.DISCIPLINE))
        and (not ticket.confidential or person.code not in ticket.against)
    ]


def reveal(visit: Visit, reason: str, *, only_handler: bool = False) -> Callable[[Session], File]:
    """The same, written into the log of looks in the same transaction."""

    def work(session: Session) -> File:
        file = fetch(visit)(session)
        if only_handler and file.ticket.assignee != visit.staff:
            raise NotAllowed("only the handler needs the number")
        looks.note(
            session,
            visit.person,
            what=looks.TICKET,
            reference=str(file.ticket.number),
            reason=reason,
            now=visit.now,
            confidential=file.ticket.confidential,
        )
        return file

    return work
