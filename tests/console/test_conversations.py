"""Reading what was said."""

from __future__ import annotations

import re

from bot.store.tables import LookRow
from tests.conftest import Clock
from tests.console.conftest import PHONE, Enter, say
from tests.services.conftest import Case


async def test_a_conversation_shows_how_each_turn_was_read(case: Case, enter: Enter) -> None:
    say(
        case,
        f"3号楼漏水，电话{PHONE}",
        intent="report",
        confidence=0.93,
        kind="report",
        matter="property.leak",
        reading={"matters": [{"code": "property.leak", "confidence": 0.81}]},
        actions=["action_report"],
        replies=[{"text": f"收到，会打{PHONE}", "buttons": [{"label": "撤回", "tap": "x"}]}],
        milliseconds=42,
    )
    page = await (await enter("zhuren")).sees(f"/conversations/{case.conversation}")
    for words in ("反映问题 93%", "房屋漏水渗水 81%", "action_report", "42毫秒", "撤回"):
        assert words in page, words
    assert PHONE not in page and page.count("138****5678") == 2


async def test_conversations_are_found_by_day_intent_matter_and_doubt(
    case: Case, enter: Enter, clock: Clock
) -> None:
    say(case, "电梯坏了", intent="report", confidence=0.95, matter="property.elevator")
    clock.pass_(days=1)
    say(case, "那个啥", intent="nlu_fallback", confidence=0.31)
    zhuren = await enter("zhuren")
    for query, found in (
        ("", {"电梯坏了", "那个啥"}),
        ("?since=2026-11-24", {"那个啥"}),
        ("?until=2026-11-23", {"电梯坏了"}),
        ("?intent=report", {"电梯坏了"}),
        ("?matter=property.elevator", {"电梯坏了"}),
        ("?low=1", {"那个啥"}),
        ("?since=nonsense&before=nonsense", {"电梯坏了", "那个啥"}),
    ):
        page = await zhuren.sees(f"/conversations{query}")
        assert {text for text in ("电梯坏了", "那个啥") if text in page} == found, query


async def test_long_lists_are_read_page_by_page(case: Case, enter: Enter) -> None:
    for number in range(60):
        say(case, f"第{number}句。")
    zhuren = await enter("zhuren")
    page = await zhuren.sees("/conversations")
    assert "第59句。" in page and "第9句。" not in page
    older = re.search(r'href="/console(/conversations\?before=\d+)"', page)
    assert older
    page = await zhuren.sees(older[1])
    assert "第9句。" in page and "第59句。" not in page
    page = await zhuren.sees(f"/conversations/{case.conversation}")
    assert "第59句。" in page and "更早的话" in page
    page = await zhuren.sees(f"/conversations/{case.conversation}?at=5")
    assert "第4句。" in page and "第5句。" not in page and "最新的话" in page


async def test_the_original_is_shown_once_for_a_reason(case: Case, enter: Enter) -> None:
    say(case, f"电话{PHONE}")
    case.open(phone=PHONE)
    zhuren = await enter("zhuren")
    for path in (f"/conversations/{case.conversation}", f"/tickets/{case.number}"):
        assert PHONE not in await zhuren.sees(path)
        answer = await zhuren.post(f"{path}/look", reason=" ")
        assert answer.status_code == 400 and PHONE not in answer.text
        answer = await zhuren.post(f"{path}/look", reason="回访核实")
        assert answer.status_code == 200 and PHONE in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert PHONE not in await zhuren.sees(path)
    looks = [(row.staff, row.what, row.reference, row.reason) for row in case.rows(LookRow)]
    assert looks == [
        ("zhuren", "conversation", str(case.conversation), "回访核实"),
        ("zhuren", "ticket", case.number, "回访核实"),
    ]
    page = await zhuren.sees("/looks")
    assert page.count("回访核实") == 2 and "主任" in page and case.number in page
