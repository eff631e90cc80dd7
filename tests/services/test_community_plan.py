"""What an import says it would do, and what becomes of the tickets of people who are gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.desk.community import Community
from bot.desk.errors import BadInput
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.services import community, community_changes, community_import, tickets
from bot.services.community_import import Done, Plan
from bot.services.ticket_moves import make
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow
from tests.conftest import DEMO
from tests.services.conftest import Case

CONDUCT = {"kind": "conduct", "matter": "admin.conduct", "text": "有人收红包"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "demo"))


def edit(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / name).read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / name).write_text(text, encoding="utf-8")


def drop(folder: Path, *codes: str) -> None:
    """These people leave; nobody has them as deputy any more."""
    lines = (folder / "staff.csv").read_text("utf-8").splitlines(True)
    kept = [line for line in lines if line.split(",")[0] not in codes]
    for code in codes:
        kept = [line.replace(f",{code},", ",,") for line in kept]
    (folder / "staff.csv").write_text("".join(kept), encoding="utf-8")


def plan(case: Case, path: Path) -> Plan:
    def work(session: Session) -> Plan:
        return community_import.plan(session, community_import.read(session, path))

    return case.database.read(work)


def load(case: Case, path: Path) -> Done:
    def desk(found: Community) -> Desk:
        case.demo = found
        return case.desk

    def work(session: Session) -> Done:
        return community_import.apply(session, community_import.read(session, path), desk)

    done = case.database.run(work)
    case.check_timelines()
    return done


def test_the_same_again_changes_nothing(case: Case) -> None:
    assert plan(case, DEMO) == Plan(changes=(), leavers=(), orphans={})
    before = case.everything()
    assert load(case, DEMO).handed == ()
    assert case.everything() == before


def test_every_noun_says_what_is_added_changed_and_removed_field_by_field(
    case: Case, folder: Path
) -> None:
    edit(folder, "staff.csv", ("小李,网格员,19900000101", "小李,网格长,19900000101"))
    drop(folder, "madaye")
    edit(folder, "buildings.csv", ("xfl-b12,5号楼", "xfl-b12,6号楼"))
    edit(folder, "community.yml", ("district: 朝阳区", "district: 海淀区"))
    edit(folder, "routing.yml", ("roles: [secretary, desk], watch: []", "roles: [desk], watch: []"))
    with (folder / "rosters.csv").open("a", encoding="utf-8") as file:
        file.write("duty,hean,2026-12-31,,20:00,08:00,dingge,跨年夜班\n")
    with (folder / "residents.csv").open("a", encoding="utf-8") as file:
        file.write("zhaoyeye,赵爷爷,xfl-b01,,\n")
    found = {(c.noun, c.code, c.what): c.fields for c in plan(case, folder).changes}
    assert found.pop(("staff", "xiaoli", "changed")) == {"title": ("网格员", "网格长")}
    assert found.pop(("staff", "madaye", "removed")) == {}
    assert found.pop(("buildings", "xfl-b12", "changed")) == {"name": ("5号楼", "6号楼")}
    assert found.pop(("community", "district", "changed")) == {"value": ("朝阳区", "海淀区")}
    roles = (["secretary", "desk"], ["desk"])
    assert found.pop(("routing", "praise", "changed")) == {"roles": roles}
    assert found.pop(("residents", "zhaoyeye", "added")) == {}
    ((noun, code, what),) = found
    assert (noun, what) == ("rosters", "added") and "2026-12-31" in code


def test_a_plan_changes_nothing_and_what_it_says_comes_true(case: Case, folder: Path) -> None:
    drop(folder, "madaye")
    before = case.database.read(community.load)
    told = plan(case, folder)
    assert case.database.read(community.load) == before
    assert load(case, folder).plan == told
    assert plan(case, folder).changes == ()


def test_people_who_leave_with_tickets_in_hand_are_named_and_the_others_are_not(
    case: Case, folder: Path
) -> None:
    case.open()
    drop(folder, "xiaoli", "madaye")
    (leaver,) = plan(case, folder).leavers
    assert (leaver.code, leaver.name, leaver.tickets) == ("xiaoli", "小李", (case.number,))


def test_the_tickets_of_somebody_who_left_go_to_whom_the_rules_give_them_now(
    case: Case, folder: Path
) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    drop(folder, "xiaoli")
    edit(folder, "staff.csv", ("grid_worker@xfl-2", "grid_worker@xfl-2;grid_worker@xfl-1"))
    (handed,) = load(case, folder).handed
    assert (handed.before, handed.after) == ("xiaoli", "laozhang")
    ticket = case.ticket()
    assert (ticket.status, ticket.assignee, ticket.accepted_at) == ("assigned", "laozhang", None)
    assert case.number in case.told("laozhang")[-1]
    assert "由网格员老张负责" in case.wangayi_heard()[-1]["text"]
    assert len(case.told("xiaoli")) == 1


def test_where_nobody_follows_the_desk_has_it(case: Case, folder: Path) -> None:
    case.open("order.pets")
    edit(folder, "routing.yml", ("roles: [grid_worker, secretary, desk]", "roles: [grid_worker]"))
    drop(folder, "xiaoli", "laozhang", "xiaohe")
    (handed,) = load(case, folder).handed
    assert (handed.after, case.ticket().status) == (None, "triage")
    assert case.number in case.told("xiaomeng")[-1]
    assert "由社区受理台负责" in case.wangayi_heard()[-1]["text"]


@pytest.mark.parametrize("status", ["waiting", "held"])
def test_what_is_parked_stays_parked_with_somebody_else(
    case: Case, folder: Path, status: str
) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")

    move, by = (Move.ASK_MORE, "xiaoli") if status == "waiting" else (Move.HOLD, "zhuren")

    def park(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
        make(session, ticket, move, by, desk, key=key)

    case.do(park, by=by)
    drop(folder, "xiaoli", "laozhang")
    load(case, folder)
    ticket = case.ticket()
    assert (ticket.status, ticket.assignee) == (status, "xiaohe")
    assert "原经办人已离岗" in case.told("xiaohe")[-1]


def test_what_is_done_is_left_alone(case: Case, folder: Path) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    drop(folder, "xiaoli")
    assert load(case, folder).handed == ()
    assert case.ticket().assignee == "xiaoli"


def test_a_conduct_report_goes_to_the_new_contact_and_is_not_spoken_of(
    case: Case, folder: Path
) -> None:
    case.open(**CONDUCT)
    other_posts = ("discipline@hean", "liaison@hean"), ("admin@hean", "admin@hean;discipline@hean")
    edit(folder, "staff.csv", *other_posts)
    assert plan(case, folder).leavers == ()
    assert load(case, folder).handed == ()
    assert case.ticket().assignee == "zhuren"
    drop(folder, "yanjie")
    assert plan(case, folder).leavers == ()


def test_a_conduct_report_without_a_reader_finds_the_one_who_joins(
    case: Case, folder: Path
) -> None:
    case.open(**{**CONDUCT, "text": "严姐收红包"})
    assert case.ticket().assignee is None
    edit(folder, "staff.csv", ("secretary@xfl", "secretary@xfl;discipline@xfl"))
    load(case, folder)
    assert case.ticket().assignee == "chenshuji"
    assert "红包" in case.told("chenshuji")[-1]
    assert case.told("yanjie") == []


def test_a_matter_with_open_tickets_cannot_be_removed(case: Case, folder: Path) -> None:
    case.open("participation.wish")
    lines = (folder / "categories.yml").read_text("utf-8").splitlines(True)
    kept = "".join(line for line in lines if "participation.wish:" not in line)
    (folder / "categories.yml").write_text(kept, encoding="utf-8")
    edit(folder, "deadlines.yml", ("matter: participation.wish", "matter: participation.activity"))
    assert plan(case, folder).orphans == {"participation.wish": 1}
    with pytest.raises(BadInput, match=r"participation\.wish would be gone, but 1 open"):
        load(case, folder)
    case.do(tickets.withdraw, by=case.wangayi)
    load(case, folder)
    assert "participation.wish" not in case.demo.categories


def test_before_the_first_import_everything_is_added(demo: Community) -> None:
    changes = community_changes.between(None, demo)
    assert {change.what for change in changes} == {"added"}
    assert sum(change.noun == "staff" for change in changes) == len(demo.staff)
