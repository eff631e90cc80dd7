"""The page of hot topics."""

from __future__ import annotations

import re

import pytest

from bot.services import tickets
from bot.store.tables import TicketRow, TopicRow
from tests.console.conftest import Enter
from tests.services.conftest import Case
from tests.services.test_topics import keep, many, topic


async def test_a_week_without_topics_says_so(case: Case, enter: Enter) -> None:
    assert "没有三个人以上" in await (await enter("xiaomeng")).sees("/topics")


async def test_the_desk_sees_topics_and_what_is_behind_them(case: Case, enter: Enter) -> None:
    ids = many(case, ["洗车行水枪太吵，我电话13812345678", "洗车行水枪", "洗车行水枪响"])
    keep(case, topic(ids))
    page = await (await enter("xiaomeng")).sees("/topics")
    assert "幸福里：洗车行、水枪" in page and "3人反映" in page
    assert "138****5678" in page and "13812345678" not in page
    for row in case.rows(TicketRow):
        assert f"/tickets/{row.number}" in page


@pytest.mark.parametrize(
    ("code", "allowed"),
    [("xiaomeng", True), ("zhuren", True), ("chenshuji", True), ("xiaoli", False)],
)
async def test_topics_are_for_those_who_may_make_tasks(
    case: Case, enter: Enter, code: str, allowed: bool
) -> None:
    answer = await (await enter(code)).get("/topics")
    assert answer.status_code == (200 if allowed else 403)


async def test_a_topic_becomes_a_task_once(case: Case, enter: Enter) -> None:
    (row,) = keep(case, topic(many(case)))
    desk = await enter("xiaomeng")
    await desk.sees("/topics")
    for _ in range(2):  # the same form twice is one deed
        answer = await desk.post(f"/topics/{row.id}/task", owner="xiaoli")
        assert answer.headers["location"] == "/console/topics?done=topic"
    task = case.rows(TicketRow)[-1]
    assert task.assignee == "xiaoli" and len(case.rows(TicketRow)) == 5
    assert f"已立项 {task.number}" in await desk.sees("/topics")
    mine = await (await enter("xiaoli")).sees(f"/tasks/{task.number}")
    assert "未诉先办" in mine


async def test_a_secretary_makes_a_task_and_sees_only_their_own_tickets(
    case: Case, enter: Enter
) -> None:
    (row,) = keep(case, topic(many(case)))
    secretary = await enter("chenshuji")
    page = await secretary.sees("/topics")
    assert "4人反映" in page and "洗车行" in page
    assert not re.search(r"/tasks/\d{8}-", page)  # none of the four is theirs
    answer = await secretary.post(f"/topics/{row.id}/task", owner="chenshuji")
    assert answer.status_code == 303
    assert case.rows(TopicRow)[0].ticket_id
    assert re.search(r"/tasks/\d{8}-0005", await secretary.sees("/topics"))


@pytest.mark.parametrize(
    ("path", "owner", "code"),
    [("999", "xiaoli", 404), ("x", "xiaoli", 404), ("1", "nobody", 404), ("1", "", 400)],
)
async def test_a_task_needs_a_topic_and_an_owner(
    case: Case, enter: Enter, path: str, owner: str, code: int
) -> None:
    keep(case, topic(many(case)))
    desk = await enter("xiaomeng")
    await desk.sees("/topics")
    answer = await desk.post(f"/topics/{path}/task", owner=owner)
    assert answer.status_code == code
    assert case.rows(TopicRow)[0].ticket_id is None


async def test_conduct_is_never_seen_among_topics(case: Case, enter: Enter) -> None:
    keep(case, topic(many(case)))
    case.do(tickets.refile, by="zhuren", matter="admin.conduct")
    page = await (await enter("xiaomeng")).sees("/topics")
    assert case.number not in page and "看3件工单" in page


async def test_an_earlier_week_can_be_looked_at(case: Case, enter: Enter) -> None:
    keep(case, topic(many(case)))
    case.clock.pass_(weeks=1)
    keep(case, topic(many(case, ["路灯坏了", "路灯不亮", "没有路灯"])))
    desk = await enter("xiaomeng")
    assert "3人反映" in await desk.sees("/topics")
    assert "4人反映" in await desk.sees("/topics?week=2026-11-23")
    assert "没有三个人以上" in await desk.sees("/topics?week=2020-01-06")
    assert "3人反映" in await desk.sees("/topics?week=nonsense")
