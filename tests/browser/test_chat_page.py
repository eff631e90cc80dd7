"""The chat page in a real browser, before the real engine."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from bot.services import codes
from bot.web import app
from tests.browser.conftest import NewPage, look, serving
from tests.dialogue.conftest import Stage, start, stop

OFFLINE = "ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_CONNECTION"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    opened = start(tmp_path_factory.mktemp("stage"), with_worker=False)
    yield opened
    stop(opened)


@pytest.fixture(scope="module")
def url(stage: Stage) -> Iterator[str]:
    with serving(app.build(stage.office, stage.office.gateway())) as address:
        yield address


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of a dark stairwell, larger than needs to be sent."""
    image = Image.effect_noise((3000, 2250), 60).convert("RGB")
    ImageDraw.Draw(image).rectangle((900, 300, 2100, 2100), fill="dimgray", outline="white")
    path = tmp_path / "stairs.jpg"
    image.save(path, quality=92)
    return path


def say(page: Page, text: str) -> None:
    page.get_by_label("写给社区的话").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def told(page: Page, text: str, count: int = 1) -> None:
    expect(page.locator(".said.desk", has_text=text)).to_have_count(count, timeout=15_000)


def test_a_report_with_a_photo_and_a_tap_is_there_again_after_a_reload(
    phone: NewPage, url: str, photo: Path
) -> None:
    page = phone()
    page.goto(url)
    look(page, "chat-1-welcome")
    say(page, "电梯坏了，停在一楼不动")
    told(page, "在哪里")
    say(page, "幸福里小区3号楼")
    told(page, "编号")
    look(page, "chat-2-report")
    page.get_by_label("发照片").set_input_files(photo)
    expect(page.get_by_alt_text("要发送的照片")).to_be_visible()
    look(page, "chat-3-preview")
    page.get_by_role("button", name="发送", exact=True).click()
    told(page, "已补充")
    before = page.locator(".said .text").all_inner_texts()
    look(page, "chat-4-photo")
    page.reload()
    told(page, "已补充")
    assert page.locator(".said .text").all_inner_texts() == before
    image = page.get_by_alt_text("我发的照片")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('.mine img').naturalWidth > 0")
    assert image.evaluate("image => image.naturalWidth") == 1600
    look(page, "chat-5-reloaded")


def test_a_tapped_button_answers_and_is_used_up(phone: NewPage, url: str) -> None:
    page = phone()
    page.goto(url)
    say(page, "楼道里有人乱停电动车充电")
    choices = page.locator(".choice")
    expect(choices.first).to_be_enabled(timeout=15_000)
    look(page, "chat-6-buttons")
    label = choices.first.inner_text()
    choices.first.click()
    expect(page.locator(".said.mine").last).to_contain_text(label)
    expect(choices.first).to_be_disabled()
    expect(page.locator(".said.desk")).not_to_have_count(2, timeout=15_000)
    page.reload()
    expect(page.locator(".said.mine").last).to_contain_text(label)
    expect(page.locator(".choice").first).to_be_disabled()
    look(page, "chat-7-tapped")


def test_another_phone_sees_nothing(phone: NewPage, url: str) -> None:
    page, other = phone(), phone()
    page.goto(url)
    say(page, "你好")
    told(page, "您好，我是邻里通。家里", count=2)
    other.goto(url)
    expect(other.locator(".said")).to_have_count(1)


def test_the_keyboard_alone_is_enough(desktop: NewPage, url: str) -> None:
    page = desktop()
    page.goto(url)
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到输入框")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("写给社区的话")).to_be_focused()
    page.keyboard.type("楼道里有人乱停电动车充电")
    page.keyboard.press("Enter")
    choice = page.locator(".choice").first
    expect(choice).to_be_enabled(timeout=15_000)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if choice.evaluate("button => button === document.activeElement"):
            break
    look(page, "chat-8-keyboard")
    label = choice.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".said.mine").last).to_contain_text(label)
    expect(page.get_by_label("写给社区的话")).to_be_focused()
    page.get_by_text("更多").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("社区给您的验证码")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("更多")).to_be_focused()


def test_a_screen_reader_finds_its_way(phone: NewPage, url: str) -> None:
    page = phone()
    page.goto(url)
    expect(page.get_by_role("log", name="对话")).to_have_attribute("aria-live", "polite")
    for name in ("大字", "发送位置", "发送"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    for name in ("发照片", "写给社区的话"):
        expect(page.get_by_label(name)).to_be_attached()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, .tool, textarea")]
        .filter((e) => e.checkVisibility()).map((e) => [e.innerText, e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
    )
    assert small == []


def test_large_type_stays_after_a_reload(phone: NewPage, url: str) -> None:
    page = phone()
    page.goto(url)
    before = page.locator(".text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="大字").click()
    page.reload()
    large = page.get_by_role("button", name="大字")
    expect(large).to_have_attribute("aria-pressed", "true")
    after = page.locator(".text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert after >= 1.3 * before
    say(page, "楼道里有人乱停电动车充电")
    expect(page.locator(".choice").first).to_be_enabled(timeout=15_000)
    look(page, "chat-9-large")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_written_offline_goes_out_once_and_in_order(phone: NewPage, url: str) -> None:
    page = phone(tolerate=OFFLINE)
    page.goto(url)
    say(page, "你好")
    told(page, "您好，我是邻里通。家里", count=2)
    page.context.set_offline(True)
    expect(page.get_by_text("网络断开了")).to_be_visible()
    say(page, "谢谢")
    say(page, "电梯坏了")
    expect(page.get_by_text("没发出，连上后自动发")).to_have_count(2, timeout=15_000)
    look(page, "chat-10-offline")
    page.context.set_offline(False)
    told(page, "不客气")
    told(page, "在哪里")
    expect(page.get_by_text("网络断开了")).to_be_hidden()
    mine = [re.sub(r"\s+", "", text) for text in page.locator(".mine .text").all_inner_texts()]
    assert mine == ["你好", "谢谢", "电梯坏了"]
    page.reload()
    expect(page.locator(".mine")).to_have_count(3)


def test_what_was_not_sent_survives_a_reload(phone: NewPage, url: str) -> None:
    page = phone(tolerate=OFFLINE + "|ERR_FAILED")
    page.goto(url)
    page.route("**/api/messages", lambda route: route.abort())
    say(page, "谢谢")
    expect(page.get_by_text("没发出，连上后自动发")).to_be_visible()
    page.unroute("**/api/messages")
    page.reload()
    told(page, "不客气")
    expect(page.locator(".mine")).to_have_count(1)


def test_it_is_seen_that_an_answer_is_being_made(phone: NewPage, url: str) -> None:
    page, held = phone(), []
    page.goto(url)
    page.route("**/api/messages?*", lambda route: held.append(route))
    say(page, "谢谢")
    expect(page.get_by_text("正在处理")).to_be_visible()
    expect(page.locator(".mine .state")).to_have_text("已收到")
    look(page, "chat-15-typing")
    held[0].continue_()
    page.unroute("**/api/messages?*")
    told(page, "不客气")
    expect(page.get_by_text("正在处理")).to_be_hidden()


def test_in_an_emergency_the_number_is_one_tap_away(phone: NewPage, url: str) -> None:
    page = phone()
    page.goto(url)
    say(page, "着火了！幸福里小区3号楼2单元冒浓烟")
    expect(page.locator(".said.desk")).to_have_count(2, timeout=15_000)
    call = page.locator(".said.desk").last.get_by_role("link", name="119").first
    expect(call).to_have_attribute("href", "tel:119")
    look(page, "chat-16-emergency")


def test_what_a_colleague_does_elsewhere_appears_by_itself(
    phone: NewPage, url: str, stage: Stage
) -> None:
    page = phone()
    page.goto(url)
    say(page, "幸福里小区6号楼4单元楼上漏水，天花板湿了")
    told(page, "已派给")
    liu_shifu = stage.someone(stage.handler())
    while "接单" not in (card := liu_shifu.says("你好")).buttons:
        assert card
    liu_shifu.taps("接单")
    told(page, "已接单")
    liu_shifu.taps("完成")
    told(page, "您看解决了吗")
    page.get_by_role("button", name="解决了", exact=True).click()
    expect(page.get_by_role("button", name="非常满意")).to_be_enabled(timeout=15_000)
    look(page, "chat-17-rating")
    page.get_by_role("button", name="非常满意").click()
    told(page, "办结")


def test_a_location_is_shared(phone: NewPage, url: str) -> None:
    page = phone(geolocation={"latitude": 39.9, "longitude": 116.4}, permissions=["geolocation"])
    page.goto(url)
    page.get_by_role("button", name="发送位置").click()
    expect(page.locator(".said.mine")).to_contain_text("我的位置")
    expect(page.locator(".said.desk")).to_have_count(2, timeout=15_000)
    look(page, "chat-11-location")


def test_a_refused_location_is_no_dead_end(phone: NewPage, url: str) -> None:
    page = phone(permissions=[])
    page.goto(url)
    page.get_by_role("button", name="发送位置").click()
    expect(page.get_by_role("alert")).to_contain_text("直接写地址")


def test_what_people_write_never_becomes_markup(phone: NewPage, url: str) -> None:
    page = phone()
    page.goto(url)
    say(page, "<img src=x onerror=alert(1)><b>你好</b>")
    expect(page.locator(".said.mine")).to_contain_text("<b>你好</b>")
    expect(page.locator(".said.desk")).to_have_count(2, timeout=15_000)
    page.reload()
    expect(page.locator(".said.mine")).to_contain_text("<b>你好</b>")
    assert page.locator("b").count() == 0


def test_what_is_no_photo_is_explained(phone: NewPage, url: str, tmp_path: Path) -> None:
    page = phone(tolerate="415")
    page.goto(url)
    (tmp_path / "a.jpg").write_bytes(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100)
    page.get_by_label("发照片").set_input_files(tmp_path / "a.jpg")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator(".refused")).to_contain_text("HEIC")
    look(page, "chat-12-refused")


def test_a_code_says_who_it_is_and_the_device_can_forget(
    phone: NewPage, url: str, stage: Stage
) -> None:
    page = phone(tolerate="403")
    page.goto(url)
    say(page, "你好")
    told(page, "您好，我是邻里通。家里", count=2)
    page.get_by_text("更多").click()
    page.get_by_label("社区给您的验证码").fill("AAAA-BBBB")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("这个验证码不对")).to_be_visible()
    look(page, "chat-13-code")
    code = stage.office.database.run(
        lambda s: codes.issue(s, "wangayi", now=stage.office.desk().now)
    )
    page.get_by_label("社区给您的验证码").fill(code)
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("alert")).to_contain_text("是您本人")
    page.get_by_text("更多").click()
    expect(page.get_by_text("已确认：")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清除这台设备上的对话").click()
    expect(page.locator(".said")).to_have_count(1)


def test_in_the_dark(phone: NewPage, url: str) -> None:
    page = phone(color_scheme="dark")
    page.goto(url)
    say(page, "楼道里有人乱停电动车充电")
    expect(page.locator(".choice").first).to_be_enabled(timeout=15_000)
    look(page, "chat-14-dark")
    dark = io.BytesIO(page.screenshot())
    with Image.open(dark) as image:
        assert image.convert("L").resize((1, 1)).getpixel((0, 0)) < 100
