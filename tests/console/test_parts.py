"""Others' parts of a ticket, and duplicates, with forms."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.people import Person
from bot.services import followers, tickets
from bot.store.tables import SubtaskRow, TicketRow
from tests.console.conftest import PHONE, Enter
from tests.services.conftest import Case, meet


@pytest.fixture
def accepted(case: Case) -> Case:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    return case


def part(case: Case) -> Any:
    (found,) = case.rows(SubtaskRow)
    return found


async def test_the_lead_calls_departments_with_one_form(accepted: Case, enter: Enter) -> None:
    lead = await enter("xiaoli")
    page = await lead.sees(f"/tasks/{accepted.number}")
    assert "吹哨" in page and "闫队长" in page
    form = {"kind": "whistle", "task": "到现场拆棚", "arrive_by": "2026-11-23T15:30"}
    fields = {**form, "to:yanduizhang": "on", "to:zhoujingguan": "on", "required": "on"}
    for _ in range(2):  # the same form twice is one deed
        answer = await lead.post(f"/parts/{accepted.number}", **fields)
        assert answer.headers["location"] == f"/console/tasks/{accepted.number}?done=asked"
    called = accepted.rows(SubtaskRow)
    assert [row.staff for row in called] == ["yanduizhang", "zhoujingguan"]
    assert all(row.required and row.kind == "whistle" for row in called)
    assert "请在11月23日15:30前到场" in accepted.told("yanduizhang")[0]


async def test_a_part_is_on_the_helpers_list_and_done_with_forms(
    accepted: Case, enter: Enter
) -> None:
    lead, helper = await enter("xiaoli"), await enter("liushifu")
    assert "我的协办" not in await helper.sees("/tasks")
    await lead.sees(f"/tasks/{accepted.number}")
    fields = {"kind": "assist", "to": "liushifu", "task": f"查线路，问{PHONE}", "required": "on"}
    await lead.post(f"/parts/{accepted.number}", **fields)
    page = await helper.sees("/tasks")
    assert "我的协办" in page and "查线路" in page and PHONE not in page
    at = f"/parts/{accepted.number}/{part(accepted).id}"
    for step in ("accept", "arrive"):
        assert f"{at}/{step}" in await helper.sees(f"/tasks/{accepted.number}")
        assert (await helper.post(f"{at}/{step}")).status_code == 303
    await lead.sees(f"/tasks/{accepted.number}")
    fields = {"answer": "好了", "note": "", "reason_code": "", "contacted_at": ""}
    refused = await lead.post(f"/tasks/{accepted.number}/resolve", **fields)
    assert refused.status_code == 409 and "刘师傅" in refused.text
    await helper.sees(f"/tasks/{accepted.number}")
    assert (await helper.post(f"{at}/done", note="线换了")).status_code == 303
    assert part(accepted).outcome == "线换了"
    assert "线换了" in await lead.sees(f"/tasks/{accepted.number}")


async def test_strangers_and_helpers_see_no_forms_that_are_not_theirs(
    accepted: Case, enter: Enter
) -> None:
    stranger = await enter("laozhang")
    await stranger.sees("/tasks")
    values = {"to": "liushifu", "task": "看看", "key": "some-form-key"}
    answer = await stranger.post(f"/parts/{accepted.number}", **values)
    assert answer.status_code == 403
    lead, helper = await enter("xiaoli"), await enter("liushifu")
    await lead.sees(f"/tasks/{accepted.number}")
    await lead.post(f"/parts/{accepted.number}", to="liushifu", task="看看")
    page = await helper.sees(f"/tasks/{accepted.number}")
    assert f'/parts/{accepted.number}"' not in page and "/cancel" not in page
    at = f"/parts/{accepted.number}/{part(accepted).id}"
    assert (await stranger.post(f"{at}/arrive", key="some-form-key")).status_code == 403
    assert (await helper.post(f"{at}/fly")).status_code == 404
    assert (await helper.post(f"{at}/cannot", note="")).status_code == 400
    await lead.sees(f"/tasks/{accepted.number}")
    assert (await lead.post(f"{at}/cancel")).status_code == 303
    assert part(accepted).status == "cancelled"


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "", "task": "看看"},
        {"to": "liushifu", "task": ""},
        {"to": "liushifu", "task": "看看", "due_by": "昨天"},
        {"to": "liushifu", "task": "看看", "due_by": "2020-01-01T10:00"},
    ],
)
async def test_a_form_that_is_not_filled_in_is_refused(
    accepted: Case, enter: Enter, fields: dict[str, str]
) -> None:
    lead = await enter("xiaoli")
    await lead.sees(f"/tasks/{accepted.number}")
    assert (await lead.post(f"/parts/{accepted.number}", **fields)).status_code == 400
    assert not accepted.rows(SubtaskRow)


async def test_the_desk_merges_a_cluster_and_takes_one_out(case: Case, enter: Enter) -> None:
    numbers = []
    for text in ("2单元电梯坏了", "电梯停了一早上", "电梯又不动了"):
        numbers.append(str(case.open("property.elevator", text=text, resident_id=None).number))
    first, second, third = numbers
    desk = await enter("xiaomeng")
    page = await desk.sees(f"/tickets/{first}")
    assert f"child:{second}" in page and f"child:{third}" in page
    ticks = {f"child:{number}": "on" for number in (second, third)}
    answer = await desk.post(f"/merging/{first}/join", **ticks)
    assert answer.headers["location"] == f"/console/tickets/{first}?done=merge"
    assert [row.status for row in case.rows(TicketRow)] == ["assigned", "merged", "merged"]
    page = await desk.sees(f"/tickets/{second}")
    assert first in page and "拆出来" in page
    assert (await desk.post(f"/merging/{second}/split")).status_code == 303
    await desk.sees(f"/tickets/{second}")
    assert (await desk.post(f"/merging/{second}/merge", parent=third)).status_code == 303
    rows = case.rows(TicketRow)
    assert rows[1].parent_id == rows[0].id  # third follows first, and so does who follows third


async def test_only_the_desk_has_the_forms_for_duplicates(case: Case, enter: Enter) -> None:
    first = str(case.open("property.elevator", text="2单元电梯坏了").number)
    second = str(case.open("property.elevator", text="电梯停了一早上").number)
    handler = await enter("liushifu")
    assert "并单" not in await handler.sees(f"/tasks/{first}")
    answer = await handler.post(f"/merging/{first}/merge", parent=second)
    assert answer.status_code == 403
    desk = await enter("xiaomeng")
    await desk.sees(f"/tickets/{first}")
    assert (await desk.post(f"/merging/{first}/merge", parent="20200101-0001")).status_code == 403
    assert (await desk.post(f"/merging/{first}/join")).status_code == 400
    case.open("admin.conduct", kind="conduct")
    yanjie = await enter("yanjie")
    assert "并单" not in await yanjie.sees(f"/tickets/{case.number}")


async def test_followers_are_counted_and_their_numbers_veiled(case: Case, enter: Enter) -> None:
    case.open("property.elevator", text="2单元电梯坏了")
    conversation, speaker = meet(case.database, "n", known_as=None, clock=case.clock)
    by = Person(resident_id=speaker.resident_id)
    text = f"我也困过，电话{PHONE}"
    case.do(followers.follow, by=by, conversation_id=conversation, text=text)
    page = await (await enter("liushifu")).sees(f"/tasks/{case.number}")
    assert "也遇到的居民" in page and "1位" in page and PHONE not in page
