"""One ticket as a page shows it: the row and all that lies beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.console.visit import Visit
from bot.desk.errors import NotAllowed
from bot.language import masking
from bot.services import accounts, looks, ticket_clocks, ticket_lists, ticket_views
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
            reckoned=ticket_clocks.explain(session, ticket, visit.register.community),
        )

    return work


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
