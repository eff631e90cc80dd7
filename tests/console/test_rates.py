"""The page of the three rates."""

from __future__ import annotations

import pytest

from bot.services import tickets
from tests.console.conftest import Enter
from tests.services.conftest import Case
from tests.services.test_rates import solve


async def test_rates_are_shown_and_lead_to_the_tickets_behind_them(
    case: Case, enter: Enter
) -> None:
    good, bad = solve(case), solve(case, level=1)
    gone = str(case.open().number)
    case.do(tickets.withdraw, by=case.wangayi)
    desk = await enter("xiaomeng")
    page = await desk.sees("/rates?by=all")
    assert "50.0%" in page and "1/2" in page and "不计入1件" in page
    page = await desk.sees("/rates?by=all&group=&rate=satisfied")
    assert f"/tickets/{good}" in page and f"/tickets/{bad}" in page and f"/tickets/{gone}" in page
    assert "居民不满意" in page and "居民撤回" in page


async def test_the_past_is_shown_as_it_was(case: Case, enter: Enter) -> None:
    solve(case, level=1)
    case.clock.pass_(days=2)
    case.do(tickets.reopen, by=case.wangayi)
    desk = await enter("zhuren")
    assert "0.0%" in await desk.sees("/rates?by=all&as_of=2026-11-23")
    assert "0.0%" not in await desk.sees("/rates?by=all&as_of=2026-11-25")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?by=person", True),
        ("?by=matter&matter=order.ebike", True),
        ("?grid=xfl-2", True),
        ("?grid=xfl-1", False),
        ("?matter=property.leak", False),
        ("?from=2026-11-24", False),
        ("?to=2026-11-22", False),
        ("?from=nonsense&to=0001-01-01&by=nothing", True),
    ],
)
async def test_rates_are_filtered(case: Case, enter: Enter, query: str, found: bool) -> None:
    solve(case)
    page = await (await enter("xiaomeng")).sees(f"/rates{query}")
    assert ("100.0%" in page) is found
    assert ("没有符合条件" in page) is not found


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("xiaomeng", True),
        ("zhuren", True),
        ("chenshuji", True),
        ("yanjie", True),
        ("xiaoli", False),
    ],
)
async def test_rates_are_for_those_who_answer_for_them(
    case: Case, enter: Enter, code: str, allowed: bool
) -> None:
    answer = await (await enter(code)).get("/rates")
    assert answer.status_code == (200 if allowed else 403)


async def test_conduct_is_for_the_discipline_contact(case: Case, enter: Enter) -> None:
    number = str(case.open("admin.conduct", kind="conduct", text="网格员收钱").number)
    query = "/rates?by=all&group=&rate=response"
    assert number in await (await enter("yanjie")).sees(query)
    for code in ("zhuren", "xiaomeng", "chenshuji"):
        assert "没有符合条件" in await (await enter(code)).sees(query)


async def test_the_same_question_is_reckoned_once_a_minute(case: Case, enter: Enter) -> None:
    solve(case, after=0)
    desk = await enter("xiaomeng")
    assert "1/1" in await desk.sees("/rates?by=all")
    solve(case, after=0)
    assert "1/1" in await desk.sees("/rates?by=all")
    case.clock.pass_(minutes=1)
    assert "2/2" in await desk.sees("/rates?by=all")
