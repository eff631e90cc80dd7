"""协办, 吹哨, 回访: others' parts of a ticket, with all they leave behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.community import Absence, Help, Role
from bot.desk.errors import (
    BadInput,
    IllegalMove,
    NobodyThere,
    NotAllowed,
    PartOpen,
    TicketAlreadyMoved,
    UnknownThing,
)
from bot.desk.parts import PartKind
from bot.desk.people import SYSTEM
from bot.services import cards, subtask_views, subtasks, ticket_views, tickets
from bot.services.subtasks import Wish
from bot.store.database import Session
from bot.store.tables import SubtaskRow, TicketPersonRow, TimelineRow
from tests.conftest import HOME, staff
from tests.services.conftest import Case
from tests.services.test_tickets import both_at_once

ASSIST = Wish(kind=PartKind.ASSIST, task="查一下线路", required=True)
WHISTLE = Wish(kind=PartKind.WHISTLE, task="到现场拆违章棚")


def ask(
    case: Case, wish: Wish, *codes: str, by: str = "xiaoli", key: str | None = None
) -> list[SubtaskRow]:
    """Ask these people; the parts as they are afterwards."""

    def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
        subtasks.ask(session, ticket, wish, codes, who, desk, key=key)

    case.do(deed, by=by, key=key)
    return list(case.rows(SubtaskRow))


def step(
    case: Case, name: str, part: SubtaskRow, *, by: str, key: str | None = None, **more: Any
) -> SubtaskRow:
    def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
        row = subtask_views.by_id(session, ticket, part.id)
        getattr(subtasks, name)(session, row, who, desk, key=key, **more)

    case.do(deed, by=by, key=key)
    (found,) = case.rows(SubtaskRow, id=part.id)
    return found  # type: ignore[no-any-return]


@pytest.fixture
def accepted(case: Case) -> Case:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    return case


def test_somebody_is_asked_with_a_task_and_until_when(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    assert (part.status, part.staff, part.required) == ("asked", "liushifu", True)
    assert accepted.clock() < part.due_by < accepted.ticket().resolve_by
    assert accepted.clock() < part.alarm_at < part.due_by
    (card,) = accepted.told("liushifu")
    assert (
        "请您协办" in card
        and "查一下线路" in card
        and f"{cards.when(part.due_by, accepted.demo)}前办好" in card
    )
    assert accepted.moves()[-1] == "assist"
    (line,) = accepted.rows(TimelineRow, move="assist")
    assert line.facts == {"parts": [{"id": part.id, "staff": "liushifu"}]}
    assert "刘师傅：查一下线路" in line.note


def test_the_same_message_asks_once(accepted: Case) -> None:
    ask(accepted, ASSIST, "liushifu", key="k")
    before = accepted.everything()
    accepted.clock.pass_(hours=1)
    assert len(ask(accepted, ASSIST, "liushifu", key="k")) == 1
    assert accepted.everything() == before


def test_the_lead_cannot_close_while_a_required_part_is_open(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    before = accepted.everything()
    with pytest.raises(PartOpen) as refused:
        accepted.do(tickets.resolve, by="xiaoli")
    assert refused.value.whose == ("物业维修工程师刘师傅",)
    assert accepted.everything() == before
    step(accepted, "accept", part, by="liushifu")
    step(accepted, "done", part, by="liushifu", note="线路换好了")
    assert accepted.do(tickets.resolve, by="xiaoli").status == "resolved"


def test_a_part_that_is_not_required_holds_nobody_up(accepted: Case) -> None:
    ask(accepted, replace(ASSIST, required=False), "liushifu")
    assert accepted.do(tickets.resolve, by="xiaoli").status == "resolved"


def test_every_step_is_timed_told_and_on_the_timeline(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    accepted.clock.pass_(minutes=10)
    part = step(accepted, "accept", part, by="liushifu")
    assert part.accepted_at == accepted.clock()
    assert "刘师傅接受了" in accepted.told("xiaoli")[-1]
    accepted.clock.pass_(minutes=30)
    part = step(accepted, "arrive", part, by="liushifu")
    assert part.arrived_at == accepted.clock()
    assert "刘师傅11月23日10:40到场" in accepted.told("xiaoli")[-1]
    accepted.clock.pass_(hours=2)
    part = step(accepted, "done", part, by="liushifu", note="线路换好了")
    assert (part.done_at, part.outcome, part.alarm_at) == (accepted.clock(), "线路换好了", None)
    assert "线路换好了" in accepted.told("xiaoli")[-1]
    facts = [line.facts for line in accepted.rows(TimelineRow, move="part")]
    assert facts == [{"part": part.id, "step": name} for name in ("accept", "arrive", "done")]


def test_the_same_step_twice_is_one(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    step(accepted, "arrive", part, by="liushifu", key="tap")
    before = accepted.everything()
    accepted.clock.pass_(minutes=5)
    step(accepted, "arrive", part, by="liushifu", key="tap")
    assert accepted.everything() == before
    with pytest.raises(IllegalMove):
        step(accepted, "arrive", part, by="liushifu")


def test_nobody_takes_a_step_for_somebody_else(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    before = accepted.everything()
    for stranger in ("laozhang", "xiaoli"):
        with pytest.raises(NotAllowed):
            step(accepted, "arrive", part, by=stranger)
    with pytest.raises(NotAllowed):
        step(accepted, "cancel", part, by="laozhang")
    assert accepted.everything() == before


def test_who_cannot_do_it_says_why_and_the_asker_hears_it(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu", by="xiaomeng")
    with pytest.raises(BadInput):
        step(accepted, "cannot", part, by="liushifu", note="")
    part = step(accepted, "cannot", part, by="liushifu", note="不归我管")
    assert (part.status, part.outcome) == ("cancelled", "不归我管")
    for code in ("xiaoli", "xiaomeng"):
        assert "办不了：不归我管" in accepted.told(code)[-1]
    assert accepted.do(tickets.resolve, by="xiaoli").status == "resolved"


def test_the_lead_calls_off_what_the_lead_asked_for(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    assert step(accepted, "cancel", part, by="xiaoli").status == "cancelled"
    assert "不用办了" in accepted.told("liushifu")[-1]


def test_what_a_superior_has_required_the_lead_cannot_call_off(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu", by="chenshuji")
    with pytest.raises(NotAllowed):
        step(accepted, "cancel", part, by="xiaoli")
    assert step(accepted, "cancel", part, by="chenshuji").status == "cancelled"


def test_a_whistle_calls_several_departments_to_the_place(accepted: Case) -> None:
    arrive_by = accepted.clock() + timedelta(hours=4)
    wish = replace(WHISTLE, arrive_by=arrive_by)
    called = ask(accepted, wish, "yanduizhang", "zhoujingguan")
    assert [(p.staff, p.arrive_by) for p in called] == [
        ("yanduizhang", arrive_by),
        ("zhoujingguan", arrive_by),
    ]
    assert all(part.alarm_at < arrive_by for part in called)
    for code in ("yanduizhang", "zhoujingguan"):
        assert "请在11月23日14:00前到场" in accepted.told(code)[0]
    assert accepted.moves().count("whistle") == 1
    heard = accepted.wangayi_heard()[-1]["text"]
    assert "闫队长" in heard and "周警官" in heard and "14:00前到" in heard
    accepted.clock.pass_(hours=5)
    step(accepted, "arrive", called[0], by="yanduizhang")
    assert "15:00到场，晚了1小时" in accepted.told("xiaoli")[-1]
    step(accepted, "done", called[0], by="yanduizhang")


def test_whoever_was_called_is_done_only_after_coming(accepted: Case) -> None:
    (part,) = ask(accepted, WHISTLE, "yanduizhang")
    step(accepted, "accept", part, by="yanduizhang")
    with pytest.raises(IllegalMove):
        step(accepted, "done", part, by="yanduizhang")


def test_a_whistle_needs_somebody_on_the_ticket_first(case: Case) -> None:
    case.open()
    with pytest.raises(IllegalMove):
        ask(case, WHISTLE, "yanduizhang")


def test_a_cadre_of_another_grid_cannot_ask(accepted: Case) -> None:
    before = accepted.everything()
    with pytest.raises(TicketAlreadyMoved):
        ask(accepted, ASSIST, "liushifu", by="laozhang")
    assert accepted.everything() == before and not accepted.rows(SubtaskRow)


def test_somebody_on_leave_is_not_asked_their_deputy_is(accepted: Case) -> None:
    leave(accepted, "yanduizhang")
    (part,) = ask(accepted, WHISTLE, "yanduizhang")
    assert part.staff == "shigong"
    assert not accepted.told("yanduizhang")


def test_with_nobody_to_stand_in_the_asker_hears_who_is_there(accepted: Case) -> None:
    leave(accepted, "liushifu", "fengshifu")
    before = accepted.everything()
    with pytest.raises(NobodyThere) as refused:
        ask(accepted, ASSIST, "liushifu")
    assert refused.value.present == ("物业夜班工程师宋师傅",)
    assert accepted.everything() == before


def test_the_lead_is_not_asked_for_help_with_their_own_ticket(accepted: Case) -> None:
    with pytest.raises(BadInput):
        ask(accepted, ASSIST, "xiaoli")


def test_a_part_without_a_task_is_refused(accepted: Case) -> None:
    with pytest.raises(BadInput):
        ask(accepted, replace(ASSIST, task="  "), "liushifu")


def test_a_part_for_yesterday_is_refused(accepted: Case) -> None:
    with pytest.raises(BadInput):
        ask(accepted, replace(ASSIST, due_by=accepted.clock()), "liushifu")
    with pytest.raises(UnknownThing):
        ask(accepted, ASSIST, "nobody")


def test_helpers_see_the_ticket_and_it_is_on_their_list(accepted: Case) -> None:
    liushifu, daliu = (staff(accepted.demo, code) for code in ("liushifu", "daliu"))
    with pytest.raises(NotAllowed):
        accepted.database.read(lambda s: ticket_views.detail(s, accepted.number, liushifu))
    ask(accepted, ASSIST, "liushifu")
    accepted.database.read(lambda s: ticket_views.detail(s, accepted.number, liushifu))
    (mine,) = accepted.database.read(lambda s: subtask_views.of_person(s, liushifu))
    assert mine[1].number == accepted.number
    assert accepted.database.read(lambda s: subtask_views.of_person(s, daliu)) == []
    (person,) = accepted.rows(TicketPersonRow, staff="liushifu")
    assert person.part == "assist"


def test_a_conduct_report_has_parts_only_for_discipline_contacts(case: Case) -> None:
    case.open("admin.conduct", kind="conduct")
    case.do(tickets.accept, by="yanjie")
    with pytest.raises(NotAllowed):
        ask(case, ASSIST, "xiaoli", by="yanjie")
    with pytest.raises(NotAllowed):
        ask(case, ASSIST, "xiaoli", by="zhuren")
    assert not case.rows(SubtaskRow)


def test_when_the_ticket_ends_nobody_works_on(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    (part,) = ask(case, ASSIST, "liushifu")
    case.do(tickets.withdraw, by=case.wangayi)
    (part,) = case.rows(SubtaskRow)
    assert (part.status, part.alarm_at) == ("cancelled", None)
    assert "居民撤回了" in case.told("liushifu")[-1]
    with pytest.raises(IllegalMove):
        step(case, "arrive", part, by="liushifu")


def test_parts_stay_when_the_ticket_goes_to_another_lead(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    accepted.do(tickets.assign, "xiaohe", by="xiaomeng")
    step(accepted, "accept", part, by="liushifu")
    assert "刘师傅接受了" in accepted.told("xiaohe")[-1]
    accepted.do(tickets.accept, by="xiaohe")
    with pytest.raises(PartOpen):
        accepted.do(tickets.resolve, by="xiaohe")
    assert step(accepted, "cancel", part, by="xiaohe").status == "cancelled"


def test_a_visit_after_a_bad_rating_outlives_the_ticket(accepted: Case) -> None:
    accepted.do(tickets.resolve, by="xiaoli")
    visit = Wish(kind=PartKind.REVISIT, task="问问居民哪里不满意")
    (part,) = ask(accepted, visit, "chenshuji", by="xiaomeng")
    accepted.do(tickets.rate, 1, by=accepted.wangayi)
    step(accepted, "accept", part, by="chenshuji")
    assert step(accepted, "done", part, by="chenshuji", note="当面道歉了").status == "done"


def test_two_hands_on_one_part(accepted: Case) -> None:
    (part,) = ask(accepted, ASSIST, "liushifu")
    results = both_at_once(
        lambda: step(accepted, "arrive", part, by="liushifu", key="a"),
        lambda: step(accepted, "cancel", part, by="xiaoli", key="b"),
    )
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, (IllegalMove, TicketAlreadyMoved)) for error in refused)
    (row,) = accepted.rows(SubtaskRow)
    lines = [line.facts["step"] for line in accepted.rows(TimelineRow, move="part")]
    assert len(lines) == 2 - len(refused)
    assert row.status == {"arrive": "arrived", "cancel": "cancelled"}[lines[-1]]


def test_a_rule_may_ask_as_well(accepted: Case) -> None:
    def deed(session: Session, ticket: Any, who: Any, desk: Any, *, key: str) -> None:
        subtasks.ask(session, ticket, ASSIST, ["liushifu"], who, desk, key=key)

    accepted.do(deed, by=SYSTEM)
    assert "按社区的派单规则" in accepted.told("liushifu")[0]


def test_a_routing_rule_names_co_handlers_who_are_asked_once(case: Case) -> None:
    rules = [
        replace(rule, assist=(Help(role=Role.PROPERTY),)) if rule.code == "order" else rule
        for rule in case.demo.routing
    ]
    case.demo = replace(case.demo, routing=tuple(rules))
    case.open("order.ebike")
    (part,) = case.rows(SubtaskRow)
    assert (part.staff, part.required, part.asked_by) == ("liushifu", True, "system")
    assert "请您协办" in case.told("liushifu")[-1]
    case.do(tickets.correct, by=case.wangayi, text="在3号楼", place=replace(HOME, unit="1"))
    assert len(case.rows(SubtaskRow)) == 1
    case.do(tickets.accept, by="xiaoli")
    with pytest.raises(PartOpen):
        case.do(tickets.resolve, by="xiaoli")


def test_what_turns_out_to_be_about_conduct_is_no_helpers_business(accepted: Case) -> None:
    ask(accepted, ASSIST, "liushifu")
    accepted.do(tickets.refile, by="xiaomeng", matter="admin.conduct")
    assert accepted.rows(SubtaskRow)[0].status == "cancelled"
    liushifu = staff(accepted.demo, "liushifu")
    with pytest.raises(NotAllowed):
        accepted.database.read(lambda s: ticket_views.detail(s, accepted.number, liushifu))


def leave(case: Case, *codes: str) -> None:
    now = case.clock()
    absence = Absence(start=now - timedelta(hours=1), end=now + timedelta(days=1))
    gone = {code: replace(case.demo.person(code), absences=(absence,)) for code in codes}
    case.demo = replace(case.demo, staff={**case.demo.staff, **gone})
