"""The three rates of the desk, from its timelines."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from bot.desk import rate_rules
from bot.desk.errors import BadInput
from bot.desk.people import SYSTEM, Person
from bot.desk.rate_rules import Rate
from bot.desk.rates import By, Figure
from bot.services import community as communities
from bot.services import community_files, rates, tickets, topic_tasks
from bot.services.rates import Question
from bot.store.database import Database, Session
from bot.store.tables import TopicRow
from tests.conftest import DEMO, MONDAY_TEN, staff
from tests.services.conftest import SOUTH, Case
from tests.services.test_topics import keep, topic

YEAR = timedelta(days=365)


def ask(
    case: Case, by: By = By.ALL, *, who: Person = SYSTEM, as_of: datetime | None = None, **more: Any
) -> dict[str, dict[Rate, Figure]]:
    question = Question(
        as_of=as_of or case.clock(),
        start=more.pop("start", MONDAY_TEN - YEAR),
        end=more.pop("end", MONDAY_TEN + YEAR),
        by=by,
        **more,
    )
    return case.database.read(lambda session: rates.figures(session, who, question, case.demo))


def solve(case: Case, *, after: float = 1.0, level: int | None = 5) -> str:
    """A ticket from its opening to the resident's answer; contacted after so many hours."""
    case.open(place=SOUTH)
    handler = str(case.ticket().assignee)
    case.do(tickets.accept, by=handler)
    case.clock.pass_(hours=after)
    case.do(tickets.contact, by=handler)
    case.do(tickets.resolve, by=handler)
    if level:
        case.do(tickets.rate, level, by=case.wangayi)
    return case.number


def test_a_month_of_the_desk(case: Case) -> None:
    good = solve(case)
    bad = solve(case, level=1)
    late = solve(case, after=500, level=None)
    gone = case.open().number
    case.do(tickets.withdraw, by=case.wangayi)
    found = ask(case)[""]
    assert list(found[Rate.RESPONSE].counted) == [good, bad]
    assert found[Rate.RESPONSE].missed == [(late, "late")]
    assert found[Rate.RESPONSE].excluded == [(gone, "withdrawn")]
    assert found[Rate.SOLVED].missed == [(bad, "not_solved")]
    assert found[Rate.SATISFIED].excluded == [(late, "not_answered"), (gone, "withdrawn")]
    assert found[Rate.SATISFIED].share == 0.5


def test_the_past_stays_what_it_was(case: Case) -> None:
    solve(case, level=1)
    moment = case.clock()
    before = ask(case)
    case.clock.pass_(hours=1)
    case.do(tickets.reopen, by=case.wangayi)
    solve(case, level=5)
    assert ask(case) != before
    assert ask(case, as_of=moment) == before
    assert ask(case, as_of=MONDAY_TEN - timedelta(seconds=1)) == {}


def test_figures_are_by_grid_person_and_matter(case: Case) -> None:
    solve(case)
    person = str(case.ticket().assignee)
    assert list(ask(case, By.GRID)) == ["xfl-2"]
    assert list(ask(case, By.PERSON)) == [person]
    assert list(ask(case, By.MATTER)) == ["order.ebike"]
    assert list(ask(case, By.MONTH)) == ["2026-11"]
    for more in ({"grid": "xfl-2"}, {"person": person}, {"matter": "order.*"}):
        assert ask(case, **more)
    for more in ({"grid": "xfl-1"}, {"person": "nobody"}, {"matter": "property.*"}):
        assert ask(case, **more) == {}


def test_a_period_is_of_the_days_tickets_were_opened(case: Case) -> None:
    first = solve(case)
    case.clock.pass_(days=30)
    middle = case.clock()
    second = solve(case)
    assert list(ask(case, end=middle)[""][Rate.RESPONSE].counted) == [first]
    assert list(ask(case, start=middle)[""][Rate.RESPONSE].counted) == [second]


def numbers(found: dict[str, dict[Rate, Figure]]) -> set[str]:
    figures = [figure for group in found.values() for figure in group.values()]
    return {
        number
        for figure in figures
        for number in (*figure.counted, *(n for n, _ in (*figure.missed, *figure.excluded)))
    }


def test_conduct_is_in_the_figures_of_the_discipline_contact_alone(case: Case) -> None:
    ordinary = str(case.open().number)
    conduct = str(case.open("admin.conduct", kind="conduct", text="网格员收钱").number)
    for who in (SYSTEM, *(staff(case.demo, code) for code in ("zhuren", "xiaomeng", "chenshuji"))):
        assert numbers(ask(case, who=who)) == {ordinary}
    assert numbers(ask(case, who=staff(case.demo, "yanjie"))) == {conduct}


def test_what_turns_out_to_be_about_conduct_leaves_the_figures_of_the_past_too(case: Case) -> None:
    number = str(case.open().number)
    moment = case.clock()
    case.clock.pass_(hours=1)
    assert numbers(ask(case, as_of=moment)) == {number}
    case.do(tickets.refile, by="zhuren", matter="admin.conduct")
    assert numbers(ask(case, as_of=moment)) == set()
    assert numbers(ask(case, as_of=moment, who=staff(case.demo, "yanjie"))) == {number}


def test_a_task_that_nobody_reported_is_left_out(case: Case) -> None:
    (row,) = keep(case, topic([case.open("environment.noise_living").id]))

    def work(session: Session) -> str:
        found = session.get(TopicRow, row.id)
        assert found
        zhuren = staff(case.demo, "zhuren")
        return str(
            topic_tasks.make_task(session, found, "xiaoli", zhuren, case.desk, key="k").number
        )

    number = case.database.run(work)
    excluded = dict(ask(case)[""][Rate.RESPONSE].excluded)
    assert excluded[number] == "proactive"


def imported(database: Database, tmp_path: Path, text: str) -> rate_rules.RateRules:
    folder = Path(copytree(DEMO, tmp_path / "community"))
    (folder / "rates.yml").write_text(text, "utf-8")
    found = community_files.read(folder)
    database.run(lambda session: communities.save(session, found, now=MONDAY_TEN))
    return rate_rules.of(database.read(communities.load))


def test_a_community_says_how_it_reckons(sqlite: Database, tmp_path: Path) -> None:
    wish = "{code: wish, name: 心愿, matter: participation.*}"
    words = f"top_levels: 2\nwithin: 24h\nexclude:\n  - {wish}\n"
    found = imported(sqlite, tmp_path, words)
    assert (found.top_levels, found.within) == (2, timedelta(hours=24))
    assert [rule.code for rule in found.exclude] == ["wish"]


def test_a_wrong_formula_stops_the_import(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"rates\.yml: silence is 'gold', expected left_out"):
        imported(sqlite, tmp_path, "silence: gold\n")
