"""Hot topics of the desk: what is looked at, what is kept, what becomes a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.community import Place
from bot.desk.errors import NotAllowed, UnknownThing
from bot.desk.people import SYSTEM, Person
from bot.language.topics import Report, Topic
from bot.language.topics_heat import Heat
from bot.services import tickets, topic_tasks, topics
from bot.store.database import Session
from bot.store.tables import FollowerRow, TicketRow, TopicRow
from tests.conftest import HOME, MONDAY_TEN, staff
from tests.services.conftest import SOUTH, Case, meet

WASH = (
    "楼下洗车行天天早上水枪响，吵得睡不着",
    "洗车行的水枪太吵，老人没法休息",
    "洗车行水枪从六点响到半夜",
    "洗车行污水流到路上，水枪声音又大",
)


def reports(case: Case, *, weeks: int = 4) -> list[Report]:
    window = topics.last_weeks(case.clock() + timedelta(seconds=1), weeks)
    return case.database.read(lambda session: topics.reports(session, window, case.demo))


def seen(case: Case, code: str) -> list[topics.Shown]:
    person = staff(case.demo, code)
    return case.database.read(lambda session: topics.of_week(session, person))


def topic(ids: Sequence[int], *, heat: float = 3.0) -> Topic:
    return Topic(
        words=("洗车行", "水枪"),
        places=("幸福里",),
        matter="environment.noise_living",
        members=tuple(map(str, ids)),
        examples=tuple(map(str, ids[:3])),
        reporters=len(ids),
        first_at=MONDAY_TEN,
        last_at=MONDAY_TEN,
        heat=Heat(voices=heat),
    )


def keep(case: Case, *found: Topic) -> list[TopicRow]:
    return case.database.run(
        lambda session: topics.keep(session, found, case.demo, now=case.clock())
    )


def many(case: Case, texts: Sequence[str] = WASH) -> list[int]:
    """As many tickets as texts, each of a resident of its own."""
    ids = []
    for text in texts:
        conversation, speaker = meet(case.database, f"peer {text}", known_as=None, clock=case.clock)
        who = {"resident_id": speaker.resident_id, "conversation_id": conversation}
        ids.append(case.open("environment.noise_living", text=text, **who).id)
    return ids


def make_task(case: Case, row: TopicRow, *, by: str = "zhuren", owner: str = "xiaoli") -> TicketRow:
    def work(session: Session) -> TicketRow:
        found = session.get(TopicRow, row.id)
        assert found
        person = staff(case.demo, by)
        return topic_tasks.make_task(session, found, owner, person, case.desk, key=f"form {by}")

    return case.database.run(work)


def test_open_and_recent_tickets_are_looked_at(case: Case) -> None:
    old = case.open(text="很久以前的一件")
    case.clock.pass_(weeks=8)
    recent = case.open(text="上周的一件")
    assert [report.id for report in reports(case)] == [str(old.id), str(recent.id)]
    case.number = str(old.number)
    case.do(tickets.withdraw, by=case.wangayi)
    assert [report.id for report in reports(case)] == [str(recent.id)]


def test_an_old_ticket_that_has_ended_is_not_looked_at(case: Case) -> None:
    case.open(place=HOME)
    handler = str(case.ticket().assignee)
    case.do(tickets.accept, by=handler)
    case.do(tickets.contact, by=handler)
    case.do(tickets.resolve, by=handler)
    case.do(tickets.rate, 5, by=case.wangayi)
    assert len(reports(case)) == 1
    case.clock.pass_(weeks=5)
    assert reports(case) == []


def test_what_is_confidential_is_never_looked_at(case: Case) -> None:
    case.open("admin.conduct", kind="conduct", text="网格员收钱")
    assert reports(case) == []


def test_the_place_is_said_as_texts_say_it(case: Case) -> None:
    case.open(place=HOME)
    case.open(place=Place(grid="xfl-1"))
    case.open(place=Place())
    found = [report.places for report in reports(case)]
    assert found == [("幸福里", "幸福里小区3号楼"), ("幸福里第一网格",), ()]


def test_who_follows_a_ticket_speaks_too(case: Case) -> None:
    ticket = case.open()
    other, speaker = meet(case.database, "li", known_as=None, clock=case.clock)
    row = FollowerRow(
        ticket_id=ticket.id,
        resident_id=speaker.resident_id,
        conversation_id=other,
        at=case.clock() - timedelta(minutes=1),
        source_key="follow",
    )
    case.database.run(lambda session: session.add(row))
    case.clock.pass_(minutes=1)
    (report,) = reports(case)
    assert len({reporter for _at, reporter in report.voices}) == 2


def test_a_week_is_found_and_kept_and_found_again(case: Case, tmp_path: Path) -> None:
    ids = many(case)
    case.clock.pass_(hours=1)

    def weekly() -> int:
        return topics.weekly(case.database, case.demo, words=tmp_path, now=case.clock())

    assert weekly() == 1
    (first,) = seen(case, "zhuren")
    assert sorted(row.id for row in first.tickets) == ids
    assert "洗车行" in first.topic.title and first.topic.reporters == 4
    assert len(first.examples) == 3
    more = many(case, ["水枪又响了，洗车行还在开"])
    case.clock.pass_(hours=1)
    assert weekly() == 1
    (again,) = seen(case, "zhuren")
    assert again.topic.id == first.topic.id and again.topic.size == 5
    assert sorted(row.id for row in again.tickets) == ids + more


def test_a_topic_goes_on_over_the_weeks_with_its_task(case: Case) -> None:
    ids = many(case)
    (row,) = keep(case, topic(ids))
    task = make_task(case, row)
    case.clock.pass_(weeks=1)
    ids = ids[1:] + many(case, ["洗车行水枪还是响"])
    (later,) = keep(case, topic(ids))
    assert (later.continues_id, later.weeks, later.ticket_id) == (row.id, 2, task.id)
    assert [shown.task for shown in seen(case, "zhuren")] == [task.number]
    assert len(case.rows(TopicRow)) == 2


def test_ranks_change_places_and_what_is_no_topic_goes(case: Case) -> None:
    one, two = many(case), many(case, ["路灯坏了", "路灯不亮", "没有路灯"])
    first = keep(case, topic(one), topic(two))
    second = keep(case, topic(two), topic(one))
    assert [row.id for row in second] == [first[1].id, first[0].id]
    make_task(case, second[0])
    assert keep(case) == []
    assert [row.id for row in case.rows(TopicRow)] == [second[0].id]


def test_a_task_has_its_owner_and_names_what_is_behind_it(case: Case) -> None:
    ids = many(case, [*WASH, "洗车行太吵，打我电话13812345678"])
    (row,) = keep(case, topic(ids))
    task = make_task(case, row, by="chenshuji", owner="laozhang")
    assert (task.status, task.assignee, task.matter) == (
        "assigned",
        "laozhang",
        "environment.noise_living",
    )
    assert task.resident_id is None and task.place["building"] == HOME.building
    assert "未诉先办" in task.text and "5人" in task.text and "13812345678" not in task.text
    assert task.number in case.told("laozhang")[-1]
    case.check_timelines()
    opened = case.database.read(lambda session: tickets.by_number(session, str(task.number)))
    assert opened.reason == "陈书记指派"


def test_a_task_is_made_once(case: Case) -> None:
    (row,) = keep(case, topic(many(case)))
    first = make_task(case, row, owner="xiaoli")
    before = case.everything()
    assert make_task(case, row, by="chenshuji", owner="laozhang").id == first.id
    assert case.everything() == before


def test_who_still_waits_is_told_once(case: Case) -> None:
    ids = [case.open("environment.noise_living", text=text).id for text in WASH[:3]]
    (row,) = keep(case, topic(ids))
    before = len(case.wangayi_heard())
    make_task(case, row)
    (news,) = case.wangayi_heard()[before:]
    assert "立项" in news["text"] and "小李" in news["text"] and "前给您答复" in news["text"]


def test_who_was_answered_is_not_told(case: Case) -> None:
    case.open("environment.noise_living")
    case.do(tickets.withdraw, by=case.wangayi)
    (row,) = keep(case, topic([case.ticket().id]))
    before = case.wangayi_heard()
    make_task(case, row)
    assert case.wangayi_heard() == before


@pytest.mark.parametrize(("by", "owner"), [("laozhang", "xiaoli"), ("zhuren", "nobody")])
def test_not_everybody_makes_a_task_and_not_for_anybody(case: Case, by: str, owner: str) -> None:
    (row,) = keep(case, topic(many(case)))
    with pytest.raises((NotAllowed, UnknownThing)):
        make_task(case, row, by=by, owner=owner)
    assert case.rows(TopicRow)[0].ticket_id is None


def test_a_task_of_a_topic_is_no_report(case: Case) -> None:
    ids = many(case)
    (row,) = keep(case, topic(ids))
    make_task(case, row)
    case.clock.pass_(hours=1)
    assert [int(report.id) for report in reports(case)] == ids


def test_somebody_sees_of_a_topic_the_tickets_they_may_see(case: Case) -> None:
    ids = many(case)
    keep(case, topic(ids))
    assert len(seen(case, "zhuren")[0].tickets) == 4
    assert seen(case, "laozhang")[0].tickets == []


def test_what_turns_out_to_be_about_conduct_leaves_the_topic(case: Case) -> None:
    ids = many(case)
    keep(case, topic(ids))
    case.do(tickets.refile, by="zhuren", matter="admin.conduct")
    (shown,) = seen(case, "zhuren")
    assert [row.id for row in shown.tickets] == ids[:-1]
    task = make_task(case, shown.topic)
    assert str(case.number) not in task.text and "共3件" in task.text


@pytest.mark.parametrize(
    ("places", "common"),
    [
        ([HOME, HOME, SOUTH], replace(Place(), community="xfl", grid="xfl-1")),
        ([], Place()),
    ],
)
def test_a_task_is_where_at_least_half_of_it_is(places: list[Place], common: Place) -> None:
    found = topic_tasks.common_place(places)
    for level in ("community", "grid"):
        assert getattr(found, level) == getattr(common, level)


def test_nobody_sees_topics_before_there_are_any(case: Case) -> None:
    assert case.database.read(lambda session: topics.of_week(session, Person())) == []
    assert case.database.read(topics.weeks) == []
    assert SYSTEM.staff is None
