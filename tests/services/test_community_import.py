"""The folder of a community: read whole or not at all, and then the database equals it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.desk import reasons
from bot.desk.community import Community, Role
from bot.desk.errors import BadInput, BadRow, UnknownThing
from bot.desk.reasons import Group
from bot.services import community, community_files
from bot.store import migrate
from bot.store.database import Database, Session
from bot.store.tables import ResidentRow, StaffRow
from tests.conftest import DEMO, MONDAY_TEN

Edit = Callable[[str, str, str], int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "demo"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change the words of one file; returns the line."""

    def replace(name: str, before: str, after: str) -> int:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
        return text[: text.index(before)].count("\n") + 1

    return replace


def drop(folder: Path, name: str, line: str) -> None:
    """Remove the lines that begin with `line`."""
    path = folder / name
    kept = [t for t in path.read_text("utf-8").splitlines(True) if not t.startswith(line)]
    path.write_text("".join(kept), encoding="utf-8")


def load_into(database: Database, folder: Path) -> community.Count:
    imported = community_files.read(folder)
    return database.run(lambda session: community.save(session, imported, now=MONDAY_TEN))


def test_the_database_gives_back_what_the_files_say_however_often_they_are_loaded(
    database: Database, demo: Community
) -> None:
    for _ in range(2):
        assert database.read(community.load) == demo
        count = load_into(database, DEMO)
        found = database.read(lambda session: session.scalar(select(func.count(ResidentRow.id))))
        assert count.residents == found


def test_the_version_changes_with_the_content_and_not_with_how_it_is_written(
    sqlite: Database, folder: Path, edit: Edit
) -> None:
    before = sqlite.read(community.version)
    (folder / "duty.yml").write_bytes((folder / "duty.yml").read_bytes() + b"# 2027\n")
    load_into(sqlite, folder)
    assert sqlite.read(community.version) == before
    for name, old, new in (
        ("duty.yml", '"08:30"', '"08:31"'),
        ("staff.csv", "19900000101", "19900000199"),
        ("grids.geojson", "116.4563,", "116.4564,"),
        ("community.yml", "district: 朝阳区", "district: 海淀区"),
    ):
        edit(name, old, new)
        load_into(sqlite, folder)
        after = sqlite.read(community.version)
        assert after != before, name
        before = after


def test_before_the_first_import_it_says_what_to_do(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate.upgrade(database)
    with pytest.raises(UnknownThing, match="linli community import"):
        database.read(community.load)
    database.close()


def test_somebody_who_left_becomes_inactive_and_can_come_back(
    sqlite: Database, folder: Path
) -> None:
    drop(folder, "staff.csv", "madaye,")
    load_into(sqlite, folder)
    assert "madaye" not in sqlite.read(community.load).staff
    gone = sqlite.read(lambda session: session.get(StaffRow, "madaye"))
    assert (gone.name, gone.active) == ("马大爷", False)
    load_into(sqlite, DEMO)
    assert "madaye" in sqlite.read(community.load).staff


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("buildings.csv", "xfl-b12,"),
        ("categories.yml", "  participation.wish:"),
        ("deadlines.yml", "  - {code: telecom"),
        ("routing.yml", "  - {code: other"),
    ],
)
def test_what_is_removed_from_a_file_disappears(
    sqlite: Database, folder: Path, name: str, line: str
) -> None:
    drop(folder, name, line)
    if name == "categories.yml":
        drop(folder, "deadlines.yml", "  - {code: wish")
    load_into(sqlite, folder)
    assert sqlite.read(community.load) == community_files.read(folder).community


def test_a_grid_that_is_dissolved_disappears_with_its_buildings_moved(
    database: Database, folder: Path
) -> None:
    drop(folder, "grids.geojson", '  {"type": "Feature", "properties": {"code": "xfl-3"')
    drop(folder, "staff.csv", "xiaohe,")
    for name in ("buildings.csv", "staff.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace("xfl-3", "xfl-2").replace("grid,xiaohe", "grid,")
        (folder / name).write_text(text, encoding="utf-8")
    load_into(database, folder)
    assert database.read(community.load) == community_files.read(folder).community


def test_an_import_that_fails_half_way_leaves_the_old_community(
    database: Database, demo: Community, folder: Path
) -> None:
    drop(folder, "buildings.csv", "xfl-b12,")
    imported = community_files.read(folder)

    def work(session: Session) -> None:
        community.save(session, imported, now=MONDAY_TEN)
        raise RuntimeError("the power went off")

    with pytest.raises(RuntimeError):
        database.run(work)
    assert database.read(community.load) == demo


BAD_ROWS = [
    ("buildings.csv", ",xfl-1,一号楼", ",xfl-9,一号楼", "grid 'xfl-9' is not known"),
    ("buildings.csv", "39.98993", "139.98993", "latitude is 139.98993, expected -90 to 90"),
    ("buildings.csv", "116.45865", "东经", "longitude is '东经', expected a number"),
    ("buildings.csv", "xfl-b02,", "xfl-b01,", "code 'xfl-b01' occurs twice"),
    ("buildings.csv", ",39.98877", "", "expected 9 cells"),
    ("buildings.csv", ",39.98877", ",39.98877,,", "expected 9 cells"),
    ("buildings.csv", "xfl-b03,3号楼", "xfl-b03,", "name is missing"),
    ("staff.csv", "grid_worker@xfl-1", "gridworker@xfl-1", "'gridworker' is not one of"),
    ("staff.csv", "grid_worker@xfl-1", "grid_worker", "expected role@scope"),
    ("staff.csv", "grid_worker@xfl-1", "grid_worker@xfl-9", "scope 'xfl-9'"),
    ("staff.csv", "grid,xiaohe", "grid,xiaohei", "deputy 'xiaohei' is not in staff.csv"),
    ("staff.csv", "grid,xiaohe", "nights,xiaohe", "schedule 'nights' is not in duty.yml"),
    ("staff.csv", "order.gathering|", "order.gatherings|", "matter 'order.gatherings'"),
    ("routing.yml", "matter: safety.fire", "matter: safety.fires", "matter 'safety.fires'"),
    ("routing.yml", "[duty, grid_worker, desk]", "[guard]", "'guard' is not one of"),
    ("routing.yml", "[duty, grid_worker, desk]", "[]", "roles is empty"),
    ("routing.yml", "{code: fire", "{area: xfl-9, code: fire", "area 'xfl-9' is not known"),
    ("routing.yml", "kind: report", "kind: reports", "kind"),
    ("routing.yml", "urgency: emergency", "urgency: emergent", "urgency"),
    ("deadlines.yml", "urgency: urgent", "urgency: urgently", "urgency"),
    ("deadlines.yml", "accept: 30min", "accept: 30", "accept: '30' is no span of time"),
    ("deadlines.yml", "accept: 30min", "accept_hours: 0.5", "accept_hours is not known"),
    ("deadlines.yml", "resolve: 15d", "note: 15d", "note is not known"),
    ("deadlines.yml", "wish, resolve: 15d", "wish", "no span of time, expected at least one of"),
    ("deadlines.yml", "matter: participation.wish", "matter: wish", "matter 'wish'"),
    ("deadlines.yml", "resolve: 15d", "resolve: 15d, calendar: night", "calendar 'night' is not"),
    ("deadlines.yml", "resolve: 15d", "resolve: 15d, valid_from: soon", "valid_from is 'soon'"),
    ("deadlines.yml", "code: wish", "code: activity", "code 'activity' occurs twice"),
    ("calendar.yml", "hours: office", "hours: nights", "hours 'nights' is not in duty.yml"),
    ("calendar.yml", "code: property", "code: office", "code 'office' occurs twice"),
    ("calendar.yml", "holidays: work", "holidays: free", "holidays is 'free'"),
    ("calendar.yml", "holidays: work", "day_end: noon", "day_end is 'noon'"),
    ("calendar.yml", "holidays: work", "count_first: maybe", "count_first is 'maybe'"),
    ("calendar.yml", "days: []", "days: [{rest: 春节}]", "expected date, or from and to"),
    ("calendar.yml", "days: []", "days: [{date: 2027-02-30, rest: 春节}]", "date is '2027-02-30'"),
    ("calendar.yml", "days: []", "days: [{date: 2027-02-05}]", "either rest"),
    ("calendar.yml", "days: []", "days: [{date: 2027-02-05, work: sunday}]", "work is 'sunday'"),
    (
        "calendar.yml",
        "days: []",
        "days: [{from: 2027-02-11, to: 2027-02-05, rest: 春节}]",
        "expected 1 to 60 days",
    ),
    ("duty.yml", '"08:30"', '"8点半"', "'8点半' is not a time"),
    ("duty.yml", "mon, tue", "monday, tue", "day is 'monday'"),
    ("duty.yml", 'from: "00:00", ', "", "is not a time"),
    ("categories.yml", "urgency: urgent", "urgency: soon", "urgency is 'soon'"),
    ("categories.yml", "  property.elevator:", "  property.leak:", "'property.leak'"),
    ("community.yml", "parent: hean", "parent: hena", "parent 'hena' is not a street"),
    ("community.yml", "kind: street", "kind: road", "'road' is not one of"),
    ("community.yml", "timezone: Asia/Shanghai", "timezone: Asia/Shanghia", "timezone"),
    ("community.yml", "settings:", "settings:\n  triage_below: 很低", "triage_below"),
    ("grids.geojson", '"Polygon"', '"Point"', "expected a Polygon"),
    ("grids.geojson", "116.4563,", '"东",', ""),
    ("residents.csv", "xfl-b03", "xfl-b99", "home_building 'xfl-b99'"),
]


@pytest.mark.parametrize(("name", "before", "after", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_with_file_line_and_reason(
    folder: Path, edit: Edit, name: str, before: str, after: str, reason: str
) -> None:
    changed = edit(name, before, after)
    with pytest.raises(BadRow) as refused:
        community_files.read(folder)
    assert refused.value.file == name
    assert reason in refused.value.reason
    # An entry of a YAML file begins a few lines above the words that are wrong.
    above = 0 if name.endswith(".csv") else 8
    assert changed - above <= refused.value.line <= changed


def test_a_community_needs_a_discipline_contact(folder: Path, edit: Edit) -> None:
    edit("staff.csv", "discipline@hean", "admin@hean")
    with pytest.raises(BadRow, match=r"staff\.csv.*discipline"):
        community_files.read(folder)


def test_a_category_without_a_word_is_named(folder: Path, edit: Edit) -> None:
    edit("categories.yml", "  other:                {name: 其他}", "  other:")
    with pytest.raises(BadInput, match=r"categories\.yml.*other"):
        community_files.read(folder)


@pytest.mark.parametrize("name", ["community.yml", "routing.yml", "grids.geojson"])
def test_broken_yaml_is_refused_where_it_breaks(folder: Path, name: str) -> None:
    path = folder / name
    broken = [*path.read_text("utf-8").splitlines(True)[:3], "  - {code: [\n", "x: : y\n"]
    path.write_text("".join(broken), encoding="utf-8")
    with pytest.raises(BadRow) as refused:
        community_files.read(folder)
    assert (refused.value.file, refused.value.line >= 3) == (name, True)


@pytest.mark.parametrize("name", community_files.FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadInput, match=name):
        community_files.read(folder)


@pytest.mark.parametrize("name", ["staff.csv", "community.yml"])
def test_a_file_in_another_encoding_is_refused_by_name(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text("utf-8"), encoding="gbk")  # as a spreadsheet saves it
    with pytest.raises(BadInput, match=name):
        community_files.read(folder)


def test_a_folder_that_is_none_is_refused_with_what_belongs_into_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"staff\.csv"):
        community_files.read(tmp_path / "nowhere")


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_first_name(folder: Path) -> None:
    path = folder / "buildings.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "xfl-b01" in community_files.read(folder).community.buildings


def test_one_person_may_hold_several_posts_with_matters(demo: Community) -> None:
    assert demo.person("sunayi").holds(Role.PARTY_MEMBER)
    assert demo.person("sunayi").holds(Role.BUILDING_HEAD)
    assert demo.person("qiansuozhang").posts[0].matters == ("admin.market", "admin.business")


def test_reasons_and_checks_of_a_community_are_kept_and_read_back(
    folder: Path, sqlite: Database
) -> None:
    own = "hold:\n  - {code: heating, name: 等供暖季结束}\n  - {code: law, gone: true}\n"
    (folder / "reasons.yml").write_text(own, encoding="utf-8")
    imported = community_files.read(folder)
    assert imported.community.version != community_files.read(DEMO).community.version
    sqlite.run(lambda session: community.save(session, imported, now=MONDAY_TEN))
    loaded = sqlite.read(community.load)
    codes = [reason.code for reason in reasons.of(loaded, Group.HOLD)]
    assert "heating" in codes and "law" not in codes
    assert loaded.rules["verification"] == imported.community.rules["verification"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("reasons.yml", "whim: []", r"reasons\.yml: 'whim'"),
        ("reasons.yml", "hold: [{code: x1}]", r"reasons\.yml: hold"),
        ("verification.yml", "rules: [{share: 7}]", r"verification\.yml: rule 1: share 7"),
    ],
)
def test_rules_that_do_not_fit_stop_the_import(
    folder: Path, name: str, text: str, expected: str
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=expected):
        community_files.read(folder)
