"""In and out, and the accounts page."""

from __future__ import annotations

import re

import pytest

from bot.services import accounts
from bot.store.database import Database
from bot.store.tables import LookRow
from tests.conftest import Clock
from tests.console.conftest import Enter
from tests.services.conftest import Case


@pytest.fixture
def password(sqlite: Database, clock: Clock) -> str:
    """小李's one-time password."""
    return sqlite.run(lambda session: accounts.issue(session, "xiaoli", now=clock()))


async def test_a_one_time_password_leads_to_a_new_one_and_nowhere_else(
    case: Case, enter: Enter, password: str
) -> None:
    xiaoli = await enter()
    await xiaoli.sees("/login")
    answer = await xiaoli.post("/login", staff="xiaoli", password=password, next="/console/tasks")
    assert answer.headers["location"] == "/console/tasks"
    for path in ("/", "/tasks", "/photos/a.jpg"):
        answer = await xiaoli.get(path)
        assert answer.headers["location"] == "/console/password"
    page = await xiaoli.sees("/password")
    assert "<nav" not in page
    answer = await xiaoli.post("/tasks/1/accept")
    assert answer.headers["location"] == "/console/password"
    new = "花开了我们去看看吧呀"
    for old, first, again, problem in (
        (password, new, "别的", "不一样"),
        (password, "短", "短", "10个字"),
        ("wrong", new, new, "原来的密码不对"),
    ):
        answer = await xiaoli.post("/password", old=old, new=first, again=again)
        assert problem in answer.text
    answer = await xiaoli.post("/password", old=password, new=new, again=new)
    assert answer.headers["location"] == "/console/"
    assert "我的任务" in await xiaoli.sees("/tasks")


async def test_a_wrong_password_and_an_unknown_name_read_the_same(
    enter: Enter, password: str
) -> None:
    stranger = await enter()
    await stranger.sees("/login")
    wrong = await stranger.post("/login", staff="xiaoli", password="wrong", next="")
    unknown = await stranger.post("/login", staff="nobody", password="wrong", next="")
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 403 and "set-cookie" not in wrong.headers


async def test_the_fifth_wrong_password_locks_the_door(enter: Enter, password: str) -> None:
    xiaoli = await enter()
    for _ in range(5):
        await xiaoli.post("/login", staff="xiaoli", password="wrong")
    answer = await xiaoli.post("/login", staff="xiaoli", password=password)
    assert answer.status_code == 403 and "15分钟" in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/console/",
        "/\\evil.example",
        "/\t/evil.example",
        "/console/../..//evil.example",
        "javascript:alert(1)",
        "/console@evil.example",
        "",
    ],
)
async def test_after_the_login_nobody_is_sent_elsewhere(
    enter: Enter, password: str, wanted: str
) -> None:
    xiaoli = await enter()
    answer = await xiaoli.post("/login", staff="xiaoli", password=password, next=wanted)
    assert answer.headers["location"] == "/console/"


async def test_the_cookie_is_for_this_console_and_for_no_script(
    enter: Enter, password: str
) -> None:
    for base, secure in (("http://desk.test", False), ("https://desk.test", True)):
        xiaoli = await enter(base_url=base)
        answer = await xiaoli.post("/login", staff="xiaoli", password=password)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie and "path=/console" in cookie
        assert ("secure" in cookie) is secure


async def test_a_login_ends_in_silence_and_with_leaving(enter: Enter, clock: Clock) -> None:
    xiaoli = await enter("xiaoli")
    clock.pass_(minutes=50)
    await xiaoli.sees("/tasks")
    clock.pass_(minutes=50)
    await xiaoli.sees("/tasks")  # she was there meanwhile
    clock.pass_(minutes=61)
    answer = await xiaoli.get("/tasks")
    assert answer.headers["location"] == "/console/login?next=/console/tasks"
    xiaohe = await enter("xiaohe")
    token = xiaohe.client.cookies["linli_console"]
    assert (await xiaohe.post("/logout")).status_code == 303
    xiaohe.client.cookies.set("linli_console", token, path="/console")
    assert (await xiaohe.get("/tasks")).status_code == 303  # the token itself is over


async def test_an_administrator_opens_accounts_makes_codes_and_locks(
    case: Case, enter: Enter, sqlite: Database, clock: Clock
) -> None:
    zhuren = await enter("zhuren")
    page = await zhuren.sees("/accounts")
    assert "小李" in page and "网格员" in page
    answer = await zhuren.post("/accounts/xiaoli/password")
    found = re.search(r'class="big">([\w-]+)<', answer.text)
    assert found
    attempt = sqlite.read(lambda session: accounts.check(session, "xiaoli", found[1]))
    assert attempt.matched
    answer = await zhuren.post("/accounts/xiaoli/code")
    assert re.search(r'class="big">[\w-]{6,}<', answer.text)
    assert (await zhuren.post("/accounts/xiaoli/lock")).status_code == 303
    assert sqlite.run(lambda s: accounts.log_in(s, attempt, now=clock())) is None
    assert (await zhuren.post("/accounts/zhuren/lock")).status_code == 403
    assert (await zhuren.post("/accounts/nobody/password")).status_code == 404
    made = [(row.what, row.reference) for row in case.rows(LookRow)]
    assert made == [("account", "xiaoli")] * 3
