"""`./linli rates`: the three rates as JSON lines."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.people import Person
from bot.store.database import Database
from tests.cli.test_commands import Shell
from tests.conftest import Clock
from tests.services.conftest import Case, meet
from tests.services.test_rates import solve


@pytest.fixture
def case(sqlite: Database, demo: object, clock: Clock) -> Case:
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    wangayi = Person(resident_id=speaker.resident_id)
    return Case(sqlite, demo, clock, wangayi, conversation)  # type: ignore[arg-type]


@pytest.fixture
def linli(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_every_figure_names_its_tickets(linli: Shell, case: Case) -> None:
    good, bad = solve(case), solve(case, level=1)
    conduct = str(case.open("admin.conduct", kind="conduct").number)
    later = (case.clock() + timedelta(days=3)).isoformat()
    done = linli("rates", "--as-of", later, "--by", "grid", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["by"], line["group"], line["from"]) == (
        "grid",
        "xfl-2",
        "2026-11-01T00:00:00+08:00",
    )
    assert line["rates"]["satisfied"] == {
        "share": 0.5,
        "numerator": 1,
        "denominator": 2,
        "counted": [good],
        "missed": [{"number": bad, "reason": "dissatisfied"}],
        "excluded": [],
    }
    assert conduct not in done.stdout
    by_yanjie = linli("rates", "--as-of", later, "--as", "yanjie", "--json")
    assert conduct in by_yanjie.stdout and good not in by_yanjie.stdout
    early = linli("rates", "--as-of", "2026-11-23 09:00", "--json")
    assert (early.returncode, early.stdout) == (0, "")
    table = linli("rates", "--as-of", later, "--to", "2026-11-23")
    assert "50.0% (1/2)" in table.stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--as-of", "soon"), "time 'soon': expected ISO 8601"),
        (("--by", "colour"), "--by 'colour': expected one of all, grid, person, matter"),
        (("--from", "2026-11-02", "--to", "2026-10-01"), "ends (2026-10-02) before it begins"),
        (("--as", "nobody"), "no staff member 'nobody'"),
    ],
)
def test_what_is_wrong_is_named(
    linli: Shell, sqlite: Database, words: tuple[str, ...], reason: str
) -> None:
    done = linli("rates", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert reason in done.stderr
