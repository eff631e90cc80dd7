"""The three rates of a period, by grid, person, matter or month, and the tickets behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from bot.console.doors import READERS, Door
from bot.console.visit import Visit
from bot.desk import rate_rules, rates
from bot.desk.community import Role
from bot.desk.rate_rules import Rate
from bot.desk.rates import By, Figure, Outcome
from bot.services import rate_names, ticket_lists
from bot.services import rates as desk_rates
from bot.services.rates import Question
from bot.store.database import Session
from bot.store.tables import TicketRow

_SHOWN = 200  # tickets of a list
_KEPT = timedelta(seconds=60)  # the same question again is not reckoned again
_MOST = 16  # questions that are kept
_BREAKDOWNS = {
    By.GRID: "网格",
    By.PERSON: "负责人",
    By.MATTER: "事项",
    By.MONTH: "月份",
    By.WEEK: "周",
    By.ALL: "合计",
}
_OUTCOMES = {Outcome.COUNTED: "达标", Outcome.MISSED: "未达标", Outcome.EXCLUDED: "不计入"}
Table = Mapping[str, Mapping[Rate, Figure]]


@dataclass(frozen=True, kw_only=True)
class Drawer:
    """The tickets behind one figure: for each outcome how many, and rows with the reason."""

    group: str
    rate: Rate
    share: float | None
    counts: Mapping[Outcome, int]
    rows: Mapping[Outcome, Sequence[tuple[TicketRow, str]]]


async def index(visit: Visit) -> Response:
    question = _question(visit)
    table = await _table(visit, question)
    drawer = None
    if visit.asked("rate") in {rate.value for rate in Rate} and visit.asked("group") in table:
        rate = Rate(visit.asked("rate"))
        figure = table[visit.asked("group")][rate]
        drawer = await visit.read(lambda session: _drawer(session, visit, figure))
    return visit.page(
        "rates/index.html",
        question=question,
        rows=table,
        drawer=drawer,
        rates=tuple(Rate),
        breakdowns=_BREAKDOWNS,
        outcomes=_OUTCOMES,
        name=lambda group: rate_names.group(question.by, group, visit.register.community),
        asked=visit.asked,
        last_day=(question.end - timedelta(seconds=1)).astimezone(_zone(visit)).date(),
        first_day=question.start.astimezone(_zone(visit)).date(),
        shown=_SHOWN,
    )


async def _table(visit: Visit, question: Question) -> Table:
    """What was reckoned within the last minute is told again."""
    community, kept = visit.register.community, visit.house.reckoned
    key = (question, visit.staff, community.version)
    if key in kept and visit.now - kept[key][0] < _KEPT:
        known: Table = kept[key][1]
        return known
    table = await visit.read(
        lambda session: desk_rates.figures(session, visit.person, question, community)
    )
    while len(kept) >= _MOST:
        kept.pop(next(iter(kept)), None)
    kept[key] = (visit.now, table)
    return table


def _question(visit: Visit) -> Question:
    """The month until now where nothing was asked for; of what is no day or code the same."""
    zone, now = _zone(visit), visit.now.replace(second=0, microsecond=0)
    end_of_day = _day(visit, "as_of", days=1)
    as_of = min(end_of_day, now) if end_of_day else now
    local = as_of.astimezone(zone)
    month = datetime(local.year, local.month, 1, tzinfo=zone)
    choices = {by.value: by for by in _BREAKDOWNS}
    return Question(
        as_of=as_of,
        start=_day(visit, "from") or month,
        end=_day(visit, "to", days=1) or as_of + timedelta.resolution,
        by=choices.get(visit.asked("by"), By.GRID),
        grid=visit.asked("grid") or None,
        person=visit.asked("person") or None,
        matter=visit.asked("matter") or None,
    )


def _day(visit: Visit, name: str, *, days: int = 0) -> datetime | None:
    """The beginning of a day that was asked for, or of one so many days later."""
    try:
        day = date.fromisoformat(visit.asked(name))
    except ValueError:
        return None
    if not 2000 <= day.year <= 2100:
        return None
    return datetime.combine(day + timedelta(days=days), time(), _zone(visit))


def _zone(visit: Visit) -> Any:
    return visit.register.community.zone


def _drawer(session: Session, visit: Visit, figure: Figure) -> Drawer:
    rules = rate_rules.of(visit.register.community)
    lists: dict[Outcome, Sequence[tuple[str, str]]] = {
        Outcome.COUNTED: [(number, "") for number in figure.counted],
        Outcome.MISSED: figure.missed,
        Outcome.EXCLUDED: figure.excluded,
    }
    wanted = [number for rows in lists.values() for number, _why in rows[:_SHOWN]]
    seen = ticket_lists.by_numbers(session, visit.person, wanted)
    return Drawer(
        group=visit.asked("group"),
        rate=figure.rate,
        share=figure.share,
        counts={outcome: len(rows) for outcome, rows in lists.items()},
        rows={
            outcome: [
                (seen[number], rates.reason_name(why, rules) if why else "")
                for number, why in rows[:_SHOWN]
                if number in seen
            ]
            for outcome, rows in lists.items()
        },
    )


ROUTES = (Door("/rates", index, roles=READERS | {Role.SECRETARY}),)
