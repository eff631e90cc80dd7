"""Duplicates that the desk joins and takes apart again."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from bot.desk.errors import BadInput, IllegalMove, NotAllowed, Refused
from bot.desk.parts import PartKind
from bot.desk.people import Person
from bot.services import followers, merging, subtasks, tickets
from bot.services.subtasks import Wish
from bot.store.database import Session
from bot.store.tables import FollowerRow, OutboxRow, PhotoRow, SubtaskRow, TicketRow
from tests.services.conftest import Case, meet
from tests.services.test_tickets import both_at_once

LIFT = "property.elevator"


class Street:
    """Neighbours with a ticket each, by the order in which they reported."""

    def __init__(self, case: Case, count: int = 3) -> None:
        self.case = case
        self.people: list[tuple[int, Person]] = []
        self.numbers: list[str] = []
        for n in range(count):
            conversation, speaker = meet(
                case.database, f"neighbour{n}", known_as=None, clock=case.clock
            )
            person = Person(resident_id=speaker.resident_id)
            self.people.append((conversation, person))
            case.open(
                LIFT,
                text=f"电梯坏了，第{n}位",
                resident_id=speaker.resident_id,
                conversation_id=conversation,
                photos=(f"{n}.jpg",),
            )
            self.numbers.append(case.number)

    def merge(self, child: int, parent: int, *, by: str = "xiaomeng", key: str = "") -> None:
        self.case.number = self.numbers[child]

        def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
            into = tickets.by_number(session, self.numbers[parent])
            merging.merge(session, ticket, who, desk, key=key, parent=into)

        self.case.do(deed, by=by, key=key or f"merge:{child}:{parent}")

    def split(self, child: int, *, key: str = "split") -> None:
        self.case.number = self.numbers[child]
        self.case.do(merging.split, by="xiaomeng", key=key)

    def ticket(self, n: int) -> TicketRow:
        (found,) = self.case.rows(TicketRow, number=self.numbers[n])
        return found  # type: ignore[no-any-return]

    def heard(self, n: int) -> list[str]:
        rows = self.case.rows(OutboxRow, conversation_id=self.people[n][0])
        return [row.body["text"] for row in rows]

    def followers(self, n: int) -> list[int | None]:
        rows = self.case.rows(FollowerRow, ticket_id=self.ticket(n).id)
        return [row.resident_id for row in rows]


@pytest.fixture
def street(case: Case) -> Street:
    return Street(case)


def test_the_child_follows_and_everybody_is_told(street: Street) -> None:
    street.merge(1, 0)
    child, parent = street.ticket(1), street.ticket(0)
    assert (child.status, child.parent_id, child.next_deadline_at) == ("merged", parent.id, None)
    assert street.followers(0) == [street.people[1][1].resident_id]
    assert street.numbers[0] in street.heard(1)[-1] and "一共2位居民" in street.heard(1)[-1]
    assert "电梯坏了，第1位" in street.case.told("liushifu")[-1]
    photos = street.case.rows(PhotoRow, ticket_id=parent.id)
    assert [photo.path for photo in photos] == ["0.jpg", "1.jpg"]


def test_the_same_message_merges_once(street: Street) -> None:
    street.merge(1, 0)
    before = street.case.everything()
    street.merge(1, 0)
    assert street.case.everything() == before


def test_what_the_childs_reporter_says_reaches_the_parent(street: Street) -> None:
    street.merge(1, 0)
    conversation, person = street.people[1]
    assert person.resident_id
    (found,) = street.case.database.read(
        lambda s: followers.followed_by(s, person.resident_id or 0)
    )
    assert found[0].number == street.numbers[0]
    street.case.number = street.numbers[0]
    street.case.do(followers.add, by=person, text="还困着人")
    street.case.do(followers.urge, by=person)
    assert street.case.moves()[-2:] == ["add", "urge"]
    assert any("还困着人" in card for card in street.case.told("liushifu"))
    street.case.do(tickets.accept, by="liushifu")
    assert "刘师傅已接单" in street.heard(1)[-1]
    assert conversation


def test_parents_of_parents_collapse(street: Street) -> None:
    street.merge(2, 1)
    street.merge(1, 0)
    root = street.ticket(0).id
    assert [street.ticket(n).parent_id for n in (1, 2)] == [root, root]
    assert len(street.followers(0)) == 2 and street.followers(1) == []
    street.case.check_timelines()


def test_who_is_merged_into_a_child_follows_the_parent(street: Street) -> None:
    street.merge(1, 0)
    street.merge(2, 1)
    assert street.ticket(2).parent_id == street.ticket(0).id


def test_nothing_follows_itself_or_goes_round(street: Street) -> None:
    with pytest.raises(BadInput):
        street.merge(0, 0)
    street.merge(1, 0)
    with pytest.raises(BadInput):
        street.merge(0, 1)


def test_two_who_merge_crosswise_at_once_make_no_circle(street: Street) -> None:
    other = copy(street)
    other.case = replace(street.case)
    results = both_at_once(lambda: street.merge(1, 0), lambda: other.merge(0, 1))
    assert any(isinstance(result, (Refused, BadInput)) for result in results)
    assert [street.ticket(0).status, street.ticket(1).status].count("merged") == 1


def test_conduct_and_what_has_ended_are_merged_with_nothing(street: Street) -> None:
    street.case.number = street.numbers[0]
    street.case.do(tickets.withdraw, by=street.people[0][1])
    with pytest.raises(IllegalMove):
        street.merge(1, 0)
    street.case.open("admin.conduct", kind="conduct")
    street.numbers.append(street.case.number)
    with pytest.raises(NotAllowed):
        street.merge(1, 3)
    with pytest.raises(NotAllowed):
        street.merge(3, 1)


def test_only_the_desk_merges(street: Street) -> None:
    before = street.case.everything()
    with pytest.raises(Refused):
        street.merge(1, 0, by="liushifu")
    assert street.case.everything() == before


def test_parts_of_the_child_are_called_off(street: Street) -> None:
    street.case.number = street.numbers[1]

    def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
        wish = Wish(kind=PartKind.ASSIST, task="看看")
        subtasks.ask(session, ticket, wish, ["xiaohe"], who, desk, key=key)

    street.case.do(deed, by="xiaomeng")
    street.merge(1, 0)
    assert street.case.rows(SubtaskRow)[0].status == "cancelled"
    assert street.numbers[0] in street.case.told("xiaohe")[-1]


def test_split_goes_its_own_way_again_with_all_that_was_its_own(street: Street) -> None:
    conversation, speaker = meet(
        street.case.database, "late", known_as=None, clock=street.case.clock
    )
    street.case.number = street.numbers[1]
    late = Person(resident_id=speaker.resident_id)
    street.case.do(followers.follow, by=late, conversation_id=conversation, text="我也是")
    street.merge(1, 0)
    street.case.clock.pass_(hours=2)
    street.split(1)
    child = street.ticket(1)
    assert (child.status, child.parent_id, child.closed_at) == ("assigned", None, None)
    assert child.next_deadline_at and child.next_deadline_at > street.case.clock()
    assert street.followers(0) == [] and street.followers(1) == [late.resident_id]
    photos = street.case.rows(PhotoRow, ticket_id=street.ticket(0).id)
    assert [photo.path for photo in photos] == ["0.jpg"]
    assert "单独办" in street.heard(1)[-1]
    assert "已从您的" in "".join(street.case.told("liushifu"))
    street.merge(1, 0, key="again")
    assert len(street.followers(0)) == 2


def test_a_cluster_is_merged_as_a_whole_or_not_at_all(street: Street) -> None:
    street.case.number = street.numbers[0]

    def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
        others = [tickets.by_number(session, number) for number in street.numbers[1:]]
        merging.merge_all(session, ticket, who, desk, key=key, others=others)

    street.case.do(deed, by="xiaomeng")
    assert [street.ticket(n).status for n in range(3)] == ["assigned", "merged", "merged"]
    assert len(street.followers(0)) == 2


def test_the_desk_is_asked_about_what_is_alike(street: Street) -> None:
    def ask(session: Session) -> None:
        ticket = tickets.by_number(session, street.numbers[2])
        merging.suggest(session, ticket, street.case.desk, key="k")

    street.case.database.run(ask)
    card = street.case.rows(OutboxRow, staff="xiaomeng")[-1].body
    assert [button["tap"] for button in card["buttons"]] == [
        f"merge:{street.numbers[2]}:{street.numbers[n]}" for n in (1, 0)
    ]
