"""Every move that staff make, by a form of the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.console import deed_forms
from bot.desk.moves import MOVES, Actor, Move
from bot.services import tickets
from bot.store.tables import PhotoRow, SubtaskRow, TimelineRow
from tests.console.conftest import Enter
from tests.services.conftest import Case


def accepted(case: Case) -> None:
    case.do(tickets.accept, by="xiaoli")


def resolved(case: Case) -> None:
    accepted(case)
    case.do(tickets.resolve, by="xiaoli")


def asked_for_time(case: Case) -> None:
    accepted(case)
    until = case.ticket().resolve_by.replace(month=12, day=20)
    case.do(tickets.ask_extension, by="xiaoli", reason_code="parts", until=until)


def asked_to_hold(case: Case) -> None:
    accepted(case)
    until = case.ticket().resolve_by.replace(month=12, day=20)
    case.do(tickets.ask_hold, by="xiaoli", reason_code="plan", until=until)


def held(case: Case) -> None:
    asked_to_hold(case)
    case.do(tickets.hold, by="chenshuji")


def returned_twice(case: Case) -> None:
    case.do(tickets.give_back, by="xiaoli", reason_code="away")
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    case.do(tickets.give_back, by="laozhang", reason_code="away")


def nothing(case: Case) -> None:
    """The ticket is open and 小李 has it."""


FIRE_LANE = "order.fire_lane"  # work on it is checked
STORIES: list[tuple[Move, Callable[[Case], None], str, dict[str, str]]] = [
    (Move.ACCEPT, nothing, "xiaoli", {}),
    (Move.CONTACT, accepted, "xiaoli", {}),
    (
        Move.RESOLVE,
        accepted,
        "xiaoli",
        {"answer": "已拆", "note": "第三次", "contacted_at": "2026-11-23T10:00"},
    ),
    (Move.EXTEND, asked_for_time, "chenshuji", {}),
    (Move.REFUSE_EXTENSION, asked_for_time, "chenshuji", {"note": "今天就去"}),
    (Move.HOLD, asked_to_hold, "chenshuji", {}),
    (Move.HOLD, accepted, "xiaomeng", {"reason_code": "law", "until": "2026-12-10"}),
    (Move.REFUSE_HOLD, asked_to_hold, "chenshuji", {}),
    (Move.ARBITRATE, returned_twice, "chenshuji", {"to": "laozhang"}),
    (Move.ASSIGN, nothing, "xiaomeng", {"to": "xiaohe"}),
    (Move.RESUME, held, "xiaoli", {}),
    (Move.ASK_MORE, accepted, "xiaoli", {"note": "几点钟？"}),
    (Move.ASK_EXTENSION, accepted, "xiaoli", {"reason_code": "weather", "until": "2026-12-20"}),
    (Move.ASK_HOLD, accepted, "xiaoli", {"reason_code": "owners", "until": "2026-12-20"}),
    (Move.SUPERVISE, accepted, "zhuren", {"note": "今晚前"}),
    (Move.URGE, accepted, "xiaomeng", {}),
    (Move.RETURN, accepted, "xiaoli", {"reason_code": "wrong_grid"}),
    (Move.REFILE, accepted, "xiaomeng", {"matter": "order.parking"}),
    (Move.ADD, accepted, "xiaomeng", {"note": "居民来电补充"}),
    (Move.ADD, resolved, "xiaoli", {"note": "拆了飞线"}),
    (Move.REOPEN, resolved, "xiaomeng", {"reason_code": "came_back"}),
    (Move.DECLINE, nothing, "xiaomeng", {"reason_code": "repeat"}),
    (Move.WITHDRAW, accepted, "xiaomeng", {"note": "居民来电说不用了"}),
]


@pytest.mark.parametrize(("move", "before", "who", "fields"), STORIES)
async def test_a_move_is_offered_and_made_by_a_form(
    case: Case,
    enter: Enter,
    move: Move,
    before: Callable[[Case], None],
    who: str,
    fields: dict[str, str],
) -> None:
    case.open()
    before(case)
    visitor = await enter(who)
    under = "tickets" if who in ("xiaomeng", "zhuren") else "tasks"
    page = await visitor.sees(f"/{under}/{case.number}")
    assert f"/{move.value}" in page, "the form is offered"
    assert set(fields) <= set(re.findall(r'name="(\w+)"', page))
    answer = await visitor.post(f"/{under}/{case.number}/{move.value}", **fields)
    assert answer.status_code == 303, answer.text
    (line, *_) = reversed(case.rows(TimelineRow, ticket_id=case.ticket().id, move=move.value))
    assert line.actor == f"staff:{who}" and line.source_key.startswith("console:")
    case.check_timelines()


@pytest.mark.parametrize(
    ("move", "fields"),
    [(Move.VERIFY, {"note": "去看过"}), (Move.REJECT, {"reason_code": "not_done"})],
)
async def test_work_is_checked_by_a_form(
    case: Case, enter: Enter, move: Move, fields: dict[str, str]
) -> None:
    case.open(FIRE_LANE)
    handler = str(case.ticket().assignee)
    case.do(tickets.accept, by=handler)
    case.do(tickets.resolve, by=handler)
    checker = str((case.ticket().closure or {})["checker"])
    assert f"/{move.value}" not in await (await enter(handler)).sees(f"/tasks/{case.number}")
    visitor = await enter(checker)
    assert "等" in await visitor.sees(f"/tasks/{case.number}")
    answer = await visitor.post(f"/tasks/{case.number}/{move.value}", **fields)
    assert answer.status_code == 303 and case.moves()[-1] == move.value


def test_no_move_of_staff_is_without_a_form() -> None:
    by_staff = {m for m, rule in MOVES.items() if rule.by - {Actor.SYSTEM, Actor.RESIDENT}}
    corrected_by_refiling = {Move.CORRECT}
    of_parts = {Move.PART, Move.REVISIT, Move.ASSIST, Move.WHISTLE}
    of_duplicates = {Move.MERGE, Move.SPLIT}
    forms = {deed.move for deed in deed_forms.DEEDS}
    assert by_staff - of_parts - of_duplicates - corrected_by_refiling <= forms


async def test_a_date_that_is_none_is_refused_and_nothing_happens(case: Case, enter: Enter) -> None:
    case.open()
    accepted(case)
    visitor = await enter("xiaoli")
    await visitor.sees(f"/tasks/{case.number}")
    for until in ("", "morgen", "2026-02-30", "2026-11-01"):
        answer = await visitor.post(
            f"/tasks/{case.number}/ask_hold", reason_code="plan", until=until
        )
        assert answer.status_code == 400, until
    assert case.moves()[-1] == "accept"


async def test_after_the_deadline_the_page_says_that_it_is_too_late(
    case: Case, enter: Enter
) -> None:
    case.open()
    accepted(case)
    case.clock.now = case.ticket().resolve_by.replace(year=2027)
    visitor = await enter("xiaoli")
    await visitor.sees(f"/tasks/{case.number}")
    fields = {"reason_code": "parts", "until": "2028-01-01"}
    answer = await visitor.post(f"/tasks/{case.number}/ask_extension", **fields)
    assert answer.status_code == 409 and "过了期限" in answer.text


async def test_the_form_of_closure_takes_photos_and_the_page_shows_all_of_it(
    case: Case, enter: Enter
) -> None:
    case.open()
    accepted(case)
    visitor = await enter("xiaoli")
    await visitor.sees(f"/tasks/{case.number}")
    image = BytesIO()
    Image.new("RGB", (8, 8), "green").save(image, "PNG")
    data = {
        "csrf": visitor.hidden("csrf"),
        "key": visitor.hidden("key"),
        "answer": "飞线已拆",
        "note": "请巡查",
        "contacted_at": "",
        "reason_code": "",
    }
    files: Any = {"photos": ("after.png", image.getvalue(), "image/png")}
    path = f"/console/tasks/{case.number}/resolve"
    answer = await visitor.client.post(path, data=data, files=files)
    assert answer.status_code == 303, answer.text
    (photo,) = case.rows(PhotoRow)
    assert photo.stage == "after"
    page = await visitor.sees(f"/tasks/{case.number}")
    for words in ("办理结果", "飞线已拆", "请巡查", "处理后照片"):
        assert words in page, words
    bad: Any = {"photos": ("x.png", b"no picture", "image/png")}
    again = {**data, "note": "还有一张", "key": "another-form-key"}
    answer = await visitor.client.post(f"/console/tasks/{case.number}/add", data=again, files=bad)
    assert answer.status_code == 400


async def test_the_timeline_gives_reasons_in_words_and_both_deadlines(
    case: Case, enter: Enter
) -> None:
    case.open()
    asked_for_time(case)
    case.do(tickets.extend, by="chenshuji")
    case.do(tickets.resolve, by="xiaoli")
    case.do(tickets.rate, 1, by=case.wangayi)
    case.do(tickets.explain, by=case.wangayi, reason_code="slow")
    page = await (await enter("xiaomeng")).sees(f"/tickets/{case.number}")
    for words in ("等配件或材料", "办结期限由", "改为12月20日", "非常不满意", "办得太慢", "回访"):
        assert words in page, words
    assert case.rows(SubtaskRow)[0].kind == "revisit"


async def test_who_was_faster_is_on_the_page_of_the_late_one(case: Case, enter: Enter) -> None:
    case.open()
    asked_for_time(case)
    late = await enter("zhuren")
    await late.sees(f"/tickets/{case.number}")
    case.do(tickets.extend, by="chenshuji")
    answer = await late.post(f"/tickets/{case.number}/refuse_extension")
    assert answer.status_code == 409
    assert "陈书记先做了“同意延期”" in answer.text and "已接单" in answer.text
