"""Reporting that it is done, having it checked, asking the resident, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.closure import Closure
from bot.desk.errors import BadInput, BeingChecked, IllegalMove, NotAllowed
from bot.services import tickets
from bot.store.database import Session
from bot.store.tables import PhotoRow, SubtaskRow, TimelineRow
from tests.services.conftest import Case

CHECKED = "order.fire_lane"  # the demo has every one of these checked


def taken(case: Case, matter: str = "order.ebike", **more: Any) -> str:
    case.open(matter, **more)
    handler = str(case.ticket().assignee)
    case.do(tickets.accept, by=handler)
    return handler


def done(case: Case, matter: str = "order.ebike", form: Closure | None = None) -> str:
    handler = taken(case, matter)
    case.do(tickets.resolve, by=handler, form=form or Closure(answer="已清理"))
    return handler


def test_the_form_is_kept_with_the_ticket_and_on_its_timeline(case: Case) -> None:
    taken(case)
    reached = case.clock()
    case.clock.pass_(hours=2)
    form = Closure(answer="已劝离", note="第三次了", contacted_at=reached)
    case.do(tickets.resolve, by="xiaoli", form=form, photos=("after.jpg",))
    ticket = case.ticket()
    assert ticket.closure and ticket.closure["note"] == "第三次了"
    assert ticket.contacted_at == reached
    line = case.rows(TimelineRow, ticket_id=ticket.id)[-1]
    assert line.facts["closure"]["answer"] == line.note == "已劝离"
    assert [(p.path, p.stage) for p in case.rows(PhotoRow)] == [("after.jpg", "after")]
    told = case.wangayi_heard()[-1]["text"]
    assert "已劝离" in told and "第三次了" not in told


def test_one_tap_is_enough_and_the_answer_may_follow(case: Case) -> None:
    taken(case)
    case.do(tickets.resolve, by="xiaoli")
    assert "办好了。您看解决了吗" in case.wangayi_heard()[-1]["text"]
    case.do(tickets.answer, by="xiaoli", text="飞线已拆", photos=("after.jpg",))
    told = case.wangayi_heard()[-1]
    assert "小李说明：飞线已拆" in told["text"] and told["photos"] == ["after.jpg"]
    assert (case.ticket().closure or {})["answer"] == "飞线已拆"


@pytest.mark.parametrize(
    ("form", "lead"),
    [
        (Closure(solved=False, reason_code="needs_money"), "没能办成"),
        (
            Closure(true=False, solved=False, reason_code="not_true", answer="没有飞线"),
            "情况和您说的有出入",
        ),
    ],
)
def test_unsolved_and_untrue_are_told_as_they_are_and_asked_about_too(
    case: Case, form: Closure, lead: str
) -> None:
    done(case, form=form)
    told = case.wangayi_heard()[-1]
    assert lead in told["text"] and "说明：" in told["text"] and told["buttons"]


@pytest.mark.parametrize(
    "form",
    [
        Closure(solved=False),
        Closure(solved=False, reason_code="no_such_reason"),
        Closure(reason_code="needs_money"),
        Closure(true=False, solved=False, reason_code="not_true"),
        Closure(answer="长" * 501),
    ],
)
def test_a_form_that_does_not_fit_is_refused(case: Case, form: Closure) -> None:
    taken(case)
    before = case.everything()
    with pytest.raises(BadInput):
        case.do(tickets.resolve, by="xiaoli", form=form)
    assert case.everything() == before


def test_nobody_was_reached_before_the_ticket_or_in_the_future(case: Case) -> None:
    taken(case)
    for moment in (case.clock() - timedelta(days=1), case.clock() + timedelta(hours=1)):
        with pytest.raises(BadInput):
            case.do(tickets.resolve, by="xiaoli", form=Closure(contacted_at=moment))


# 核查


def checker(case: Case) -> str:
    return str((case.ticket().closure or {})["checker"])


def test_where_a_rule_asks_somebody_else_checks_before_the_resident_is_asked(case: Case) -> None:
    handler = done(case, CHECKED)
    heard = len(case.wangayi_heard())
    assert "请您核查" in case.told(checker(case))[-1] and checker(case) != handler
    with pytest.raises(BeingChecked):
        case.do(tickets.rate, 5, by=case.wangayi)
    with pytest.raises(NotAllowed):
        case.do(tickets.verify, by=handler)
    assert len(case.wangayi_heard()) == heard
    assert case.do(tickets.verify, by=checker(case)).status == "verified"
    assert "您看解决了吗" in case.wangayi_heard()[-1]["text"]
    assert case.do(tickets.rate, 5, by=case.wangayi).status == "closed"


def test_work_that_does_not_pass_goes_back_with_the_reason(case: Case) -> None:
    handler = done(case, CHECKED)
    heard = len(case.wangayi_heard())
    ticket = case.do(tickets.reject, by=checker(case), reason_code="not_done", note="还堵着")
    assert (ticket.status, ticket.resolved_at, ticket.closure) == ("accepted", None, None)
    assert "核查没有通过：现场没办好：还堵着" in case.told(handler)[-1]
    assert len(case.wangayi_heard()) == heard
    case.do(tickets.resolve, by=handler)
    case.do(tickets.verify, by=checker(case))


def test_who_did_some_of_the_work_does_not_check_it(case: Case) -> None:
    taken(case, CHECKED)
    case.do(tickets.assign, "xiaohe", by="xiaomeng")
    case.do(tickets.accept, by="xiaohe")
    case.do(tickets.resolve, by="xiaomeng")  # the desk reports for somebody without a phone
    assert checker(case) != "xiaomeng"
    with pytest.raises(NotAllowed):
        case.do(tickets.verify, by="xiaomeng")


def test_without_a_rule_nobody_checks(case: Case) -> None:
    case.demo = replace(case.demo, rules={})
    done(case, CHECKED)
    assert (case.ticket().closure or {})["checker"] is None
    with pytest.raises(IllegalMove):
        case.do(tickets.verify, by="xiaomeng")


# 评价


@pytest.mark.parametrize("level", [1, 2])
def test_a_bad_score_has_a_consequence_with_a_deadline(case: Case, level: int) -> None:
    done(case)
    case.do(tickets.rate, level, by=case.wangayi)
    (visit,) = case.rows(SubtaskRow)
    assert (visit.kind, visit.status) == ("revisit", "asked") and visit.staff != "xiaoli"
    assert visit.due_by > case.clock()
    case.do(tickets.explain, by=case.wangayi, reason_code="attitude", note="说话很凶")
    assert "态度不好：说话很凶" in case.told(visit.staff)[-1]
    line = case.rows(TimelineRow, ticket_id=case.ticket().id)[-1]
    assert (line.move, line.reason_code) == ("explain", "attitude")


def test_a_good_score_has_none_and_nothing_to_explain(case: Case) -> None:
    done(case)
    case.do(tickets.rate, 3, by=case.wangayi)
    assert not case.rows(SubtaskRow)
    with pytest.raises(IllegalMove):
        case.do(tickets.explain, by=case.wangayi, reason_code="slow")


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_who_was_declined_or_withdrew_is_never_asked(case: Case, end: str) -> None:
    case.open()
    if end == "decline":
        case.do(tickets.decline, by="xiaomeng", reason_code="abusive")
    else:
        case.do(tickets.withdraw, by=case.wangayi)
    assert not any("解决了吗" in said["text"] for said in case.wangayi_heard())
    for deed, *args in ((tickets.rate, 1), (tickets.say_solved,), (tickets.explain,)):
        with pytest.raises(IllegalMove):
            case.do(deed, *args, by=case.wangayi)


# 归档


def archived(case: Case) -> list[str]:
    """The states after the worker's look for what nobody answered."""

    def work(session: Session) -> None:
        for id in tickets.unanswered(session, case.demo, case.clock()):
            row = session.get(type(case.ticket()), id)
            assert row is not None
            tickets.close_unanswered(session, row, case.desk)

    case.database.run(work)
    case.check_timelines()
    return [row.status for row in case.rows(type(case.ticket()))]


def test_who_says_nothing_for_a_week_is_not_counted_and_may_still_reopen(case: Case) -> None:
    done(case)
    case.clock.pass_(days=6)
    assert archived(case) == ["resolved"]
    case.clock.pass_(days=2)
    assert archived(case) == archived(case) == ["closed"]
    line = case.rows(TimelineRow, ticket_id=case.ticket().id)[-1]
    assert (line.move, line.reason_code, line.actor) == ("close", "no_answer", "system")
    assert (case.ticket().solved, case.ticket().satisfaction) == (None, None)
    assert case.do(tickets.reopen, by=case.wangayi, reason_code="came_back").status == "assigned"


def test_what_is_being_checked_was_not_asked_about_and_is_not_archived(case: Case) -> None:
    done(case, CHECKED)
    case.clock.pass_(days=30)
    assert archived(case) == ["resolved"]


def test_what_waits_for_a_superior_is_not_archived(case: Case) -> None:
    done(case)
    case.do(tickets.reopen, by=case.wangayi)
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    case.do(tickets.reopen, by=case.wangayi, reason_code="still_there")
    case.clock.pass_(days=30)
    assert archived(case) == ["resolved"]


def test_what_the_desk_does_in_a_residents_place_they_hear(case: Case) -> None:
    case.open()
    case.do(tickets.withdraw, by="xiaomeng")
    assert "替您撤回" in case.wangayi_heard()[-1]["text"]
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli", form=Closure(answer="已拆除"))
    case.do(tickets.reopen, by="xiaomeng", note="还在")
    assert "社区决定重办，由网格员小李负责" in case.wangayi_heard()[-1]["text"]
