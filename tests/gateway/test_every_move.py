"""Every move that a person makes, by tapping and typing; and what the next words do."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from bot.desk.community import Community
from bot.desk.errors import LinliError
from bot.desk.moves import MOVES, Actor, Move
from bot.desk.people import Person
from bot.gateway import deeds, words
from bot.services import asking, tickets
from bot.services.outbox import Message
from bot.store.database import Database
from bot.store.tables import ConversationRow, OutboxRow, TimelineRow
from tests.conftest import Clock, staff
from tests.services.conftest import Case, meet

RESIDENT = "wangayi"


@pytest.fixture
def case(sqlite: Database, demo: Community, clock: Clock) -> Case:
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    return Case(sqlite, demo, clock, Person(resident_id=speaker.resident_id), conversation)


@dataclass
class Chat:
    """One person who taps what is shown, and types. The labels are those of the last message."""

    case: Case
    code: str
    conversation: int = 0
    last: Message = field(default_factory=lambda: Message(text=""))
    _keys: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.conversation = self.case.conversation
        if self.code != RESIDENT:
            self.conversation, _ = meet(
                self.case.database, self.code, known_as=self.code, clock=self.case.clock
            )

    @property
    def person(self) -> Person:
        return self.case.wangayi if self.code == RESIDENT else staff(self.case.demo, self.code)

    def taps(self, label: str) -> Chat:
        """A button of the last answer, or of the newest card that has one of this name."""
        shown = {b.label: b.tap for b in self.last.buttons}
        return self._do(shown.get(label) or self._on_a_card(label), "", None)

    def types(self, text: str) -> Chat:
        return self._do(self._asked(), text, None)

    def sends(self, photo: str) -> Chat:
        return self._do(self._asked(), "", photo)

    def _do(self, tap: str, text: str, photo: str | None) -> Chat:
        try:
            _, self.last = self.case.database.run(
                lambda session: deeds.do(
                    session,
                    tap=tap,
                    by=self.person,
                    key=f"{self.code}:{next(self._keys)}",
                    desk=self.case.desk,
                    conversation_id=self.conversation,
                    words=text,
                    photo=photo,
                )
            )
        except LinliError as error:
            self.last = words.refusal(error)
        self.case.check_timelines()
        return self

    def _asked(self) -> str:
        (row,) = self.case.rows(ConversationRow, id=self.conversation)
        tap = asking.still(row.asked, self.case.clock())
        assert tap, "nothing is asked"
        return tap

    def _on_a_card(self, label: str) -> str:
        mine = {"conversation_id": self.conversation}
        for row in reversed(self.case.rows(OutboxRow, **mine)):
            for button in row.body["buttons"]:
                if button["label"] == label:
                    return str(button["tap"])
        if label == "更多":
            return f"card:{self.case.number}"
        raise AssertionError(f"no button {label!r}")


def accepted(case: Case) -> None:
    case.do(tickets.accept, by="xiaoli")


def resolved(case: Case) -> None:
    accepted(case)
    case.do(tickets.resolve, by="xiaoli")


def asked_for_time(case: Case) -> None:
    accepted(case)
    Chat(case, "xiaoli").taps("更多").taps("申请延期").taps("3天").taps("天气原因")


def asked_to_hold(case: Case) -> None:
    accepted(case)
    Chat(case, "xiaoli").taps("更多").taps("申请挂账").types("12月20日").taps("等规划或改造")


def held(case: Case) -> None:
    asked_to_hold(case)
    case.do(tickets.hold, by="chenshuji")


def returned_twice(case: Case) -> None:
    case.do(tickets.give_back, by="xiaoli", reason_code="away")
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    case.do(tickets.give_back, by="laozhang", reason_code="away")


def rated_badly(case: Case) -> None:
    resolved(case)
    case.do(tickets.rate, 1, by=case.wangayi)


def nothing(case: Case) -> None:
    """The ticket is open and 小李 has it."""


# move, what was before, who, what they tap and (after >) type
STORIES: list[tuple[Move, Any, str, str]] = [
    (Move.ACCEPT, nothing, "xiaoli", "接单"),
    (Move.CONTACT, accepted, "xiaoli", "更多 已联系居民"),
    (Move.RETURN, nothing, "xiaoli", "退单 不归我管 >归城管队管"),
    (Move.RETURN, nothing, "xiaoli", "退单 不在我的片区"),
    (Move.RETURN, nothing, "xiaoli", "退单 >我是当事人的亲戚"),
    (Move.ASK_MORE, accepted, "xiaoli", "更多 请居民补充 >几点钟充电？"),
    (Move.ASK_EXTENSION, accepted, "xiaoli", "更多 申请延期 7天 等配件或材料"),
    (Move.ASK_EXTENSION, accepted, "xiaoli", "更多 申请延期 >延十五天 情况复杂 >要开楼门会"),
    (Move.EXTEND, asked_for_time, "chenshuji", "同意延期"),
    (Move.REFUSE_EXTENSION, asked_for_time, "chenshuji", "不同意延期 >今天就去"),
    (Move.REFUSE_EXTENSION, asked_for_time, "chenshuji", "不同意延期 不写原因"),
    (Move.ASK_HOLD, accepted, "xiaoli", "更多 申请挂账 30天后 等业主表决"),
    (Move.HOLD, asked_to_hold, "chenshuji", "同意挂账"),
    (Move.HOLD, accepted, "xiaomeng", "更多 挂账 15天后 等法律程序"),
    (Move.REFUSE_HOLD, asked_to_hold, "chenshuji", "不同意挂账 >先想办法"),
    (Move.RESUME, held, "xiaoli", "恢复办理"),
    (Move.SUPERVISE, asked_for_time, "chenshuji", "更多 督办 直接督办"),
    (Move.SUPERVISE, accepted, "zhuren", "更多 督办 >今晚前清完"),
    (Move.ASSIGN, nothing, "xiaomeng", "更多 派单 >给老张吧"),
    (Move.ARBITRATE, returned_twice, "chenshuji", "小李"),
    (Move.ARBITRATE, returned_twice, "chenshuji", "派给别人 >小何"),
    (Move.DECLINE, nothing, "xiaomeng", "更多 不予受理 不在本辖区"),
    (Move.WITHDRAW, nothing, "xiaomeng", "更多 撤回"),
    (Move.REFILE, nothing, "xiaoli", "归类不对 +"),
    (Move.URGE, accepted, "xiaomeng", "更多 催办"),
    (Move.URGE, accepted, RESIDENT, "更多 催办"),
    (Move.WITHDRAW, accepted, RESIDENT, "更多 撤回"),
    (Move.ADD, accepted, RESIDENT, "更多 补充 >晚上十点以后"),
    (Move.RESOLVE, accepted, "xiaoli", "更多 完成"),
    (Move.SOLVED, resolved, RESIDENT, "解决了"),
    (Move.RATE, resolved, RESIDENT, "解决了 满意"),
    (Move.EXPLAIN, resolved, RESIDENT, "解决了 不满意 办得太慢"),
    (Move.EXPLAIN, rated_badly, RESIDENT, "更多 说明哪里不好 >来了就走"),
    (Move.REOPEN, resolved, RESIDENT, "没解决"),
    (Move.ADD, resolved, RESIDENT, "没解决 好了又坏"),
    (Move.ADD, resolved, RESIDENT, "没解决 >昨晚又充上了"),
    (Move.REOPEN, resolved, "xiaomeng", "更多 重办"),
    (Move.ASSIST, accepted, "xiaoli", "更多 请人协办 +"),
    (Move.WHISTLE, accepted, "xiaoli", "更多 吹哨 +"),
]


@pytest.mark.parametrize(
    ("move", "before", "who", "story"), STORIES, ids=[f"{m.value}-{s}" for m, _, _, s in STORIES]
)
def test_a_move_is_made_by_tapping_and_typing(
    case: Case, move: Move, before: Any, who: str, story: str
) -> None:
    case.open()
    Chat(case, who)  # has been here before: cards reach them
    before(case)
    chat = play(Chat(case, who), story)
    (line, *_) = reversed(case.rows(TimelineRow, ticket_id=case.ticket().id, move=move.value))
    assert line.actor == chat.person.label, chat.last.text
    assert "过期" not in chat.last.text and "办不" not in chat.last.text


def play(chat: Chat, story: str) -> Chat:
    """Labels to tap; after > words to type; + is the first button, whatever it is called."""
    for step in story.split():
        if step == "+":
            chat.taps(chat.last.buttons[0].label)
        elif step.startswith(">"):
            chat.types(step[1:])
        else:
            chat.taps(step)
    return chat


def test_no_move_of_a_person_is_out_of_reach() -> None:
    by_people = {m for m, rule in MOVES.items() if rule.by - {Actor.SYSTEM}}
    typed = {Move.CORRECT}  # said in words: actions/tickets.py
    told = {move for move, *_ in STORIES} | {Move.VERIFY, Move.REJECT}  # below
    of_parts = {Move.PART, Move.REVISIT}  # tests/gateway/test_part_deeds.py; by a bad rating
    of_duplicates = {Move.FOLLOW, Move.MERGE, Move.SPLIT}
    assert by_people == told | typed | of_parts | of_duplicates


def test_work_is_checked_with_one_tap_or_sent_back_with_two(case: Case) -> None:
    for story, status in (("核查通过", "verified"), ("核查不通过 现场没办好", "accepted")):
        case.open("order.fire_lane")
        handler = str(case.ticket().assignee)
        case.do(tickets.accept, by=handler)
        case.do(tickets.resolve, by=handler)
        play(Chat(case, str((case.ticket().closure or {})["checker"])), story)
        assert case.ticket().status == status


def test_done_is_one_tap_and_the_answer_a_tap_or_words_or_a_photo(case: Case) -> None:
    for story in ("已清理", ">拆了飞线"):
        case.open()
        accepted(case)
        chat = play(Chat(case, "xiaoli"), "更多 完成")
        assert case.ticket().status == "resolved"
        play(chat, story)
        assert (case.ticket().closure or {})["answer"]
        assert "小李说明" in case.wangayi_heard()[-1]["text"]
    case.open()
    accepted(case)
    chat = play(Chat(case, "xiaoli"), "更多 完成").sends("after.jpg")
    assert case.wangayi_heard()[-1]["photos"] == ["after.jpg"]
    chat.types("已经拆了")
    assert "已经拆了" in case.wangayi_heard()[-1]["text"]


def test_what_could_not_be_done_is_said_with_a_reason(case: Case) -> None:
    case.open()
    accepted(case)
    play(Chat(case, "xiaoli"), "更多 完成")  # 没办成 stands on the card after accepting
    case.open()
    chat = play(Chat(case, "xiaoli"), "接单 没办成 情况不属实 >现场没有飞线")
    assert (case.ticket().closure or {})["true"] is False
    assert "等居民评价" in chat.last.text


def test_who_changes_their_mind_finds_the_way_back(case: Case) -> None:
    case.open()
    chat = play(Chat(case, "xiaoli"), "退单 先不办 接单")
    assert case.ticket().status == "accepted", chat.last.text


def test_a_date_that_is_none_is_asked_for_again(case: Case) -> None:
    case.open()
    accepted(case)
    chat = play(Chat(case, "xiaoli"), "更多 申请延期 >过一阵子")
    assert "没看懂日期" in chat.last.text
    play(chat, ">5天 天气原因")
    assert case.moves()[-1] == "ask_extension"


def test_the_card_offers_nobody_what_is_not_theirs(case: Case) -> None:
    case.open()
    offered = {
        code: [b.label for b in Chat(case, code).taps("更多").last.buttons]
        for code in ("xiaoli", "xiaomeng")
    }
    assert offered["xiaoli"][:1] == ["接单"] and "派单" not in offered["xiaoli"]
    assert "派单" in offered["xiaomeng"] and "接单" not in offered["xiaomeng"]
    stranger = Chat(case, "laozhang").taps("更多").last
    assert not stranger.buttons and case.number not in stranger.text


def test_the_late_one_hears_who_was_faster_and_how_it_stands(case: Case) -> None:
    case.open()
    asked_for_time(case)
    late = Chat(case, "zhuren")
    Chat(case, "chenshuji").taps("同意延期")
    refused = late._do(f"refuse_extension:{case.number}:plain", "", None).last.text
    assert "陈书记先做了“同意延期”" in refused and "已接单" in refused


def test_words_after_half_an_hour_are_words_again(case: Case) -> None:
    case.open()
    chat = Chat(case, "xiaoli").taps("退单")
    (row,) = case.rows(ConversationRow, id=chat.conversation)
    case.clock.pass_(minutes=31)
    assert asking.still(row.asked, case.clock()) is None
