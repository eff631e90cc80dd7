"""A handler's tasks."""

from __future__ import annotations

import asyncio
import re

from bot.services import tickets
from bot.store.database import Database
from bot.store.tables import LookRow, TicketRow
from tests.console.conftest import PHONE, Enter
from tests.services.conftest import Case


async def test_a_handler_has_only_their_own_tasks_the_most_pressing_first(
    case: Case, enter: Enter
) -> None:
    numbers = []
    for matter in ("environment.garbage", "property.leak", "order.ebike"):
        numbers.append(case.open(matter).number)
        case.do(tickets.assign, "xiaoli", by="xiaomeng")
    rows = sorted(case.rows(TicketRow), key=lambda row: row.next_deadline_at)
    page = await (await enter("xiaoli")).sees("/tasks")
    shown = re.findall(r'class="body" href=".*?tasks/([\d-]+)"', page)
    assert shown == [row.number for row in rows] != numbers
    assert "还剩" in page
    page = await (await enter("laozhang")).sees("/tasks")
    assert not any(number in page for number in shown) and "没有待办" in page


async def test_a_task_is_taken_contacted_and_done_with_three_forms(
    case: Case, enter: Enter
) -> None:
    case.open()
    assignee = case.ticket().assignee
    assert assignee
    handler = await enter(assignee)
    for deed, told in (("accept", ""), ("contact", ""), ("resolve", "已劝离并清理")):
        page = await handler.sees(f"/tasks/{case.number}")
        assert f"/{deed}" in page
        answer = await handler.post(f"/tasks/{case.number}/{deed}", answer=told)
        assert answer.status_code == 303
    assert case.ticket().status == "resolved"
    assert case.moves()[-3:] == ["accept", "contact", "resolve"]
    assert "已劝离并清理" in case.wangayi_heard()[-1]["text"]


async def test_a_task_is_given_back_with_a_reason(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    await handler.sees(f"/tasks/{case.number}")
    for code, note in (("", "城管管"), ("not_ours", ""), ("no_such_reason", "")):
        answer = await handler.post(f"/tasks/{case.number}/return", reason_code=code, note=note)
        assert answer.status_code in (400, 404), code
    answer = await handler.post(
        f"/tasks/{case.number}/return", reason_code="not_ours", note="占道经营归城管管"
    )
    assert answer.headers["location"] == "/console/tasks?done=return"
    assert case.ticket().status == "triage"
    page = await (await enter("xiaomeng")).sees(f"/tickets/{case.number}")
    assert "不归我管" in page and "占道经营归城管管" in page


async def test_the_same_form_twice_is_one_deed(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    for deed, code in (("accept", ""), ("return", "wrong_grid")):
        await handler.sees(f"/tasks/{case.number}")
        first = await handler.post(f"/tasks/{case.number}/{deed}", reason_code=code)
        before = case.everything()
        second = await handler.post(f"/tasks/{case.number}/{deed}", reason_code=code)
        assert (first.status_code, second.status_code) == (303, 303)
        assert case.everything() == before


async def test_a_double_tap_is_one_deed(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    await handler.sees(f"/tasks/{case.number}")
    taps = [handler.post(f"/tasks/{case.number}/accept") for _ in range(4)]
    assert {answer.status_code for answer in await asyncio.gather(*taps)} == {303}
    assert case.moves().count("accept") == 1


async def test_a_form_without_a_key_is_refused(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    await handler.sees(f"/tasks/{case.number}")
    answer = await handler.post(f"/tasks/{case.number}/accept", key="")
    assert answer.status_code == 400
    assert case.ticket().status == "assigned"


async def test_a_late_tap_hears_who_has_it_now(case: Case, enter: Enter) -> None:
    case.open()
    late = case.ticket().assignee
    handler = await enter(late)
    await handler.sees(f"/tasks/{case.number}")
    case.do(tickets.assign, "xiaohe", by="xiaomeng")
    answer = await handler.post(f"/tasks/{case.number}/accept")
    assert answer.status_code == 409 and "小何" in answer.text
    stranger = await enter("daliu")
    answer = await stranger.post(f"/tasks/{case.number}/accept", key="some-form-key")
    assert answer.status_code == 403 and "小何" not in answer.text


async def test_a_step_that_was_done_already_is_explained(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    await handler.sees(f"/tasks/{case.number}")
    await handler.post(f"/tasks/{case.number}/accept", key="first-form")
    answer = await handler.post(f"/tasks/{case.number}/accept", key="second-form")
    assert answer.status_code == 409 and "办过了" in answer.text


async def test_the_telephone_is_shown_to_the_handler_after_a_tap_that_is_written_down(
    case: Case, enter: Enter, sqlite: Database
) -> None:
    case.open(phone=PHONE, text=f"请打{PHONE}")
    handler = await enter(case.ticket().assignee)
    page = await handler.sees(f"/tasks/{case.number}")
    assert PHONE not in page and "138****5678" in page and "tel:" not in page
    answer = await handler.post(f"/tasks/{case.number}/phone")
    assert f'href="tel:{PHONE}"' in answer.text
    (look,) = case.rows(LookRow)
    assert (look.staff, look.what, look.reference) == (
        case.ticket().assignee,
        "ticket",
        case.number,
    )
    assert PHONE not in await handler.sees(f"/tasks/{case.number}")


async def test_who_only_watches_gets_no_telephone(case: Case, enter: Enter) -> None:
    case.open(phone=PHONE)
    case.do(tickets.assign, "xiaohe", by="xiaomeng")
    desk = await enter("xiaomeng")
    await desk.sees(f"/tasks/{case.number}")
    answer = await desk.post(f"/tasks/{case.number}/phone")
    assert answer.status_code == 403 and not case.rows(LookRow)


async def test_a_wrong_category_is_put_right_with_one_form(case: Case, enter: Enter) -> None:
    case.open("property.leak")
    handler = await enter(case.ticket().assignee)
    assert "归类不对" in await handler.sees(f"/tasks/{case.number}")
    answer = await handler.post(f"/tasks/{case.number}/refile", matter="")
    assert answer.status_code == 400
    for _ in range(2):  # the same form twice is one deed
        answer = await handler.post(f"/tasks/{case.number}/refile", matter="order.parking")
        assert answer.headers["location"] == "/console/tasks?done=refile"
    ticket = case.ticket()
    assert (ticket.matter, ticket.assignee) == ("order.parking", "xiaoli")
    assert case.moves().count("refile") == 1
    assert "停车" in case.wangayi_heard()[-1]["text"]
