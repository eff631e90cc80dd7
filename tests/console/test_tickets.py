"""The desk's tickets."""

from __future__ import annotations

from typing import Any

from bot.services import tickets
from bot.store.tables import TimelineRow
from tests.console.conftest import PHONE, Enter
from tests.services.conftest import Case


async def test_the_desk_finds_tickets_by_what_it_knows(case: Case, enter: Enter) -> None:
    ebike = case.open("order.ebike", text="有人飞线充电").number
    leak = case.open("property.leak", text=f"楼上漏水，电话{PHONE}").number
    desk = await enter("xiaomeng")
    for query, found in (
        ("", {ebike, leak}),
        ("?matter=property.leak", {leak}),
        ("?text=飞线", {ebike}),
        (f"?text={leak}", {leak}),
        ("?status=closed", set()),
        ("?status=late", set()),
        ("?status=all&grid=xfl-1", {ebike, leak}),
        ("?grid=hsj-1", set()),
        ("?assignee=-", set()),
        (f"?text={PHONE}", set()),  # nor is a number found out by searching for it
        (f"?text={PHONE[3:7]}", set()),
    ):
        page = await desk.sees(f"/tickets{query}")
        assert {n for n in (ebike, leak) if f"/tickets/{n}" in page} == found, query


async def test_the_desk_hands_a_ticket_over_and_resolves_it(case: Case, enter: Enter) -> None:
    case.open()
    desk = await enter("xiaomeng")
    page = await desk.sees(f"/tickets/{case.number}")
    assert f"/tickets/{case.number}/accept" not in page  # only a handler accepts
    answer = await desk.post(f"/tickets/{case.number}/assign", to="xiaohe")
    assert answer.status_code == 303
    assert case.ticket().assignee == "xiaohe" and case.ticket().status == "assigned"
    answer = await desk.post(f"/tickets/{case.number}/accept", key="another-form")
    assert answer.status_code == 409
    case.do(tickets.accept, by="xiaohe")
    await desk.sees(f"/tickets/{case.number}")
    answer = await desk.post(f"/tickets/{case.number}/resolve", answer="已经修好")
    assert answer.status_code == 303 and case.ticket().status == "resolved"


async def test_nobody_can_be_given_a_ticket_who_does_not_work_here(
    case: Case, enter: Enter
) -> None:
    case.open()
    desk = await enter("xiaomeng")
    await desk.sees(f"/tickets/{case.number}")
    answer = await desk.post(f"/tickets/{case.number}/assign", to="nobody")
    assert answer.status_code == 404


async def test_names_and_numbers_of_residents_are_veiled(case: Case, enter: Enter) -> None:
    case.open(phone="67891234")
    for code in (case.ticket().assignee, "zhuren"):
        visitor = await enter(code)
        pages = [f"/tasks/{case.number}", "/tasks"]
        pages += [f"/tickets/{case.number}", "/tickets"] if code == "zhuren" else []
        for path in pages:
            page = await visitor.sees(path)
            assert "王阿姨" not in page and "67891234" not in page, path


async def test_a_photo_needs_a_ticket_that_one_may_see(
    case: Case, enter: Enter, office: Any
) -> None:
    office.settings.photos.mkdir()
    for name in ("seen.jpg", "stray.jpg", "page.html"):
        (office.settings.photos / name).write_bytes(b"photo")
    case.open(photos=("seen.jpg", "page.html", "../linli.db"))
    handler = await enter(case.ticket().assignee)
    assert "/console/photos/seen.jpg" in await handler.sees(f"/tasks/{case.number}")
    answer = await handler.get("/photos/seen.jpg")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    answer = await handler.get("/photos/page.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    for name in ("stray.jpg", "none.jpg", "..%2Flinli.db", "%2e%2e/linli.db"):
        assert (await handler.get(f"/photos/{name}")).status_code in (403, 404), name
    assert (await (await enter("daliu")).get("/photos/seen.jpg")).status_code == 403


async def test_the_timeline_names_who_did_what(case: Case, enter: Enter) -> None:
    case.open()
    case.do(tickets.assign, "xiaohe", by="xiaomeng")
    case.do(tickets.accept, by="xiaohe")
    page = await (await enter("zhuren")).sees(f"/tickets/{case.number}")
    for words in ("受理", "派给小何", "小孟指派", "接单"):
        assert words in page, words
    assert len(case.rows(TimelineRow)) == 4


async def test_a_deadline_shows_the_arithmetic_behind_it(case: Case, enter: Enter) -> None:
    case.open("welfare.insurance", kind="question")
    page = await (await enter("zhuren")).sees(f"/tickets/{case.number}")
    for words in ("联系期限", "怎么算的", "11月23日10:00起，3个工作日（当日不计）", "到期"):
        assert words in page, words
    mine = await enter(str(case.ticket().assignee))
    assert "11月26日17:30到期" in await mine.sees(f"/tasks/{case.number}")
