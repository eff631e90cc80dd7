"""Reports about the conduct of officials: for the discipline contact alone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.services import tickets
from bot.store.tables import LookRow
from tests.conftest import Clock
from tests.console.conftest import ONE_OF_EACH, Enter, say
from tests.services.conftest import Case

BUT_YANJIE = sorted(set(ONE_OF_EACH.values()) - {"yanjie"})


@pytest.fixture
def conduct(case: Case) -> Case:
    """A conduct report with a photo, and the words it was made with."""
    case.open("admin.conduct", kind="conduct", text="收红包", photos=("secret.jpg",))
    ticket_id = case.ticket().id
    say(case, "他收红包", confidential=True, ticket_id=ticket_id, intent="report_conduct")
    return case


@pytest.mark.parametrize("code", BUT_YANJIE)
async def test_a_conduct_report_is_invisible_to_everybody_else(
    conduct: Case, enter: Enter, office: Any, code: str
) -> None:
    office.settings.photos.mkdir()
    (office.settings.photos / "secret.jpg").write_bytes(b"photo")
    visitor = await enter(code)
    before = conduct.everything()
    number, id = conduct.number, conduct.conversation
    for path in (
        "/tasks",
        "/tickets?status=all",
        "/tickets?status=all&text=红包",
        "/conversations",
    ):
        page = (await visitor.get(path)).text
        assert f"/{number}" not in page and "收红包" not in page and "report_conduct" not in page
    unknown = await visitor.get("/tasks/20200101-0001")
    for path in (
        f"/tasks/{number}",
        f"/tickets/{number}",
        f"/conversations/{id}",
        "/photos/secret.jpg",
    ):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.text) == (403, unknown.text), path
    await visitor.get("/password")
    for path, fields in (
        (f"/tasks/{number}/accept", {}),
        (f"/tasks/{number}/phone", {}),
        (f"/tickets/{number}/assign", {"to": code}),
        (f"/tickets/{number}/resolve", {"answer": "办好了"}),
        (f"/tickets/{number}/look", {"reason": "核实"}),
        (f"/conversations/{id}/look", {"reason": "核实"}),
    ):
        answer = await visitor.post(path, key="some-form-key", **fields)
        assert (answer.status_code, answer.text) == (403, unknown.text), path
    assert conduct.everything() == before and not conduct.rows(LookRow)


async def test_the_discipline_contact_works_on_a_conduct_report(
    conduct: Case, enter: Enter, office: Any
) -> None:
    office.settings.photos.mkdir()
    (office.settings.photos / "secret.jpg").write_bytes(b"photo")
    number = conduct.number
    yanjie = await enter("yanjie")
    assert number in await yanjie.sees("/tasks")
    assert number in await yanjie.sees("/tickets")
    assert "他收红包" in await yanjie.sees("/conversations")
    assert "他收红包" in await yanjie.sees(f"/conversations/{conduct.conversation}")
    photo = await yanjie.get("/photos/secret.jpg")
    assert photo.content == b"photo" and photo.headers["x-content-type-options"] == "nosniff"
    page = await yanjie.sees(f"/tickets/{number}")
    assert 'value="xiaoli"' not in page
    answer = await yanjie.post(f"/tickets/{number}/assign", to="xiaoli")
    assert answer.status_code == 403
    answer = await yanjie.post(f"/tickets/{number}/accept")
    assert answer.status_code == 303 and conduct.ticket().status == "accepted"


async def test_the_discipline_contact_sees_nothing_else(case: Case, enter: Enter) -> None:
    case.open()
    say(case, "有人飞线充电")
    yanjie = await enter("yanjie")
    assert case.number not in await yanjie.sees("/tickets?status=all")
    assert "飞线" not in await yanjie.sees("/conversations")
    for path in (f"/tickets/{case.number}", f"/conversations/{case.conversation}"):
        assert (await yanjie.get(path)).status_code == 403


async def test_a_mixed_conversation_shows_each_reader_their_part(
    conduct: Case, enter: Enter, clock: Clock
) -> None:
    clock.pass_(hours=3)
    say(conduct, "楼道灯坏了")
    page = await (await enter("zhuren")).sees(f"/conversations/{conduct.conversation}")
    assert "楼道灯坏了" in page and "红包" not in page
    page = await (await enter("yanjie")).sees(f"/conversations/{conduct.conversation}")
    assert "楼道灯坏了" not in page and "红包" in page


async def test_the_talk_of_a_ticket_that_became_confidential_is_hidden_as_well(
    case: Case, enter: Enter
) -> None:
    case.open(text="物业经理态度差")
    say(case, "物业经理态度差", ticket_id=case.ticket().id)
    number = case.number
    zhuren = await enter("zhuren")
    assert number in await zhuren.sees(f"/conversations/{case.conversation}")
    case.do(tickets.correct, by=case.wangayi, text="他收钱", matter="admin.conduct")
    page = await zhuren.get(f"/conversations/{case.conversation}")
    assert (page.status_code, number in page.text) == (403, False)


async def test_the_log_of_looks_does_not_tell_of_conduct_reports(
    conduct: Case, enter: Enter
) -> None:
    yanjie = await enter("yanjie")
    await yanjie.sees(f"/tickets/{conduct.number}")
    await yanjie.post(f"/tickets/{conduct.number}/look", reason="核实红包")
    await yanjie.post(f"/conversations/{conduct.conversation}/look", reason="核实红包")
    assert len(conduct.rows(LookRow)) == 2
    page = await (await enter("zhuren")).sees("/looks")
    assert "严姐" in page and "（保密）" in page
    assert conduct.number not in page and "红包" not in page
