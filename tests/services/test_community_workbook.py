"""A community from Excel, from files of several kinds, and a single file over what there is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.desk.community import Absence, Community
from bot.desk.errors import BadInput, BadRow
from bot.services import community_files
from bot.services.community_names import NOUNS, noun_called
from tests.conftest import CHECKOUT, DEMO
from tests.services import workbooks

WANGWU = {
    "code": "wangwu",
    "name": "王五",
    "posts": "网格员@xfl-1",
    "schedule": "office",
    "capacity": 12,
}
SMALL: dict[str, Any] = {"staff": [WANGWU]}


def refused(path: Path, demo: Community) -> BadRow:
    with pytest.raises(BadRow) as found:
        community_files.read(path, demo)
    return found.value


@pytest.mark.parametrize("chinese", [True, False], ids=["chinese", "english"])
def test_the_demo_from_a_workbook_is_the_demo(
    tmp_path: Path, demo: Community, chinese: bool
) -> None:
    tables = workbooks.of(demo)
    workbooks.write(tmp_path / "desk.xlsx", tables, chinese=chinese)
    for path in DEMO.iterdir():  # what is no table of the workbook
        if noun_called(path.stem) not in tables:
            shutil.copy(path, tmp_path)
    imported = community_files.read(tmp_path)
    assert imported.community == demo
    assert len(imported.residents) == 3


def test_a_folder_may_mix_kinds_of_files_but_hold_nothing_twice(
    tmp_path: Path, demo: Community
) -> None:
    folder = Path(shutil.copytree(DEMO, tmp_path / "demo"))
    workbooks.write(folder / "people.xlsx", {"staff": workbooks.of(demo)["staff"]})
    with pytest.raises(BadInput, match=r"staff is in two places: people\.xlsx\[人员\] and staff"):
        community_files.read(folder)
    (folder / "staff.csv").unlink()
    assert community_files.read(folder).community.version == demo.version
    (folder / "residents.csv").rename(folder / "居民.csv")
    assert len(community_files.read(folder).residents) == 3


def test_a_single_file_leaves_the_rest_as_it_is(tmp_path: Path, demo: Community) -> None:
    people = workbooks.of(demo)["staff"]
    path = workbooks.write(tmp_path / "people.xlsx", {"staff": [*people, WANGWU]})
    found = community_files.read(path, demo).community
    assert found.staff["wangwu"].capacity == 12
    assert {**found.staff, "wangwu": None} == {**demo.staff, "wangwu": None}
    for part in ("areas", "buildings", "routing", "deadlines", "branches", "rosters", "settings"):
        assert getattr(found, part) == getattr(demo, part), part
    assert community_files.read(DEMO / "staff.csv", demo).community == demo


def test_without_a_community_a_single_file_is_not_enough(tmp_path: Path) -> None:
    path = workbooks.write(tmp_path / "people.xlsx", SMALL)
    with pytest.raises(BadInput, match="基本信息"):
        community_files.read(path)


def test_leave_entered_by_hand_survives_an_import_and_leave_of_a_file_does_not(
    demo: Community,
) -> None:
    start, end = (datetime(2026, 12, day, tzinfo=demo.zone) for day in (1, 3))
    leaves = tuple(Absence(start=start, end=end, by_hand=by_hand) for by_hand in (True, False))
    xiaoli = replace(demo.person("xiaoli"), absences=leaves)
    current = replace(demo, staff={**demo.staff, "xiaoli": xiaoli})
    found = community_files.read(DEMO, current).community
    assert found.person("xiaoli").absences == leaves[:1]
    over = community_files.read(DEMO / "staff.csv", current).community
    assert over.person("xiaoli").absences == leaves


def test_dates_times_and_numbers_of_a_spreadsheet_are_read_as_they_look(
    tmp_path: Path, demo: Community
) -> None:
    shift = {"role": "值班员", "scope": "hean", "code": "dingge", "from": time(20), "to": "8:00"}
    tables: dict[str, Any] = {
        "rosters": [{**shift, "date": datetime(2026, 12, 24), "shift": 7}],
        "absences": [
            {"code": "xiaoli", "from": date(2026, 12, 24), "to": date(2026, 12, 25)},
            {"code": "xiaohe", "from": datetime(2026, 12, 24, 8, 30), "to": "2026/12/24 12:00"},
        ],
    }
    found = community_files.read(workbooks.write(tmp_path / "desk.xlsx", tables), demo).community
    (line,) = found.rosters
    assert (line.date, line.start, line.end, line.name) == (
        date(2026, 12, 24), time(20), time(8), "7",
    )  # fmt: skip
    (whole,), (half,) = (found.person(code).absences for code in ("xiaoli", "xiaohe"))
    assert whole.end == datetime(2026, 12, 26, tzinfo=demo.zone)  # the last day is a day of leave
    assert half.start == datetime(2026, 12, 24, 8, 30, tzinfo=demo.zone)
    assert half.end == datetime(2026, 12, 24, 12, tzinfo=demo.zone)


def test_an_error_names_file_sheet_and_line_and_the_column_as_it_stands_there(
    tmp_path: Path, demo: Community
) -> None:
    tables = {"staff": [*workbooks.of(demo)["staff"], {**WANGWU, "capacity": "很多"}]}
    error = refused(workbooks.write(tmp_path / "people.xlsx", tables), demo)
    assert str(error) == "people.xlsx[人员]:35: 工单上限 is '很多', expected a number"


BAD_ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("absences", {"code": "nobody", "from": "2026-12-24", "to": "2026-12-25"}, "'nobody'"),
    ("absences", {"code": "xiaoli", "from": "2026-12-24", "to": "2026-12-23"}, "is before 开始"),
    ("absences", {"code": "xiaoli", "from": "圣诞", "to": "2026-12-23"}, "expected a date"),
    ("absences", {"code": "xiaoli", "to": "2026-12-23"}, "开始 is missing"),
    ("branches", {"code": "b", "name": "支部", "area": "nowhere"}, "area 'nowhere'"),
    ("branches", {"code": "b", "name": "支部", "area": "xfl", "parent": "c"}, "parent 'c'"),
    ("branches", {"code": "b", "name": "支部", "area": "xfl", "parent": "b"}, "round in a circle"),
]
SHIFT = {
    "role": "duty",
    "scope": "hean",
    "code": "dingge",
    "days": "周一",
    "from": "08:00",
    "to": "20:00",
}
BAD_ROWS += [
    ("rosters", {**SHIFT, "code": "nobody"}, "'nobody' is not in staff"),
    ("rosters", {**SHIFT, "scope": "nowhere"}, "scope 'nowhere'"),
    ("rosters", {**SHIFT, "role": "门卫"}, "'门卫' is not one of"),
    ("rosters", {**SHIFT, "days": "星期八"}, "day is '星期八'"),
    ("rosters", {**SHIFT, "days": None}, "either 日期 or 星期"),
    ("rosters", {**SHIFT, "date": "2026-12-24"}, "either 日期 or 星期"),
    ("rosters", {**SHIFT, "from": "早上"}, "'早上' is not a time"),
    ("rosters", {**SHIFT, "role": "discipline"}, "丁哥 is no discipline contact"),
]
RULE = {"code": "mine", "matter": "order.pets", "roles": "网格员"}
BAD_ROWS += [
    ("routing", {**RULE, "assist": "网格员;门卫?"}, "协办: '门卫' is not one of"),
    ("routing", {**RULE, "kind": "投诉"}, "类别 is '投诉', expected one of"),
    ("routing", {**RULE, "valid_from": "明年"}, "生效日期 is '明年', expected a date"),
    (
        "routing",
        {**RULE, "valid_from": "2027-01-01", "valid_until": "2026-01-01"},
        "失效日期 is before 生效日期",
    ),
]


@pytest.mark.parametrize(("noun", "row", "reason"), BAD_ROWS)
def test_a_bad_row_of_a_sheet_is_refused(
    tmp_path: Path, demo: Community, noun: str, row: dict[str, Any], reason: str
) -> None:
    others = workbooks.of(demo)["branches"] if noun == "branches" else []  # staff refer to them
    path = workbooks.write(tmp_path / "desk.xlsx", {noun: [*others, row]})
    error = refused(path, demo)
    assert error.file == f"desk.xlsx[{NOUNS[noun].sheet}]"
    assert error.line == len(others) + 2
    assert reason in error.reason


def test_two_rules_that_fit_the_same_on_the_same_day_are_refused(
    tmp_path: Path, demo: Community
) -> None:
    def read(*rules: dict[str, Any]) -> Community:
        path = workbooks.write(tmp_path / "desk.xlsx", {"routing": list(rules)})
        return community_files.read(path, demo).community

    other = {**RULE, "code": "other"}
    with pytest.raises(BadRow, match="fits exactly what 'mine' fits"):
        read(RULE, other)
    assert len(read(RULE, {**other, "valid_from": "2027-01-01"}).routing) == 2
    assert len(read(RULE, {**RULE, "valid_from": "2027-01-01"}).routing) == 2
    ended = {**RULE, "valid_until": "2026-06-30"}
    with pytest.raises(BadRow, match="occurs twice"):
        read(RULE, ended)


def test_sheets_and_columns_that_nobody_knows_are_refused_and_notes_are_not(
    tmp_path: Path, demo: Community
) -> None:
    path = workbooks.write(tmp_path / "desk.xlsx", {"staff": workbooks.of(demo)["staff"]})
    book = load_workbook(path)
    book.create_sheet("说明").append(["怎么填这张表"])
    book.create_sheet("空")
    book.save(path)
    assert community_files.read(path, demo).community == demo
    book.create_sheet("人员名单").append(["编号"])
    book.save(path)
    with pytest.raises(BadInput, match=r"desk\.xlsx\[人员名单\].*staff \(人员\)"):
        community_files.read(path, demo)
    del book["人员名单"]
    book["人员"]["A1"] = "工号"
    book.save(path)
    error = refused(path, demo)
    assert (error.line, "'工号'" in error.reason, "code (编号)" in error.reason) == (1, True, True)


def test_empty_lines_count_and_empty_columns_do_not(tmp_path: Path, demo: Community) -> None:
    path = workbooks.write(tmp_path / "desk.xlsx", {"staff": workbooks.of(demo)["staff"]})
    book = load_workbook(path)
    sheet = book["人员"]
    sheet.insert_rows(3)
    sheet["C4"] = None
    sheet.cell(row=1, column=30).number_format = "0"
    book.save(path)
    assert len(community_files.read(path, demo).community.staff) == len(demo.staff)
    sheet["B5"] = None
    book.save(path)
    assert (refused(path, demo).line, refused(path, demo).reason) == (5, "姓名 is missing")


@pytest.mark.parametrize("content", [b"", b"code,name\n", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_by_name(
    tmp_path: Path, demo: Community, content: bytes
) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"people\.xlsx: not an Excel workbook"):
        community_files.read(path, demo)


def test_working_time_is_only_read_from_yaml(tmp_path: Path, demo: Community) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text("date,rest\n2027-01-01,元旦\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"calendar\.yml"):
        community_files.read(path, demo)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_table_and_column_is_documented(noun: str) -> None:
    pages = [
        (CHECKOUT / "docs" / name).read_text("utf-8") for name in ("community.md", "deadlines.md")
    ]
    about = NOUNS[noun]
    assert about.file in pages[0] or f"`{noun}`" in pages[0]
    for words in (*about.columns, *about.columns.values()):
        assert any(words in page for page in pages), words
