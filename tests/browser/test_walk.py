"""The walk of the README: a resident, a cadre and an administrator, each at their own door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from bot.bootstrap import utc_now
from bot.cli.serve import web_app
from bot.services import accounts
from tests.browser.conftest import NewPage, look, serving
from tests.dialogue.conftest import Stage, start, stop

PASSWORD = "花开了我们去看看吧呀"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    opened = start(tmp_path_factory.mktemp("walk"), with_worker=True)
    yield opened
    stop(opened)


@pytest.fixture
def url(stage: Stage) -> Iterator[str]:
    with serving(web_app(stage.office)) as address:
        yield address


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """The doors of a lift that stands still."""
    image = Image.new("RGB", (1200, 900), (206, 200, 190))
    draw = ImageDraw.Draw(image)
    draw.rectangle((330, 120, 870, 900), fill=(120, 126, 132), outline=(80, 84, 88), width=12)
    draw.rectangle((595, 120, 605, 900), fill=(60, 64, 68))
    draw.rectangle((960, 420, 1030, 560), fill=(90, 94, 98))
    draw.ellipse((978, 440, 1012, 474), fill=(200, 60, 50))
    path = tmp_path / "lift.jpg"
    image.save(path, quality=90)
    return path


def test_a_lift_is_reported_repaired_rated_and_reviewed(
    url: str, phone: NewPage, desktop: NewPage, stage: Stage, photo: Path
) -> None:
    resident = phone()
    resident.goto(url)
    say(resident, "电梯坏了，停在一楼不动")
    told(resident, "在哪里")
    say(resident, "幸福里小区3号楼2单元")
    told(resident, "编号")
    resident.get_by_label("发照片").set_input_files(photo)
    resident.get_by_role("button", name="发送", exact=True).click()
    told(resident, "已补充")
    look(resident, "walk-1-report")

    cadre = phone()
    log_in(cadre, url, stage, stage.handler())
    cadre.locator('a[href*="/tasks/2"]').first.click()
    expect(cadre.locator(".photos img")).to_be_visible()
    look(cadre, "walk-2-task")
    cadre.get_by_role("button", name="接单").click()
    expect(cadre.get_by_role("status")).to_contain_text("接单成功")
    told(resident, "已接单")
    cadre.locator("summary", has_text="完成").click()
    cadre.get_by_label("怎么办的").fill("换了门机皮带，已试运行")
    look(cadre, "walk-3-done")
    cadre.get_by_role("button", name="确定完成").click()

    told(resident, "解决了吗")
    resident.get_by_role("button", name="解决了", exact=True).click()
    told(resident, "满意吗")
    resident.get_by_role("button", name="非常满意", exact=True).click()
    told(resident, "办结")
    look(resident, "walk-4-rated")

    administrator = desktop()
    log_in(administrator, url, stage, "zhuren")
    administrator.get_by_role("link", name="对话").first.click()
    administrator.locator(".rows a").first.click()
    expect(administrator.locator(".talk")).to_contain_text("电梯坏了，停在一楼不动")
    expect(administrator.locator(".talk")).to_contain_text("电梯故障")
    expect(administrator.locator(".talk")).to_contain_text("非常满意")
    administrator.evaluate("scrollTo(0, 0)")
    look(administrator, "walk-5-review")


def say(page: Page, text: str) -> None:
    page.get_by_label("写给社区的话").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def told(page: Page, text: str) -> None:
    expect(page.locator(".said.desk", has_text=text).last).to_be_visible(timeout=20_000)


def log_in(page: Page, url: str, stage: Stage, code: str) -> None:
    password = stage.office.database.run(lambda s: accounts.issue(s, code, now=utc_now()))
    page.goto(f"{url}/console/")
    page.get_by_label("账号").fill(code)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("原来的密码").fill(password)
    page.get_by_label("新密码（").fill(PASSWORD)
    page.get_by_label("新密码再输一次").fill(PASSWORD)
    page.get_by_role("button", name="保存").click()
