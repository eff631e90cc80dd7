"""One-time codes, and what changes when a conversation turns out to be somebody's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.errors import NotAllowed, UnknownThing
from bot.desk.people import Person
from bot.services import codes, conversations, inbox, outbox, tickets, turns
from bot.services.conversations import Speaker
from bot.services.outbox import Message
from bot.store.database import Database
from bot.store.tables import CodeRow, ResidentRow, StaffRow
from tests.conftest import MONDAY_TEN, Clock
from tests.services.conftest import Case, meet


@dataclass
class Door:
    """Codes at the present moment; every call is a transaction of its own."""

    database: Database
    clock: Clock

    def issue(self, known_as: str) -> str:
        return self.database.run(lambda s: codes.issue(s, known_as, now=self.clock()))

    def redeem(self, code: str) -> str:
        return self.database.run(lambda s: codes.redeem(s, code, now=self.clock()))

    def bind(self, conversation: int, known_as: str) -> Speaker:
        def work(session: Any) -> Speaker:
            conversations.bind(session, conversation, known_as, now=self.clock())
            return conversations.speaker(session, conversation)

        return self.database.run(work)


@pytest.fixture
def door(database: Database, clock: Clock) -> Door:
    return Door(database, clock)


def say(database: Database, chat: int, text: str) -> None:
    """A message that was answered."""

    def work(session: Any) -> None:
        body = {"text": text}
        letter = inbox.put(
            session,
            channel="web",
            update_id=text,
            conversation_id=chat,
            body=body,
            now=MONDAY_TEN,
        )
        assert letter
        about = {"inbox_id": letter.id, "conversation_id": chat, "at": MONDAY_TEN, "text": text}
        turns.record(session, **about, reading={}, actions=[], replies=[])

    database.run(work)


def refused(deed: Callable[..., Any], *args: Any) -> bool:
    with pytest.raises(NotAllowed):
        deed(*args)
    return True


def test_a_code_says_whose_it_is_and_is_stored_only_as_a_hash(door: Door) -> None:
    code = door.issue("liushifu")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    rows = door.database.read(lambda s: list(s.scalars(select(CodeRow))))
    assert [len(row.code_hash) for row in rows] == [64]
    assert code.replace("-", "") not in str(vars(rows[0]))
    assert door.redeem(code) == "liushifu"


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: f" {code} ",
        lambda code: " ".join(code.replace("-", "—")),
        lambda code: code.replace("-", "－"),
    ],
)
def test_however_it_is_typed(door: Door, typed: Callable[[str], str]) -> None:
    assert door.redeem(typed(door.issue("wangayi"))) == "wangayi"


def test_once_and_for_seven_days(door: Door) -> None:
    code = door.issue("liushifu")
    assert door.redeem(code) == "liushifu"
    assert refused(door.redeem, code), "it was used"
    late = door.issue("liushifu")
    door.clock.pass_(days=7)
    assert refused(door.redeem, late), "it is over"
    assert refused(door.redeem, "ABCD-EFGH")
    assert refused(door.redeem, "")


def test_a_new_code_ends_the_older_ones_of_the_same_person(door: Door) -> None:
    old, other = door.issue("liushifu"), door.issue("xiaoli")
    new = door.issue("liushifu")
    assert refused(door.redeem, old)
    assert (door.redeem(new), door.redeem(other)) == ("liushifu", "xiaoli")


def test_nobody_and_those_who_left_get_no_code(door: Door) -> None:
    with pytest.raises(UnknownThing, match="nobody"):
        door.issue("nobody")
    code = door.issue("liushifu")

    def leave(active: bool) -> None:
        def work(session: Any) -> None:
            session.get(StaffRow, "liushifu").active = active

        door.database.run(work)

    leave(active=False)
    assert refused(door.redeem, code)
    with pytest.raises(UnknownThing):
        door.issue("liushifu")
    leave(active=True)


def test_what_waited_for_a_cadre_goes_to_the_chat_they_bind(door: Door) -> None:
    chat, before = meet(door.database, "200", known_as=None, clock=door.clock)
    assert before.staff is None
    door.database.run(
        lambda s: outbox.to_staff(s, "liushifu", Message(text="新任务"), key="k", now=MONDAY_TEN)
    )
    assert door.bind(chat, "liushifu").staff == "liushifu"
    due = door.database.read(lambda s: outbox.due(s, "web", now=MONDAY_TEN))
    assert [(d.peer, d.message.text) for d in due] == [("200", "新任务")]


def test_a_cadres_new_chat_replaces_the_old_one(door: Door) -> None:
    old, _ = meet(door.database, "200", known_as="liushifu", clock=door.clock)
    entered = door.database.run(
        lambda s: conversations.enter(s, "terminal", "liu", known_as="liushifu", now=MONDAY_TEN)
    )
    door.database.run(
        lambda s: outbox.to_staff(s, "liushifu", Message(text="新任务"), key="k", now=MONDAY_TEN)
    )
    new, _ = meet(door.database, "201", known_as=None, clock=door.clock)
    door.bind(new, "liushifu")

    def now(conversation: int) -> Speaker:
        return door.database.read(lambda s: conversations.speaker(s, conversation))

    assert (now(old).staff, now(new).staff) == (None, "liushifu")
    assert now(old).resident_id is not None
    assert now(entered.conversation_id).staff == "liushifu", "another channel is another door"


def test_what_the_old_chat_was_not_sent_goes_to_the_new_one(door: Door) -> None:
    meet(door.database, "200", known_as="liushifu", clock=door.clock)
    door.database.run(
        lambda s: outbox.to_staff(s, "liushifu", Message(text="新任务"), key="k", now=MONDAY_TEN)
    )
    new, _ = meet(door.database, "201", known_as=None, clock=door.clock)
    door.bind(new, "liushifu")
    due = door.database.read(lambda s: outbox.due(s, "web", now=MONDAY_TEN))
    assert [(d.peer, d.message.text) for d in due] == [("201", "新任务")]


def test_a_nameless_residents_tickets_and_turns_follow_to_the_known_one(
    door: Door, case: Case
) -> None:
    chat, nameless = meet(door.database, "300", known_as=None, clock=door.clock)
    case.open(resident_id=nameless.resident_id, conversation_id=chat)
    say(door.database, chat, "有人飞线充电")
    assert door.bind(chat, "wangayi").resident_id == case.wangayi.resident_id
    known = Person(resident_id=case.ticket().resident_id)
    assert known == case.wangayi
    case.do(tickets.withdraw, by=known)
    assert case.ticket().status == "withdrawn"
    seen = door.database.read(lambda s: turns.visible(s, known, since=MONDAY_TEN))
    assert [turn.text for turn in seen] == ["有人飞线充电"]


def test_a_known_residents_tickets_stay_theirs_when_another_takes_the_chat(
    door: Door, case: Case
) -> None:
    case.open()
    assert door.bind(case.conversation, "lidaye").resident_id != case.wangayi.resident_id
    assert case.ticket().resident_id == case.wangayi.resident_id


def test_the_home_a_nameless_resident_gave_never_replaces_a_known_one(door: Door) -> None:
    chat, nameless = meet(door.database, "300", known_as=None, clock=door.clock)

    def give_home(session: Any) -> None:
        session.get(ResidentRow, nameless.resident_id).home = {"building": "xfl-b01"}

    door.database.run(give_home)
    assert door.bind(chat, "wangayi").home.building == "xfl-b03"
    row = door.database.read(lambda s: s.get(ResidentRow, nameless.resident_id))
    assert row.home is None


def test_binding_to_nobody_changes_nothing(door: Door) -> None:
    chat, before = meet(door.database, "300", known_as=None, clock=door.clock)
    with pytest.raises(UnknownThing):
        door.bind(chat, "nobody")
    now = door.database.read(lambda s: conversations.speaker(s, chat))
    assert now == before
