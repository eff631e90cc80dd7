"""A community's deadline rules and working time: files, presets, database."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update

from bot.desk import deadlines
from bot.desk.community import Community, Stage
from bot.desk.errors import BadInput, BadRow
from bot.services import community, community_files, statutory_days
from bot.services.community_deadlines import PRESETS, layered
from bot.services.community_files import Row
from bot.store.database import Database
from bot.store.tables import CommunityRow
from tests.conftest import DEMO, MONDAY_TEN
from tests.desk.offices import at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "demo"))


def read(folder: Path, **files: str) -> Community:
    """The community with some files written anew."""
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return community_files.read(folder).community


CALENDAR = """
calendars:
  - {code: early, name: 早班, hours: grid, shifted_as: fri, count_first: true}
  - {code: strict, name: 自然日, hours: office, day_end: midnight, move_rest_day: false}
  - {code: always, name: 全天, hours: always, holidays: work}
days:
  - {date: 2027-01-01, rest: 元旦}
  - {date: 2027-01-09, work: wed}
  - {date: 2027-01-10, work: usual}
  - {from: 2027-02-05, to: 2027-02-11, rest: 春节}
known_until: 2027-12-31
"""
DEADLINES = """
presets: [beijing-12345-draft, sign-1-working-day]
rules:
  - {code: ordinary, resolve: 5 working days, calendar: early, valid_from: 2026-01-01}
  - {code: trees, matter: environment.greening, resolve: 9d, valid_until: 2026-12-31}
"""


def test_what_the_files_say_goes_into_the_database_and_comes_back(
    database: Database, folder: Path
) -> None:
    found = read(folder, calendar=CALENDAR, deadlines=DEADLINES)
    imported = community_files.read(folder)
    database.run(lambda session: community.save(session, imported, now=MONDAY_TEN))
    back = database.read(community.load)
    assert back == found
    assert back.reckoned_by == found.reckoned_by
    assert back.calendars == found.calendars


def test_own_days_and_own_hours_make_the_calendar(folder: Path) -> None:
    calendars = read(folder, calendar=CALENDAR).calendars
    early = calendars["early"]
    assert list(calendars) == ["early", "strict", "always"]
    assert early.known_until == date(2027, 12, 31)
    assert early.why_off(date(2027, 2, 11)) == "春节"
    # The hours of a Wednesday, and those of a Friday, as shifted days have them here.
    assert early.periods(date(2027, 1, 9)) == early.week[2]
    assert early.periods(date(2027, 1, 10)) == early.week[4]
    assert calendars["always"].is_working(date(2027, 2, 6))


def test_without_a_calendar_office_hours_count(folder: Path) -> None:
    (folder / "calendar.yml").unlink()
    (office,) = read(folder).calendars.values()
    assert office.after(at("11-23 11:30"), at("11-23 13:00") - at("11-23 12:00")) == at(
        "11-23 14:00"
    )
    assert office.known_until == statutory_days.china().known_until


def test_a_rule_of_ones_own_takes_the_place_of_the_presets(folder: Path) -> None:
    found = read(folder, deadlines=DEADLINES, calendar=CALENDAR)
    due = deadlines.at_opening("order.parking", "normal", found, at("11-23 10:00"))
    assert str(due.resolve.span) == "5 working days" and due.resolve.calendar.code == "early"
    assert str(due.accept.span) == "1 working day"
    hard = deadlines.at_opening("property.quality", "normal", found, at("11-23 10:00"))
    assert hard.resolve_by == at("12-07 18:00")


@pytest.mark.parametrize("name", sorted(path.stem for path in PRESETS.iterdir()))
def test_every_preset_can_be_used_as_it_is_and_says_where_it_is_from(
    folder: Path, name: str
) -> None:
    found = read(folder, deadlines=f"presets: {name}\n")
    assert len(found.deadlines) == len(
        yaml.safe_load((PRESETS / f"{name}.yml").read_text())["rules"]
    )
    assert "# Source:" in (PRESETS / f"{name}.yml").read_text("utf-8")


@pytest.mark.parametrize(
    ("preset", "matter", "urgency", "resolve"),
    [
        # the public examples: 2 h, 24 h, 7 d, 15 d
        ("beijing-12345-draft", "safety.fire", "emergency", "11-23 12:00"),
        ("beijing-12345-draft", "utility.heating", "urgent", "11-24 10:00"),
        ("beijing-12345-draft", "order.parking", "normal", "11-30 17:30"),
        ("beijing-12345-draft", "property.quality", "normal", "12-08 17:30"),
        # the same day, 3 and 13 working days
        ("district-3-13", "property.leak", "urgent", "11-23 17:30"),
        ("district-3-13", "order.parking", "normal", "11-26 17:30"),
        ("district-3-13", "admin.planning", "normal", "12-10 17:30"),
    ],
)
def test_the_public_examples_give_their_deadlines(
    folder: Path, preset: str, matter: str, urgency: str, resolve: str
) -> None:
    found = read(folder, deadlines=f"presets: [{preset}]\n")
    due = deadlines.at_opening(matter, urgency, found, at("11-23 10:00"))
    assert due.resolve_by == at(resolve)


def test_sign_within_a_working_day_says_nothing_of_the_rest(folder: Path) -> None:
    found = read(folder, deadlines="presets: [sign-1-working-day]\n")
    assert [list(rule.limits) for rule in found.deadlines] == [[Stage.ACCEPT]]


def test_a_preset_about_a_matter_nobody_has_here_is_left_out() -> None:
    roads, rest = (
        Row("preset.yml", line, {"code": code, "matter": matter})
        for line, code, matter in [(1, "roads", "traffic.*"), (2, "rest", "*")]
    )
    own = [Row("deadlines.yml", 1, {"code": "own"})]
    assert layered([roads, rest], own, {"order.parking"}) == [rest, *own]
    assert layered([roads, rest], own, {"traffic.road"}) == [roads, rest, *own]


def test_an_unknown_preset_is_refused_with_those_there_are(folder: Path) -> None:
    with pytest.raises(BadRow, match=r"deadlines\.yml.*'shanghai' is not one of.*district-3-13"):
        read(folder, deadlines="presets: [shanghai]\n")


def test_a_schedule_without_hours_is_no_working_time(folder: Path) -> None:
    duty = (folder / "duty.yml").read_text("utf-8")
    nobody = duty + "  - {code: nobody, name: 没人, periods: []}\n"
    with pytest.raises(BadRow, match="'nobody' has no periods"):
        read(folder, duty=nobody, calendar="calendars: [{code: a, name: a, hours: nobody}]\n")


def test_rules_of_an_older_version_say_what_to_do(sqlite: Database) -> None:
    old = [{"code": "a", "matter": "*", "urgency": "*", "accept_hours": 1, "resolve_hours": 2}]
    sqlite.run(lambda session: session.execute(update(CommunityRow).values(deadlines=old)))
    with pytest.raises(BadInput, match="linli community import"):
        sqlite.read(community.load)
