"""The console as a cadre and an administrator meet it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.bootstrap import Office
from bot.console.app import build
from bot.desk.community import Community
from bot.desk.people import Person
from bot.services import accounts, tickets
from bot.services.places import Registers
from bot.settings import Settings
from bot.store.database import Database
from tests.browser.conftest import NewPage, look, serving
from tests.conftest import Clock
from tests.console.conftest import say
from tests.services.conftest import Case, meet

PHONE = "13812345678"
NEW = "花开了我们去看看吧呀"


@pytest.fixture
def case(sqlite: Database, demo: Community) -> Case:
    """Real time: the browser itself knows when a cookie is over."""
    clock = Clock(datetime.now(timezone.utc))
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    return Case(sqlite, demo, clock, Person(resident_id=speaker.resident_id), conversation)


@pytest.fixture
def address(sqlite: Database, case: Case, tmp_path: Path) -> Iterator[str]:
    """A console with a ticket of 小李 that has a photo, and a talk."""
    settings = Settings(data_dir=tmp_path, models=tmp_path, database_url=sqlite.url)
    settings.photos.mkdir()
    Image.new("RGB", (640, 480), (150, 130, 110)).save(settings.photos / "wire.jpg")
    fill(case)
    office = Office(settings=settings, database=sqlite, registers=Registers(sqlite))
    app = Starlette(routes=[Mount("/console", app=build(office, case.clock))])
    with serving(app) as url:
        yield f"{url}/console"


def fill(case: Case) -> None:
    case.open("environment.garbage", text="楼下垃圾桶满了三天没人清，都招苍蝇了")
    case.do(tickets.assign, "xiaoli", by="xiaomeng")
    case.open("property.leak", text="楼上漏水，把我家天花板泡了", phone="13900001111")
    case.do(tickets.assign, "xiaoli", by="xiaomeng")
    case.do(tickets.accept, by="xiaoli")
    case.open(text=f"3号楼2单元门口有人飞线充电，电话{PHONE}", phone=PHONE, photos=("wire.jpg",))
    case.do(tickets.assign, "xiaoli", by="xiaomeng")
    say(
        case,
        f"3号楼2单元门口有人飞线充电，电话{PHONE}",
        intent="report",
        confidence=0.97,
        kind="report",
        matter="order.ebike",
        reading={
            "matters": [
                {"code": "order.ebike", "confidence": 0.88},
                {"code": "safety.hazard", "confidence": 0.07},
            ]
        },
        actions=["report_form", "action_open_ticket"],
        replies=[
            {
                "text": f"收到，编号 {case.number}，已派给网格员小李。",
                "buttons": [{"label": "撤回", "tap": "x"}],
            }
        ],
        ticket_id=case.ticket().id,
        milliseconds=38,
    )
    say(
        case,
        "那个啥时候能弄",
        intent="nlu_fallback",
        confidence=0.34,
        actions=["utter_ask_again"],
        replies=[{"text": "我没太听明白，您是想问进度吗？"}],
        milliseconds=21,
    )


def log_in(page: Page, address: str, case: Case, code: str) -> None:
    """With a one-time password, which has to be changed first."""
    password = case.database.run(lambda s: accounts.issue(s, code, now=case.clock()))
    page.goto(f"{address}/")
    page.get_by_label("账号").fill(code)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="设一个新密码")).to_be_visible()
    page.get_by_label("原来的密码").fill(password)
    page.get_by_label("新密码（").fill(NEW)
    page.get_by_label("新密码再输一次").fill(NEW)
    look(page, f"console-password-{code}")
    page.get_by_role("button", name="保存").click()


def fits(page: Page) -> None:
    """Nothing hangs out of the screen, and whatever is tapped is large enough for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('button, summary, nav a, a.button, input:not([type=hidden])"
        ":not([type=checkbox]), select')]"
        ".map(e => [e.textContent, e.getBoundingClientRect().height])"
        ".filter(([_, height]) => height > 0 && height < 44)"
    )
    assert not small


def test_a_cadre_accepts_and_resolves_on_a_phone(phone: NewPage, address: str, case: Case) -> None:
    page = phone()
    page.goto(f"{address}/")
    look(page, "console-login-phone")
    log_in(page, address, case, "xiaoli")
    expect(page.get_by_role("heading", name="我的任务")).to_contain_text("3件")
    look(page, "console-tasks-phone")
    fits(page)
    page.locator(f'a[href$="/tasks/{case.number}"]').click()
    expect(page.locator(".photos img")).to_have_js_property("naturalWidth", 640)
    assert PHONE not in page.content()
    look(page, "console-task-phone")
    fits(page)
    page.get_by_role("button", name="显示电话和原文").click()
    expect(page.get_by_role("link", name=f"拨打 {PHONE}")).to_have_attribute("href", f"tel:{PHONE}")
    look(page, "console-task-call-phone")
    page.get_by_role("button", name="接单").click()
    expect(page.get_by_role("status")).to_contain_text("接单成功")
    page.get_by_role("button", name="已联系居民").click()
    expect(page.get_by_role("status")).to_contain_text("已联系")
    page.locator("summary", has_text="完成").click()
    page.get_by_label("怎么办的").fill("已拆除飞线，劝车主到充电棚充电")
    look(page, "console-resolve-phone")
    fits(page)
    page.get_by_role("button", name="确定完成").click()
    expect(page.get_by_role("status")).to_contain_text("已反馈")
    assert case.ticket().status == "resolved"
    look(page, "console-done-phone")
    page.goto(f"{address}/tasks")
    expect(page.get_by_role("heading", name="我的任务")).to_contain_text("2件")


def test_an_administrator_reads_a_conversation(desktop: NewPage, address: str, case: Case) -> None:
    page = desktop()
    log_in(page, address, case, "zhuren")
    expect(page.get_by_role("heading", name="工单", exact=True)).to_be_visible()
    look(page, "console-tickets")
    page.get_by_role("link", name="对话").click()
    page.get_by_label("只看把握不大的").check()
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".rows > li")).to_have_count(1)
    page.goto(f"{address}/conversations")
    look(page, "console-conversations")
    page.locator(".rows a").first.click()
    expect(page.locator(".talk")).to_contain_text("反映问题 97%")
    assert PHONE not in page.content()
    look(page, "console-conversation")
    page.locator("summary", has_text="查看原文").click()
    page.get_by_label("为什么要看").fill("回访核实")
    page.get_by_role("button", name="查看一次").click()
    expect(page.locator(".talk")).to_contain_text(PHONE)
    page.get_by_role("link", name="查看记录").click()
    expect(page.locator("tbody tr")).to_contain_text(["回访核实"])
    look(page, "console-looks")
    page.get_by_role("link", name="账号").click()
    page.get_by_role("button", name="给小何开账号").click()
    expect(page.locator(".big")).to_be_visible()
    look(page, "console-accounts")


def test_the_desk_hands_a_ticket_over_with_the_keyboard(
    desktop: NewPage, address: str, case: Case
) -> None:
    page = desktop()
    log_in(page, address, case, "xiaomeng")
    page.goto(f"{address}/tickets/{case.number}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("summary", has_text="派单").focus()
    page.keyboard.press("Enter")
    page.get_by_label("派给谁").select_option("xiaohe")
    look(page, "console-ticket")
    page.get_by_role("button", name="确定派单").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已派出")
    assert case.ticket().assignee == "xiaohe"


@pytest.mark.parametrize("name", ["tickets", "conversations", "accounts", "looks"])
def test_the_desks_pages_fit_a_phone_too(
    phone: NewPage, address: str, case: Case, name: str
) -> None:
    page = phone()
    log_in(page, address, case, "zhuren")
    page.goto(f"{address}/{name}")
    look(page, f"console-{name}-phone")
    fits(page)
