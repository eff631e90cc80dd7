"""What the desk and superiors decide, and what handlers ask them for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk.errors import (
    AlreadyDecided,
    BadInput,
    IllegalMove,
    NobodyToAsk,
    NotAllowed,
    TooLate,
    UnknownThing,
)
from bot.desk.moves import Move
from bot.services import tickets
from bot.store.tables import ConversationRow, TimelineRow
from tests.services.conftest import Case


def taken(case: Case, **more: object) -> Case:
    case.open(**more)  # type: ignore[arg-type]
    case.do(tickets.accept, by=str(case.ticket().assignee))
    return case


def last_line(case: Case) -> TimelineRow:
    line: TimelineRow = case.rows(TimelineRow, ticket_id=case.ticket().id)[-1]
    return line


def taps(case: Case, code: str) -> list[str]:
    """What is behind the buttons of the last card of somebody."""
    from bot.store.tables import OutboxRow

    return [button["tap"] for button in case.rows(OutboxRow, staff=code)[-1].body["buttons"]]


# 待补充


def test_the_resident_is_asked_in_the_askers_words_and_no_clock_runs(case: Case) -> None:
    taken(case)
    due = case.ticket().resolve_by
    ticket = case.do(tickets.ask_more, by="xiaoli", note="充电的是哪几个晚上？")
    assert ticket.status == "waiting" and ticket.next_deadline_at == ticket.review_at
    told = case.wangayi_heard()[-1]["text"]
    assert "网格员小李想请您补充：充电的是哪几个晚上？" in told and "前直接回复我" in told
    case.clock.pass_(days=1)
    ticket = case.do(tickets.add, by=case.wangayi, text="周一和周三")
    assert (ticket.status, ticket.review_at) == ("accepted", None)
    assert ticket.resolve_by > due, "the day of waiting does not count"
    assert "恢复办理居民补充：周一和周三" in case.told("xiaoli")[-1]


@pytest.mark.parametrize("words", ["谢谢", "好的，谢谢您！", "收到", "辛苦了🙏"])
def test_thanks_restarts_nothing(case: Case, words: str) -> None:
    taken(case).do(tickets.ask_more, by="xiaoli", note="几点？")
    assert case.do(tickets.add, by=case.wangayi, text=words).status == "waiting"


def test_a_photo_or_a_number_is_an_answer(case: Case) -> None:
    for more in ({"photos": ("a.jpg",)}, {"phone": "13900000000"}):
        taken(case).do(tickets.ask_more, by="xiaoli", note="有照片吗？")
        assert case.do(tickets.add, by=case.wangayi, **more).status == "accepted"


def test_whoever_was_asked_before_taking_it_still_has_to_take_it(case: Case) -> None:
    case.open()
    case.do(tickets.ask_more, by="xiaomeng", note="在几号楼？")
    assert case.do(tickets.add, by=case.wangayi, text="3号楼").status == "assigned"


def test_a_question_without_words_or_without_anybody_to_ask_is_refused(case: Case) -> None:
    taken(case)
    with pytest.raises(BadInput):
        case.do(tickets.ask_more, by="xiaoli", note="  ")
    taken(case, conversation_id=None)
    with pytest.raises(NobodyToAsk):
        case.do(tickets.ask_more, by="xiaoli", note="几点？")


def test_when_nobody_answers_work_goes_on_or_the_case_is_closed_as_the_community_wants(
    case: Case,
) -> None:
    from dataclasses import replace

    for setting, status in (("resume", "accepted"), ("close", "closed")):
        taken(case).do(tickets.ask_more, by="xiaoli", note="几点？")
        settings = {**case.demo.settings, "waiting_ends": setting}
        case.demo = replace(case.demo, settings=settings)
        assert reviewed(case) == "waiting", "not before its time"
        case.clock.now = case.ticket().review_at or case.clock.now
        assert reviewed(case) == status
        assert reviewed(case) == status, "and once"
    assert last_line(case).reason_code == "not_supplemented"
    assert "归档" in case.wangayi_heard()[-1]["text"]


def reviewed(case: Case) -> str:
    """The state after the worker's look."""

    def work(session: object) -> None:
        due = tickets.to_review(session, case.clock())  # type: ignore[arg-type]
        ticket = tickets.by_number(session, case.number)  # type: ignore[arg-type]
        assert (ticket.id in due) == (
            ticket.review_at is not None and ticket.review_at <= case.clock()
        )
        tickets.review(session, ticket, case.desk)  # type: ignore[arg-type]

    case.database.run(work)
    case.check_timelines()
    return str(case.ticket().status)


# 退单, 裁定


def test_the_second_return_goes_to_the_secretary_of_the_place_and_is_final(case: Case) -> None:
    case.open()
    case.do(tickets.give_back, by="xiaoli", reason_code="wrong_grid")
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    case.do(tickets.give_back, by="laozhang", reason_code="not_ours", note="归物业管")
    assert case.ticket().status == "triage"
    assert "请您裁定" in case.told("chenshuji")[-1] and "归物业管" in case.told("chenshuji")[-1]
    number = case.number
    assert taps(case, "chenshuji") == [
        f"arbitrate:{number}:xiaoli",
        f"arbitrate:{number}:laozhang",
        f"arbitrate:{number}",
    ]
    with pytest.raises(IllegalMove):
        case.do(tickets.assign, "xiaohe", by="xiaomeng")
    for stranger in ("qinshuji", "xiaomeng", "laozhang"):
        with pytest.raises(IllegalMove):
            case.do(tickets.arbitrate, "xiaoli", by=stranger)
    assert case.do(tickets.arbitrate, "laozhang", by="chenshuji").assignee == "laozhang"
    with pytest.raises(AlreadyDecided):
        case.do(tickets.give_back, by="laozhang", reason_code="wrong_grid")
    assert "现在由网格员老张负责" in case.wangayi_heard()[-1]["text"]


def test_another_matter_may_be_returned_again(case: Case) -> None:
    case.open()
    case.do(tickets.give_back, by="xiaoli", reason_code="away")
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    case.do(tickets.refile, by="xiaomeng", matter="order.parking")
    holder = str(case.ticket().assignee)
    case.do(tickets.give_back, by=holder, reason_code="away")
    assert case.do(tickets.assign, "laozhang", by="xiaomeng").status == "assigned"


def test_not_ours_must_say_whose_it_is(case: Case) -> None:
    case.open()
    with pytest.raises(BadInput, match="归谁管"):
        case.do(tickets.give_back, by="xiaoli", reason_code="not_ours")
    with pytest.raises(UnknownThing):
        case.do(tickets.give_back, by="xiaoli", reason_code="no_such_reason")


# 不予受理


def test_declining_sends_the_fixed_text_and_where_to_turn(case: Case) -> None:
    case.open()
    ticket = case.do(tickets.decline, by="xiaomeng", reason_code="court")
    assert (ticket.status, ticket.next_deadline_at) == ("declined", None)
    assert last_line(case).reason_code == "court"
    told = case.wangayi_heard()[-1]
    assert "12368" in told["text"] and told["buttons"] == []
    assert "不用再办了" in case.told("xiaoli")[-1]
    for deed in (tickets.say_solved, tickets.reopen):
        with pytest.raises(IllegalMove):
            case.do(deed, by=case.wangayi)


def test_a_handler_does_not_decline(case: Case) -> None:
    taken(case)
    with pytest.raises(IllegalMove):
        case.do(tickets.decline, by="xiaoli", reason_code="abusive")


# 延期


def asked_for_time(case: Case) -> Case:
    until = case.ticket().resolve_by + timedelta(days=3)
    case.do(tickets.ask_extension, by="xiaoli", reason_code="parts", until=until, note="等充电桩")
    return case


def test_an_extension_is_granted_by_the_secretary_and_both_deadlines_are_kept(case: Case) -> None:
    taken(case)
    before = case.ticket().resolve_by
    asked_for_time(case)
    assert case.ticket().resolve_by == before, "asked is not granted"
    assert "等配件或材料，等充电桩" in case.told("chenshuji")[-1]
    with pytest.raises(IllegalMove):
        case.do(tickets.extend, by="xiaoli")
    ticket = case.do(tickets.extend, by="chenshuji")
    assert ticket.resolve_by == before + timedelta(days=3)
    line = last_line(case)
    assert line.facts["resolve_by_before"] == before.isoformat()
    assert line.reason_code == "parts"
    assert "要晚一点办好（等配件或材料）" in case.wangayi_heard()[-1]["text"]
    assert "同意延期" in case.told("xiaoli")[-1]


def test_an_extension_is_refused_with_a_word(case: Case) -> None:
    before = taken(case).ticket().resolve_by
    heard = len(case.wangayi_heard())
    asked_for_time(case).do(tickets.refuse_extension, by="xiaomeng", note="今天就能办")
    assert case.ticket().resolve_by == before
    assert "不同意延期：今天就能办" in case.told("xiaoli")[-1]
    assert len(case.wangayi_heard()) == heard, "nothing has changed for the resident"
    for deed in (tickets.extend, tickets.refuse_extension):
        with pytest.raises(IllegalMove):
            case.do(deed, by="chenshuji")


def test_after_the_deadline_nobody_asks_for_more_time(case: Case) -> None:
    taken(case)
    case.clock.now = case.ticket().resolve_by + timedelta(minutes=1)
    with pytest.raises(TooLate):
        asked_for_time(case)


def test_an_extension_lies_behind_the_deadline(case: Case) -> None:
    until = taken(case).ticket().resolve_by
    with pytest.raises(BadInput):
        case.do(tickets.ask_extension, by="xiaoli", reason_code="parts", until=until)


def test_the_second_superior_hears_what_the_first_decided(case: Case) -> None:
    asked_for_time(taken(case)).do(tickets.extend, by="chenshuji")
    with pytest.raises(IllegalMove) as late:
        case.do(tickets.refuse_extension, by="zhuren")
    standing = late.value.standing
    assert standing and (standing.by, standing.move) == ("陈书记", Move.EXTEND.chinese)


# 挂账


def test_a_hard_case_is_parked_by_a_superior_and_comes_back(case: Case) -> None:
    taken(case)
    due, until = case.ticket().resolve_by, case.clock() + timedelta(days=20)
    case.do(tickets.ask_hold, by="xiaoli", reason_code="money", until=until)
    with pytest.raises(IllegalMove):
        case.do(tickets.hold, by="xiaoli")
    ticket = case.do(tickets.hold, by="chenshuji")
    assert (ticket.status, ticket.review_at) == ("held", until)
    told = case.wangayi_heard()[-1]["text"]
    assert "挂账不是办结" in told and "要等资金或立项" in told
    assert case.do(tickets.add, by=case.wangayi, text="还是有人充电").status == "held"
    case.clock.now = until
    assert reviewed(case) == "accepted"
    assert case.ticket().resolve_by > due
    assert "接着办了" in case.wangayi_heard()[-1]["text"]


def test_the_desk_parks_with_a_reason_and_a_date_of_its_own(case: Case) -> None:
    taken(case)
    with pytest.raises(UnknownThing):
        case.do(tickets.hold, by="xiaomeng")
    with pytest.raises(BadInput):
        case.do(tickets.hold, by="xiaomeng", reason_code="law", until=case.clock())
    later = case.clock() + timedelta(days=7)
    ticket = case.do(tickets.hold, by="xiaomeng", reason_code="law", until=later)
    assert ticket.status == "held"
    assert case.do(tickets.resume, by="xiaoli").status == "accepted"


def test_a_hold_is_refused(case: Case) -> None:
    until = taken(case).clock() + timedelta(days=20)
    case.do(tickets.ask_hold, by="xiaoli", reason_code="money", until=until)
    assert case.do(tickets.refuse_hold, by="chenshuji", note="先想办法").status == "accepted"
    assert "不同意挂账：先想办法" in case.told("xiaoli")[-1]


# 督办, and who is a superior


def test_a_superior_orders_progress_and_the_resident_hears_that_somebody_looks(case: Case) -> None:
    taken(case).do(tickets.supervise, by="chenshuji", note="今晚前清理")
    assert "【督办】社区党支部书记陈书记" in case.told("xiaoli")[-1]
    assert "今晚前清理" in case.told("xiaoli")[-1]
    assert "在督办" in case.wangayi_heard()[-1]["text"]


def test_the_secretary_of_another_community_decides_nothing_here(case: Case) -> None:
    asked_for_time(taken(case))
    for deed in (tickets.extend, tickets.supervise):
        with pytest.raises((IllegalMove, NotAllowed)):
            case.do(deed, by="qinshuji")


def test_what_a_superior_was_asked_to_decide_they_may_see_and_nothing_else(case: Case) -> None:
    from bot.services import ticket_views
    from tests.conftest import staff

    secretary = staff(case.demo, "chenshuji")

    def sees() -> bool:
        try:
            case.database.read(lambda s: ticket_views.detail(s, case.number, secretary))
        except NotAllowed:
            return False
        return case.number in [
            str(t.number) for t in case.database.read(lambda s: ticket_views.visible(s, secretary))
        ]

    taken(case)
    assert not sees()
    asked_for_time(case)
    assert sees()


def test_the_resident_awaits_an_answer_in_the_same_conversation(case: Case) -> None:
    taken(case).do(tickets.ask_more, by="xiaoli", note="几点？")
    (row,) = case.rows(ConversationRow, id=case.conversation)
    assert row.asked["tap"] == f"add:{case.number}"
    case.do(tickets.add, by=case.wangayi, text="晚上十点")
    (row,) = case.rows(ConversationRow, id=case.conversation)
    assert not row.asked
