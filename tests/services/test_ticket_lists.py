"""Lists of tickets, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.desk.errors import NotAllowed
from bot.desk.people import Person
from bot.services import accounts, looks, ticket_lists, tickets, turns
from bot.services.ticket_lists import Wanted
from tests.conftest import staff
from tests.services.conftest import Case


def found(case: Case, code: str, **wanted: object) -> list[str]:
    person = staff(case.demo, code)
    rows = case.database.read(
        lambda session: ticket_lists.search(session, person, Wanted(**wanted))  # type: ignore[arg-type]
    )
    return [str(row.number) for row in rows]


def test_a_search_keeps_to_what_its_reader_may_see(case: Case) -> None:
    plain = str(case.open(text="飞线充电").number)
    secret = str(case.open("admin.conduct", kind="conduct", text="收红包").number)
    assert found(case, "xiaomeng") == [plain]
    assert found(case, "yanjie") == [secret]
    assert found(case, "xiaomeng", text="红包") == []
    assert found(case, "yanjie", text="红包") == [secret]
    assert found(case, "madaye", text="飞线") == []


def test_every_wish_of_a_search_narrows_it(case: Case) -> None:
    number = str(case.open(text="飞线充电100%").number)
    row = case.ticket()
    assert row.next_deadline_at and row.assignee
    for good, bad in (
        ({"statuses": ("assigned",)}, {"statuses": ("closed", "nonsense")}),
        ({"matter": "order.ebike"}, {"matter": "property.leak"}),
        ({"assignee": row.assignee}, {"nobodys": True}),
        ({"grid": "xfl-1"}, {"grid": "xfl-2"}),
        ({"late_at": row.next_deadline_at + timedelta(minutes=1)}, {"late_at": case.clock()}),
        ({"text": "100%"}, {"text": "_"}),
        ({"before": row.id + 1}, {"before": row.id}),
    ):
        assert found(case, "xiaomeng", **good) == [number], good
        assert found(case, "xiaomeng", **bad) == [], bad


def test_what_is_in_hand_comes_with_the_next_deadline_first(case: Case) -> None:
    for matter in ("environment.garbage", "property.leak", "order.ebike"):
        case.open(matter)
        case.do(tickets.assign, "xiaoli", by="xiaomeng")
    xiaoli = staff(case.demo, "xiaoli")
    rows = case.database.read(lambda session: ticket_lists.in_hand(session, xiaoli))
    deadlines = [row.next_deadline_at for row in rows]
    assert len(rows) == 3 and deadlines == sorted(deadlines)
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    done = case.number
    rows = case.database.read(lambda session: ticket_lists.in_hand(session, xiaoli))
    beside = case.database.read(lambda session: ticket_lists.beside(session, xiaoli))
    assert done not in [row.number for row in rows] and done in [row.number for row in beside]


def test_a_ticket_can_be_moved_by_whom_it_was_once_shown_to(case: Case) -> None:
    case.open()
    case.do(tickets.assign, "xiaohe", by="xiaomeng")

    def may(person: Person) -> bool:
        try:
            case.database.read(lambda s: ticket_lists.for_deed(s, case.number, person))
        except NotAllowed:
            return False
        return True

    assert may(staff(case.demo, "xiaohe")) and not may(staff(case.demo, "daliu"))
    case.do(tickets.assign, "liushifu", by="xiaomeng")
    assert may(staff(case.demo, "xiaohe"))  # to be told who has it now
    case.do(tickets.correct, by=case.wangayi, text="他收钱", matter="admin.conduct")
    assert not may(staff(case.demo, "xiaohe")) and not may(staff(case.demo, "xiaomeng"))


def test_logins_looks_and_intents_work_on_every_database(case: Case) -> None:
    zhuren, now = staff(case.demo, "zhuren"), case.clock()
    password = case.database.run(lambda s: accounts.issue(s, "zhuren", now=now))
    attempt = case.database.read(lambda s: accounts.check(s, "zhuren", password))
    token = case.database.run(lambda s: accounts.log_in(s, attempt, now=now))
    assert token
    assert case.database.read(lambda s: accounts.read(s, token, now=now))
    case.database.run(
        lambda s: looks.note(s, zhuren, what=looks.TICKET, reference="x", reason="y", now=now)
    )
    (look,) = case.database.read(lambda s: looks.read(s, zhuren))
    assert (look.reference, look.reason) == ("x", "y")
    assert case.database.read(lambda s: turns.intents(s, zhuren)) == []
