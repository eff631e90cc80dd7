"""A conversation as its resident sees it, and which of its buttons may be tapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.desk.errors import BadInput
from bot.services import buttons, history, inbox, outbox
from bot.services.buttons import ButtonGone
from bot.services.history import Cursor, Said
from bot.services.outbox import Button, Message
from bot.store.database import Database
from tests.conftest import Clock
from tests.services.conftest import Case, meet

DENY = Button("算了", "/deny")


@dataclass
class Talk:
    """One conversation on the web channel; every call is a transaction, a second after the last."""

    database: Database
    clock: Clock
    conversation: int
    count: int = 0

    def says(self, text: str, **body: Any) -> int:
        self.count += 1
        self.clock.pass_(seconds=1)
        letter = self.database.run(
            lambda session: inbox.put(
                session,
                channel="web",
                update_id=f"u{self.count}",
                conversation_id=self.conversation,
                body={"text": text, **body},
                now=self.clock(),
            )
        )
        assert letter
        return letter.id

    def hears(self, text: str, *shown: Button, to: int | None = None) -> None:
        self.count += 1
        self.clock.pass_(seconds=1)
        self.database.run(
            lambda session: outbox.to_conversation(
                session,
                self.conversation,
                Message(text=text, buttons=shown),
                key=f"k{self.count}",
                now=self.clock(),
                inbox_id=to,
            )
        )

    def reads(self, after: str = "", limit: int = 200) -> list[Said]:
        return self.database.read(
            lambda session: history.history(
                session, self.conversation, after=Cursor.read(after), limit=limit
            )
        )

    def takes(self, messages: list[Said]) -> None:
        self.database.run(lambda session: history.hand_over(session, messages, now=self.clock()))

    def may_tap(self) -> list[str]:
        """Texts of the messages with live buttons, newest first."""
        alive = self.database.read(lambda session: buttons.alive(session, self.conversation))
        texts = {said.id: said.text for said in self.reads()}
        return [texts[f"o{id}"] for id in alive]


@pytest.fixture
def talk(database: Database, clock: Clock) -> Talk:
    return Talk(database, clock, meet(database, "peer", known_as=None, clock=clock)[0])


def texts(messages: list[Said]) -> list[str]:
    return [said.text for said in messages]


def test_both_sides_in_the_order_of_the_talk(talk: Talk) -> None:
    first = talk.says("电梯坏了")
    talk.hears("在哪里？", to=first)
    talk.says("3号楼")
    talk.hears("收到")
    assert texts(talk.reads()) == ["电梯坏了", "在哪里？", "3号楼", "收到"]
    assert texts(talk.reads(limit=2)) == ["3号楼", "收到"]


def test_a_reader_goes_on_where_they_stopped(talk: Talk) -> None:
    talk.hears("一")
    read = talk.reads()
    talk.takes(read)
    after = str(Cursor().past(read))
    assert talk.reads(after) == []
    talk.says("二")
    talk.hears("三")
    assert texts(talk.reads(after)) == ["二", "三"]


def test_what_nobody_was_handed_is_never_skipped(talk: Talk) -> None:
    talk.hears("一")
    talk.hears("二")
    assert texts(talk.reads("0-999999")) == ["一", "二"], "a writer committed late"
    talk.takes(talk.reads())
    talk.takes(talk.reads())
    assert talk.reads("0-999999") == []


def test_news_are_known_until_they_are_handed_over(talk: Talk) -> None:
    def with_news() -> set[int]:
        ids = [talk.conversation, 10**6, *range(2000, 4000)]
        return talk.database.read(lambda session: history.with_news(session, "web", ids))

    assert with_news() == set()
    talk.hears("师傅到了")
    assert with_news() == {talk.conversation}
    talk.takes(talk.reads())
    assert with_news() == set()


@pytest.mark.parametrize("cursor", ["x", "1", "-", "1-2-3", "-1-0", "1-٣", "1-" + "9" * 19])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="12-30"):
        Cursor.read(cursor)


def test_a_question_is_open_until_the_next_word(talk: Talk) -> None:
    first = talk.says("你好")
    talk.hears("是这件事吗？", DENY, to=first)
    assert talk.may_tap() == ["是这件事吗？"]
    second = talk.says("不是")
    assert talk.may_tap() == []
    talk.hears("那是什么？", DENY, to=second)
    assert talk.may_tap() == ["那是什么？"]


def test_a_deed_is_open_while_the_ticket_allows_it_and_until_it_is_tapped(
    case: Case, clock: Clock
) -> None:
    talk = Talk(case.database, clock, case.conversation)
    case.open()
    tap = f"withdraw:{case.number}"
    talk.hears("要撤回吗？", Button("撤回", tap))
    talk.says("我想想")
    assert "要撤回吗？" in talk.may_tap()
    talk.says("", tap=tap)
    assert "要撤回吗？" not in talk.may_tap()
    assert texts(talk.reads())[-1] == "撤回", "the label, not what is behind it"
    talk.hears("真的要撤回吗？", Button("撤回", tap))
    assert "真的要撤回吗？" in talk.may_tap()
    talk.hears("办好了吗？", Button("满意", f"rate:{case.number}:4"))
    assert "办好了吗？" not in talk.may_tap(), "nothing is resolved yet"


def test_only_ones_own_buttons_have_something_behind_them(talk: Talk, clock: Clock) -> None:
    talk.hears("是这件事吗？", DENY)
    (shown,) = talk.reads()
    other = meet(talk.database, "other", known_as=None, clock=clock)[0]

    def tap(conversation: int, index: int) -> str:
        return talk.database.read(
            lambda s: buttons.tap_of(s, conversation, int(shown.id[1:]), index)
        )

    assert tap(talk.conversation, 0) == "/deny"
    for conversation, index in ((other, 0), (talk.conversation, 1), (talk.conversation, -1)):
        with pytest.raises(ButtonGone):
            tap(conversation, index)
