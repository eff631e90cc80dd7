"""`rates`: the three rates as of any moment, with every ticket behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bootstrap import Office, utc_now
from bot.cli import setup, times
from bot.cli.lines import emit
from bot.desk.community import Community
from bot.desk.errors import BadInput
from bot.desk.people import SYSTEM, Person
from bot.desk.rate_rules import Rate
from bot.desk.rates import By, Figure
from bot.services import rate_names
from bot.services import rates as desk_rates
from bot.services.rates import Question


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed."""

    as_of: str | None
    since: str | None
    until: str | None
    by: str
    grid: str | None
    person: str | None
    matter: str | None


def rates(wanted: Wanted, viewer: str | None, as_json: bool) -> None:
    office = setup.office(setup.read_settings())
    community = office.registers.current().community
    who = Person(staff=community.person(viewer)) if viewer else SYSTEM
    question = _question(wanted, community)
    found = office.database.read(
        lambda session: desk_rates.figures(session, who, question, community)
    )
    if as_json:
        for group, figures in found.items():
            emit(_as_json(group, figures, question, community))
        return
    _print(found, question, office)


def _question(wanted: Wanted, community: Community) -> Question:
    """Raises BadInput for what is no time and no way to break figures down."""
    zone = community.zone
    as_of = times.moment(wanted.as_of, zone) if wanted.as_of else utc_now()
    end = times.end(wanted.until, zone) if wanted.until else as_of + timedelta.resolution
    start = times.moment(wanted.since, zone) if wanted.since else times.first_of_month(as_of, zone)
    try:
        by = By(wanted.by)
    except ValueError:
        choices = ", ".join(one.value for one in By)
        raise BadInput(f"--by {wanted.by!r}: expected one of {choices}") from None
    if end < start:
        raise BadInput(f"the period ends ({end:%Y-%m-%d}) before it begins ({start:%Y-%m-%d})")
    return Question(
        as_of=as_of,
        start=start,
        end=end,
        by=by,
        grid=wanted.grid,
        person=wanted.person,
        matter=wanted.matter,
    )


def _as_json(
    group: str, figures: Mapping[Rate, Figure], question: Question, community: Community
) -> dict[str, Any]:
    zone = community.zone
    return {
        "by": question.by.value,
        "group": group,
        "name": rate_names.group(question.by, group, community),
        "as_of": question.as_of.astimezone(zone).isoformat(),
        "from": question.start.astimezone(zone).isoformat(),
        "to": question.end.astimezone(zone).isoformat(),
        "rates": {rate.value: _figure(figure) for rate, figure in figures.items()},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "share": None if figure.share is None else round(figure.share, 4),
        "numerator": len(figure.counted),
        "denominator": len(figure.counted) + len(figure.missed),
        "counted": list(figure.counted),
        "missed": [{"number": number, "reason": why} for number, why in figure.missed],
        "excluded": [{"number": number, "reason": why} for number, why in figure.excluded],
    }


def _print(found: Mapping[str, Mapping[Rate, Figure]], question: Question, office: Office) -> None:
    community = office.registers.current().community
    zone = community.zone
    setup.say(
        f"opened from {question.start.astimezone(zone):%Y-%m-%d %H:%M} "
        f"to {question.end.astimezone(zone):%Y-%m-%d %H:%M}, "
        f"as of {question.as_of.astimezone(zone):%Y-%m-%d %H:%M}; out: excluded"
    )
    table = Table()
    table.add_column(question.by.value)
    for rate in Rate:
        table.add_column(rate.value, justify="right", no_wrap=True)
        table.add_column("out", justify="right", no_wrap=True)
    for group, figures in found.items():
        cells = [rate_names.group(question.by, group, community)]
        for rate in Rate:
            cells += [_share(figures[rate]), str(len(figures[rate].excluded))]
        table.add_row(*cells)
    Console().print(table)


def _share(figure: Figure) -> str:
    if figure.share is None:
        return "—"
    valid = len(figure.counted) + len(figure.missed)
    return f"{figure.share:.1%} ({len(figure.counted)}/{valid})"
