"""Others' parts of a ticket: asked for, and done, with forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.responses import Response

from bot.console.doors import EVERYBODY, Door
from bot.console.visit import Visit, whole
from bot.desk.errors import BadInput, TicketAlreadyMoved, UnknownThing
from bot.desk.parts import PartKind, Step
from bot.services import subtask_views, subtasks, ticket_lists
from bot.services.subtasks import Wish
from bot.store.database import Session

_TO = "to:"  # one field a person: to:liushifu
_STEPS: dict[Step, Callable[..., bool]] = {
    Step.ACCEPT: subtasks.accept,
    Step.ARRIVE: subtasks.arrive,
    Step.DONE: subtasks.done,
    Step.CANNOT: subtasks.cannot,
    Step.CANCEL: subtasks.cancel,
}
_WITH_WORDS = (Step.DONE, Step.CANNOT, Step.CANCEL)


async def ask(visit: Visit) -> Response:
    """吹哨 or 协办: who, what, until when, and whether the lead has to wait for it."""
    number, key, desk = visit.request.path_params["number"], visit.key, visit.desk
    people = [name.removeprefix(_TO) for name in visit.form if name.startswith(_TO)]
    people += filter(None, [visit.field("to", most=40)])
    if not people:
        raise BadInput("nobody is asked")
    wish = Wish(
        kind=PartKind.WHISTLE if visit.form.get("kind") == "whistle" else PartKind.ASSIST,
        task=visit.field("task", least=2, most=300),
        due_by=_moment(visit, "due_by"),
        arrive_by=_moment(visit, "arrive_by"),
        required=bool(visit.form.get("required")),
    )

    def work(session: Session) -> None:
        ticket = ticket_lists.for_deed(session, number, visit.person)
        subtasks.ask(session, ticket, wish, people, visit.person, desk, key=key)

    await _write(visit, work)
    return _back(visit, "asked")


async def step(visit: Visit) -> Response:
    params, key, desk = visit.request.path_params, visit.key, visit.desk
    if params["step"] not in {step.value for step in Step}:
        raise UnknownThing("no such step")
    taken, id = Step(params["step"]), whole(params["part"])
    least = 2 if taken is Step.CANNOT else 0
    words = {"note": visit.field("note", least=least)} if taken in _WITH_WORDS else {}

    def work(session: Session) -> None:
        ticket = ticket_lists.for_deed(session, params["number"], visit.person)
        part = subtask_views.by_id(session, ticket, id or 0)
        _STEPS[taken](session, part, visit.person, desk, key=key, **words)

    await _write(visit, work)
    return _back(visit, "part")


async def _write(visit: Visit, work: Callable[[Session], None]) -> None:
    try:
        await visit.write(work)
    except TicketAlreadyMoved:  # perhaps by the same form, sent twice
        await visit.write(work)


def _back(visit: Visit, done: str) -> Response:
    page = "tickets.show" if visit.may("tickets.show") else "tasks.show"
    return visit.to(page, number=visit.request.path_params["number"], done=done)


def _moment(visit: Visit, name: str) -> datetime | None:
    """What a field for date and time sends, in the community's own time."""
    text = visit.field(name, most=20)
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{name} is {text!r}, expected a date and a time") from None
    return found.replace(tzinfo=visit.register.community.zone) if found else None


ROUTES = (
    Door("/parts/{number}", ask, roles=EVERYBODY, post=True),
    Door("/parts/{number}/{part}/{step}", step, roles=EVERYBODY, post=True),
)
