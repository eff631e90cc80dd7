"""Before a ticket is opened: is there one already? And who follows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.desk.community import Place
from bot.desk.errors import IllegalMove, NotAllowed
from bot.desk.people import Person
from bot.services import (
    conversations,
    duplicate_cards,
    duplicates,
    followers,
    ticket_views,
    tickets,
)
from bot.services.duplicates import Candidate
from bot.services.tickets import Draft
from bot.store.database import Session
from bot.store.tables import FollowerRow, OutboxRow, PhotoRow, TicketRow, TimelineRow
from tests.conftest import HOME
from tests.services.conftest import SOUTH, Case, meet

LIFT = {"text": "电梯停了，我是501的，电话13800000000", "phone": "13800000000"}


def draft(text: str = "2单元电梯坏了", **more: Any) -> Draft:
    values: dict[str, Any] = {
        "key": "new",
        "kind": "report",
        "matter": "property.elevator",
        "text": text,
        "place": HOME,
        "resident_id": 4711,
        **more,
    }
    return Draft(**values)


def found(case: Case, wanted: Draft) -> list[Candidate]:
    return case.database.read(lambda s: duplicates.candidates(s, wanted, case.desk))


@pytest.fixture
def lift(case: Case) -> Case:
    case.open("property.elevator", **LIFT)
    return case


@pytest.fixture
def neighbour(lift: Case) -> tuple[int, Person]:
    conversation, speaker = meet(lift.database, "neighbour", known_as=None, clock=lift.clock)
    return conversation, Person(resident_id=speaker.resident_id)


def follow(
    case: Case,
    neighbour: tuple[int, Person],
    *,
    key: str = "f",
    text: str = "我家也停",
    **more: Any,
) -> TicketRow:
    conversation, by = neighbour
    return case.do(
        followers.follow, by=by, key=key, conversation_id=conversation, text=text, **more
    )


def heard(case: Case, conversation: int) -> list[str]:
    return [row.body["text"] for row in case.rows(OutboxRow, conversation_id=conversation)]


def test_a_neighbour_is_shown_what_is_known_and_nobody_is_named(lift: Case) -> None:
    (one,) = found(lift, draft())
    assert (one.number, one.reporters, one.own) == (lift.number, 1, False)
    card = duplicate_cards.is_it([one], lift.demo, lambda place: f"{place.building}{place.room}")
    assert "电梯停了" in card.text
    for words in ("501", "13800000000", "王阿姨"):
        assert words not in card.text
    assert "11月23日10:00报的" in card.text and "由物业维修工程师刘师傅负责" in card.text
    assert [button.label for button in card.buttons] == ["我也遇到", "不是一回事，另开一件"]


@pytest.mark.parametrize(
    "other",
    [
        {"place": replace(HOME, unit="3")},
        {"place": replace(HOME, building="xfl-b04")},
        {"place": SOUTH},
        {"place": Place()},
        {"matter": "property.leak"},
        {"text": "楼道灯坏了"},
        {"kind": "suggestion"},
        {"kind": "conduct", "matter": "admin.conduct"},
        {"urgency": "emergency"},
        {"to_desk": "两次没听明白"},
    ],
)
def test_what_is_another_matter_is_not_asked_about(lift: Case, other: dict[str, Any]) -> None:
    assert found(lift, draft(**other)) == []


def test_a_lift_whose_entrance_nobody_named_may_be_the_same(lift: Case) -> None:
    assert found(lift, draft(place=replace(HOME, unit=None, room=None)))


def test_the_window_is_the_matters(lift: Case) -> None:
    lift.clock.pass_(hours=71)
    assert found(lift, draft())
    lift.clock.pass_(hours=2)
    assert not found(lift, draft())


def test_what_is_done_or_hidden_is_no_candidate(lift: Case) -> None:
    lift.do(tickets.accept, by="liushifu")
    assert found(lift, draft())
    lift.do(tickets.resolve, by="liushifu")
    assert not found(lift, draft())
    lift.open("safety.trapped", text="有人困在电梯里")
    assert not found(lift, draft("有人困在电梯里", matter="safety.trapped"))


def test_at_most_three_and_the_likeliest_first(case: Case) -> None:
    for text in ("电梯异响", "电梯门关不上", "电梯停了", "电梯门坏了关不上"):
        case.open("property.elevator", text=text)
    shown = found(case, draft("电梯门一直关不上"))
    assert len(shown) == 3
    assert shown[0].alike == max(one.alike for one in shown)
    card = duplicate_cards.is_it(shown, case.demo, lambda place: "")
    assert [b.label for b in card.buttons][-1] == "都不是，另开一件"


def test_their_own_is_said_to_be_their_own(lift: Case) -> None:
    own = draft(resident_id=lift.wangayi.resident_id)
    (one,) = found(lift, own)
    card = duplicate_cards.is_it([one], lift.demo, lambda place: "")
    assert one.own and "您11月23日10:00说过" in card.text and lift.number in card.text


def test_outdoors_the_same_grid_is_near_enough(case: Case) -> None:
    noise = "environment.noise_living"
    case.open(noise, text="广场舞音响太吵", place=replace(HOME, building=None))
    near = draft("跳广场舞的音响吵死了", matter=noise)
    assert found(case, near)
    elsewhere = replace(near, place=SOUTH)
    assert not found(case, elsewhere)


def test_who_met_it_too_is_counted_and_the_handler_reads_their_words(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    follow(lift, neighbour, photos=("lift.jpg",), phone="13911112222")
    (row,) = lift.rows(FollowerRow)
    assert (row.text, row.resident_id) == ("我家也停", neighbour[1].resident_id)
    card = lift.told("liushifu")[-1]
    assert "我家也停" in card and "共2位" in card and "13911112222" in card
    assert lift.moves()[-1] == "follow"
    assert [photo.path for photo in lift.rows(PhotoRow)] == ["lift.jpg"]
    assert found(lift, draft())[0].reporters == 2
    assert found(lift, draft(resident_id=neighbour[1].resident_id))[0].own


def test_the_same_message_follows_once(lift: Case, neighbour: tuple[int, Person]) -> None:
    follow(lift, neighbour)
    before = lift.everything()
    follow(lift, neighbour)
    assert lift.everything() == before
    follow(lift, neighbour, key="later", text="还是没人来")
    assert len(lift.rows(FollowerRow)) == 1
    assert lift.moves()[-1] == "add" and "还是没人来" in lift.told("liushifu")[-1]


def test_followers_hear_of_progress_and_are_asked_nothing(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    follow(lift, neighbour)
    lift.do(tickets.accept, by="liushifu")
    assert "刘师傅已接单" in heard(lift, neighbour[0])[-1]
    lift.do(tickets.resolve, by="liushifu")
    rows = lift.rows(OutboxRow, conversation_id=neighbour[0])
    assert "刘师傅说办好了" in rows[-1].body["text"] and rows[-1].body["buttons"] == []
    assert "13800000000" not in str([row.body for row in rows])
    lift.do(tickets.reopen, by=lift.wangayi)
    assert "没弄好，已退回重办" in heard(lift, neighbour[0])[-1]


def test_when_the_reporter_withdraws_followers_can_report_it_themselves(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    follow(lift, neighbour)
    lift.do(tickets.withdraw, by=lift.wangayi)
    row = lift.rows(OutboxRow, conversation_id=neighbour[0])[-1]
    assert row.body["buttons"] == [{"label": "还要办", "tap": "say:我家也停"}]


def test_a_follower_adds_and_urges_and_does_nothing_else(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    _, by = neighbour
    follow(lift, neighbour)
    lift.do(followers.add, by=by, text="顶层全停")
    assert "也遇到此事的居民补充：顶层全停" in lift.told("liushifu")[-1]
    lift.do(followers.urge, by=by)
    assert "催办" in lift.told("liushifu")[-1]
    for deed in (tickets.withdraw, tickets.urge, tickets.say_solved):
        with pytest.raises(IllegalMove):
            lift.do(deed, by=by)
    with pytest.raises(NotAllowed):
        lift.database.read(lambda s: ticket_views.detail(s, lift.number, by))


def test_a_stranger_cannot_write_into_a_ticket_by_its_number(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    before = lift.everything()
    for deed in (followers.add, followers.urge):
        with pytest.raises(NotAllowed):
            lift.do(deed, by=neighbour[1])
    assert lift.everything() == before


def test_nobody_follows_their_own_a_secret_or_what_is_over(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    with pytest.raises(NotAllowed):
        follow(lift, (lift.conversation, lift.wangayi))
    lift.do(tickets.withdraw, by=lift.wangayi)
    with pytest.raises(IllegalMove):
        follow(lift, neighbour)
    lift.open("admin.conduct", kind="conduct")
    with pytest.raises(NotAllowed):
        follow(lift, neighbour)
    assert not lift.rows(FollowerRow)


def test_who_leaves_hears_no_more(lift: Case, neighbour: tuple[int, Person]) -> None:
    follow(lift, neighbour)

    def leave(session: Session) -> bool:
        return followers.leave(session, tickets.by_number(session, lift.number), neighbour[1])

    assert lift.database.run(leave)
    assert not lift.database.run(leave)
    lift.do(tickets.accept, by="liushifu")
    assert heard(lift, neighbour[0]) == []


def test_a_follower_who_turns_out_to_be_known_goes_on_following(
    lift: Case, neighbour: tuple[int, Person]
) -> None:
    follow(lift, neighbour)
    lift.database.run(lambda s: conversations.bind(s, neighbour[0], "lidaye", now=lift.clock()))
    (row,) = lift.rows(FollowerRow)
    speaker = lift.database.read(lambda s: conversations.speaker(s, neighbour[0]))
    assert row.resident_id == speaker.resident_id != neighbour[1].resident_id
    assert lift.rows(TimelineRow, move="follow")
