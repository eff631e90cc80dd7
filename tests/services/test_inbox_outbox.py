"""What comes in is answered once and in order; what goes out is sent once, later or never."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from bot.services import conversations, inbox, outbox
from bot.services.inbox import Letter
from bot.services.outbox import Button, Delivery, Message
from bot.store.database import Database
from bot.store.tables import InboxRow, OutboxRow
from tests.conftest import Clock
from tests.services.conftest import meet

T = TypeVar("T")


@dataclass
class Mail:
    """One conversation on the web channel. Every call is a transaction of its own."""

    database: Database
    clock: Clock
    conversation: int

    def do(self, deed: Callable[..., T], *args: Any, **more: Any) -> T:
        return self.database.run(lambda session: deed(session, *args, **more))

    def now(self, deed: Callable[..., T], *args: Any, **more: Any) -> T:
        return self.do(deed, *args, **more, now=self.clock())

    def put(self, update: str, conversation: int | None = None) -> Letter | None:
        return self.now(
            inbox.put,
            channel="web",
            update_id=update,
            conversation_id=conversation or self.conversation,
            body={"text": update},
        )

    def next(self) -> str | None:
        letter = self.do(inbox.oldest_of, self.conversation)
        return letter.body["text"] if letter and letter.is_due(self.clock()) else None

    def waiting(self) -> list[int]:
        return self.now(inbox.waiting)

    def lease(self, holder: str) -> bool:
        return self.now(conversations.lease, self.conversation, holder)

    def send(self, text: str, *buttons: Button, key: str | None = None) -> None:
        message = Message(text=text, buttons=buttons)
        self.now(outbox.to_conversation, self.conversation, message, key=key or text)

    def due(self, **more: Any) -> list[Delivery]:
        return self.now(outbox.due, "web", **more)

    def texts(self, **more: Any) -> list[str]:
        return [delivery.message.text for delivery in self.due(**more)]


@pytest.fixture
def mail(database: Database, clock: Clock) -> Mail:
    conversation, _ = meet(database, "wang", known_as="wangayi", clock=clock)
    return Mail(database, clock, conversation)


def pauses(mail: Mail, table: Any, fail: Callable[[], None]) -> list[float]:
    """Fail again and again; how many seconds it pauses each time."""
    found = []
    for _ in range(12):
        fail()
        (again,) = mail.do(lambda session: session.scalars(select(table.try_again_at)).all())
        found.append((again - mail.clock()).total_seconds())
        mail.clock.now = again
    return found


def test_a_repeated_update_changes_nothing(mail: Mail) -> None:
    assert mail.put("1")
    assert mail.put("1") is None
    assert mail.do(inbox.pending_count) == 1


def test_the_same_update_from_many_hands_at_once_is_kept_once(mail: Mail) -> None:
    with ThreadPoolExecutor(4) as threads:
        letters = list(threads.map(mail.put, ["1"] * 4))
    assert len([letter for letter in letters if letter]) == 1
    assert mail.do(inbox.pending_count) == 1


def test_messages_are_answered_in_the_order_they_came(mail: Mail) -> None:
    first = mail.put("1")
    mail.put("2")
    assert first
    assert mail.next() == "1"
    assert mail.now(inbox.done, first.id)
    assert mail.next() == "2"


def test_what_is_done_is_done_once(mail: Mail) -> None:
    letter = mail.put("1")
    assert letter
    assert [mail.now(inbox.done, letter.id) for _ in range(2)] == [True, False]
    mail.now(inbox.put_off, letter.id, fault=True)
    assert mail.next() is None


def test_a_message_put_off_holds_back_those_after_it(mail: Mail) -> None:
    first = mail.put("1")
    mail.put("2")
    assert first
    mail.now(inbox.put_off, first.id, fault=True)
    assert mail.next() is None
    assert mail.waiting() == []
    mail.clock.pass_(seconds=2)
    assert mail.next() == "1"
    assert mail.waiting() == [mail.conversation]


def test_after_every_fault_the_pause_is_longer_up_to_a_minute(mail: Mail) -> None:
    letter = mail.put("1")
    assert letter
    fail = partial(mail.now, inbox.put_off, letter.id, fault=True)
    found = pauses(mail, InboxRow, fail)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (2, 60)


def test_an_engine_that_does_not_answer_is_no_fault_of_the_message(mail: Mail) -> None:
    letter = mail.put("1")
    assert letter
    mail.now(inbox.put_off, letter.id, fault=False)
    assert mail.next() is None
    (row,) = mail.do(inbox.pending_of, mail.conversation)
    assert row.faults == 0


def test_a_conversation_waits_once_however_much_was_said(mail: Mail) -> None:
    other, _ = meet(mail.database, "yang", known_as=None, clock=mail.clock)
    for update, conversation in (("1", other), ("2", mail.conversation), ("3", other)):
        mail.put(update, conversation)
    assert mail.waiting() == [other, mail.conversation]


def test_a_conversation_somebody_speaks_in_waits_for_nobody_else(mail: Mail) -> None:
    mail.put("1")
    assert mail.lease("a")
    assert mail.waiting() == []
    mail.do(conversations.release, mail.conversation, "a")
    assert mail.waiting() == [mail.conversation]


def test_one_holder_has_the_lease_until_it_is_released_or_over(mail: Mail) -> None:
    assert mail.lease("a")
    assert not mail.lease("b")
    assert mail.lease("a")  # kept longer
    mail.do(conversations.release, mail.conversation, "b")  # not b's to give
    assert not mail.lease("b")
    mail.put("1")
    mail.clock.pass_(seconds=conversations.LEASE.total_seconds() + 1)
    assert mail.waiting() == [mail.conversation]
    assert mail.lease("b")
    assert not mail.lease("a")


def test_many_hands_reach_for_a_lease_and_one_gets_it(mail: Mail) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(mail.lease, "abcd")) == [False, False, False, True]


def test_the_same_news_is_written_once(mail: Mail) -> None:
    mail.send("好的", key="news")
    mail.send("好的", key="news")
    assert mail.texts() == ["好的"]


def test_what_is_sent_is_due_no_more_and_the_rest_stays_in_order(mail: Mail) -> None:
    for text in "一二三":
        mail.send(text)
    mail.now(outbox.mark_sent, [mail.due()[1].id])
    assert mail.texts() == ["一", "三"]
    assert mail.texts(limit=1) == ["一"]


def test_a_sender_sees_only_its_channel_and_the_conversations_it_asks_for(mail: Mail) -> None:
    mail.send("好的")
    assert mail.now(outbox.due, "telegram") == []
    assert mail.texts(conversations=[mail.conversation]) == ["好的"]
    assert mail.texts(conversations=[]) == []


def test_sending_that_fails_is_tried_again_later_and_later_up_to_ten_minutes(mail: Mail) -> None:
    mail.send("好的")
    fail = partial(mail.now, outbox.mark_failed, mail.due()[0].id, never=False)
    found = pauses(mail, OutboxRow, fail)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (2, 600)


def test_after_a_day_of_failures_it_is_still_tried_again(mail: Mail) -> None:
    mail.send("好的")
    (delivery,) = mail.due()
    for _ in range(150):
        mail.now(outbox.mark_failed, delivery.id, never=False)
        mail.clock.pass_(minutes=10)
    assert mail.texts() == ["好的"]


def test_what_can_never_be_sent_is_not_tried_again(mail: Mail) -> None:
    mail.send("好的")
    mail.now(outbox.mark_failed, mail.due()[0].id, never=True)
    mail.clock.pass_(days=9)
    assert mail.due() == []


def test_the_newest_button_with_a_label_is_the_one_that_was_tapped(mail: Mail) -> None:
    other, _ = meet(mail.database, "yang", known_as=None, clock=mail.clock)
    mail.send("一", Button("接单", "accept:1"), Button("退单", "return:1"))
    mail.send("二", Button("接单", "accept:2"))
    tap = partial(mail.do, outbox.button_of)
    assert tap(mail.conversation, "接单") == "accept:2"
    assert tap(mail.conversation, "退单") == "return:1"
    assert tap(mail.conversation, "好的") is None
    assert tap(other, "接单") is None


def test_a_message_comes_out_as_it_went_in(mail: Mail) -> None:
    said = Message(text="看", buttons=(Button("好", "/affirm"),), photos=("a.jpg",))
    mail.now(outbox.to_conversation, mail.conversation, said, key="k")
    (delivery,) = mail.due()
    assert (delivery.message, delivery.peer) == (said, "wang")
