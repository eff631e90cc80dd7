"""What people send arrives once and in order; what the desk says reaches them, whatever fails."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest

from bot.services.outbox import Button, Message
from bot.telegram import messages
from tests.telegram.conftest import Channel, a_photo, quick
from tests.telegram.fake_bot_api import ApiError, too_many

WANG, LI, LIU, GROUP = 100, 200, 300, -500


async def test_a_text_is_kept_and_answered(channel: Channel) -> None:
    async with channel.running():
        channel.api.says(WANG, "电梯坏了")
        await channel.reads(WANG, "听到：电梯坏了")
    assert channel.kept() == [{"text": "电梯坏了"}]
    assert [status for _, status in channel.sent()] == ["sent"]


async def test_ten_messages_of_one_person_stay_in_order(channel: Channel) -> None:
    async with channel.running():
        for number in range(10):
            channel.api.says(WANG, f"第{number}句")
        await channel.reads(WANG, *(f"听到：第{number}句" for number in range(10)))
    assert len(channel.api.texts(WANG)) == 10


async def test_two_people_at_once_get_their_own_answers(channel: Channel) -> None:
    async with channel.running():
        for number in range(5):
            channel.api.says(WANG, f"王{number}")
            channel.api.says(LI, f"李{number}")
        await channel.reads(WANG, *(f"王{number}" for number in range(5)))
        await channel.reads(LI, *(f"李{number}" for number in range(5)))
    assert all("王" in text for text in channel.api.texts(WANG))


async def test_a_repeated_update_changes_nothing(channel: Channel) -> None:
    async with channel.running():
        first = channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
        channel.api.repeat(first)
        channel.api.says(WANG, "还在吗")
        await channel.reads(WANG, "听到：还在吗")
    assert channel.api.texts(WANG) == ["听到：你好", "听到：还在吗"]


async def test_what_was_not_stored_is_asked_for_again(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, failures = channel.gateway.receive, [OSError("disk full")]

    async def failing(incoming: Any) -> int:
        if failures:
            raise failures.pop()
        return await receive(incoming)

    monkeypatch.setattr(channel.gateway, "receive", failing)
    async with channel.running():
        channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
    assert channel.api.texts(WANG) == ["听到：你好"]


async def test_updates_of_the_time_before_the_start_are_answered(channel: Channel) -> None:
    channel.api.webhook = "https://old.example/hook"
    channel.api.says(WANG, "昨晚发的")
    async with channel.running():
        await channel.reads(WANG, "听到：昨晚发的")


async def test_a_photo_comes_with_its_caption_and_in_its_largest_size(channel: Channel) -> None:
    async with channel.running():
        channel.api.sends_photo(WANG, a_photo(), "电梯里这个灯坏了")
        await channel.reads(WANG, "听到：电梯里这个灯坏了")
    (body,) = channel.kept()
    assert (channel.office.settings.photos / body["photo"]).is_file()


async def test_a_picture_sent_as_a_file_is_a_photo_too(channel: Channel) -> None:
    async with channel.running():
        channel.api.sends_file(WANG, a_photo(), "image/jpeg")
        await channel.until(channel.kept)
    assert list(channel.kept()[0]) == ["photo"]


async def test_a_photo_and_the_text_after_it_keep_their_order(channel: Channel) -> None:
    channel.api.faults["download"] = ["timeout"]
    async with channel.running():
        channel.api.sends_photo(WANG, a_photo())
        channel.api.says(WANG, "就是这里")
        await channel.reads(WANG, "听到：就是这里")
    assert [list(body) for body in channel.kept()] == [["photo"], ["text"]]


async def test_an_emergency_does_not_wait_for_a_photo(channel: Channel) -> None:
    channel.api.faults["download"] = ["timeout", "timeout"]
    async with channel.running():
        channel.api.sends_photo(WANG, a_photo())
        channel.api.says(WANG, "着火了！幸福里小区3号楼冒浓烟")
        await channel.reads(WANG, "119")
        assert "photo" not in channel.kept()[0]
        await channel.until(lambda: len(channel.kept()) == 2)


async def test_an_album_is_one_report_answered_once(channel: Channel) -> None:
    async with channel.running():
        colours = ("red", "green", "blue", "white")
        channel.api.sends_album(WANG, [a_photo(colour) for colour in colours], "楼道堆物")
        channel.api.says(WANG, "完了")
        await channel.reads(WANG, "听到：楼道堆物", "听到：完了")
        await channel.quiet()
    bodies = channel.kept()
    assert [sorted(body) for body in bodies] == [["photo", "text"]] + [["photo"]] * 3 + [["text"]]
    assert len({body["photo"] for body in bodies[:4]}) == 4
    # The fake engine says the same to each of the three photos without words.
    assert channel.api.texts(WANG) == ["听到：楼道堆物", "听到：/add_information", "听到：完了"]


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (b"not a photo", {}, "打不开"),
        (a_photo(), {"size": {"file_size": 30_000_000}, "only": True}, "太大了"),
    ],
)
async def test_a_photo_that_cannot_be_used_is_explained_and_its_words_are_kept(
    channel: Channel, data: bytes, more: dict[str, Any], said: str
) -> None:
    async with channel.running():
        if more.pop("only", False):  # no smaller size to fall back to
            file = {"file_id": "big", "file_unique_id": "big", "width": 9, "height": 9}
            channel.api.message(WANG, photo=[{**file, **more["size"]}], caption="漏水了")
        else:
            channel.api.sends_photo(WANG, data, "漏水了")
        await channel.reads(WANG, said)
        await channel.reads(WANG, "听到：漏水了")
    assert channel.kept() == [{"text": "漏水了"}]


async def test_a_photo_that_cannot_be_fetched_is_asked_for_again(channel: Channel) -> None:
    channel.api.faults["getFile"] = ["timeout", "dropped", ApiError(500, "Internal Server Error")]
    async with channel.running():
        channel.api.sends_photo(WANG, a_photo())
        await channel.reads(WANG, "再发一次")
    assert channel.kept() == []


async def test_a_location_and_a_phone_number(channel: Channel) -> None:
    async with channel.running():
        channel.api.shares_location(WANG, 39.9, 116.4)
        channel.api.message(WANG, contact={"phone_number": "19900000000", "first_name": "王"})
        await channel.reads(WANG, "听到：19900000000")
    assert channel.kept() == [{"location": [39.9, 116.4]}, {"text": "19900000000"}]


async def test_what_we_cannot_read_is_said_warmly(channel: Channel) -> None:
    voice = {"file_id": "v", "file_unique_id": "v", "duration": 3}
    async with channel.running():
        channel.api.message(WANG, voice=voice)
        await channel.reads(WANG, "文字、照片和位置")
        channel.api.says(WANG, "/nonsense")
        await channel.reads(WANG, "平常的话")
    assert channel.engine.heard == []


async def test_start_says_what_we_do(channel: Channel) -> None:
    async with channel.running():
        channel.api.says(WANG, "/start")
        await channel.reads(WANG, "直接写给我")
    assert [command["command"] for command in channel.api.commands] == ["start", "bind"]


@pytest.mark.parametrize("how", ["/bind {}", "/start {}", "/bind  {} "])
async def test_a_cadre_is_bound_by_a_code_and_gets_what_waited(channel: Channel, how: str) -> None:
    async with channel.running():
        channel.api.says(LIU, how.format(channel.code("liushifu").lower()))
        await channel.reads(LIU, "刘师傅，绑定好了")
        channel.api.says(LIU, "/start")
        await channel.reads(LIU, "刘师傅，您好")


async def test_a_resident_is_bound_by_a_code(channel: Channel) -> None:
    async with channel.running():
        channel.api.says(WANG, f"/bind {channel.code('wangayi')}")
        await channel.reads(WANG, "王阿姨，绑定好了")
        channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
    assert "3号楼" in channel.engine.heard[0]["metadata"]["home"]


async def test_a_code_works_once_and_a_repeated_update_is_not_a_second_time(
    channel: Channel,
) -> None:
    code = channel.code("liushifu")
    async with channel.running():
        first = channel.api.says(LIU, f"/bind {code}")
        await channel.reads(LIU, "绑定好了")
        channel.api.repeat(first)
        channel.api.says(LI, f"/bind {code}")
        await channel.reads(LI, "没有用上")
        channel.api.says(LI, "/bind")
        await channel.reads(LI, "绑定码写在后面")
    assert len(channel.api.texts(LIU)) == 1


async def test_codes_cannot_be_guessed_by_trying(channel: Channel) -> None:
    async with channel.running():
        for _ in range(11):
            channel.api.says(LI, "/bind ABCD-EFGH")
        await channel.reads(LI, *["没有用上"] * 10, "试的次数太多了")
        channel.api.says(LI, f"/bind {channel.code('liushifu')}")
        await channel.reads(LI, *["试的次数太多了"] * 2)


async def test_in_a_group_the_bot_is_silent_but_for_one_hint(channel: Channel) -> None:
    async with channel.running():
        channel.api.says(GROUP, "电梯又坏了")
        channel.api.says(GROUP, "@linli_bot 电梯又坏了")
        channel.api.says(GROUP, f"/bind {channel.code('liushifu')}")
        channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
        await channel.reads(GROUP, "私下发给我")
    assert len(channel.api.texts(GROUP)) == 1
    assert len(channel.kept()) == 1


async def test_every_tap_is_answered_and_a_long_one_comes_back_whole(channel: Channel) -> None:
    place = "say:" + "幸福里小区3号楼2单元501室" * 4
    question = Message(
        text="在哪里？", buttons=(Button("就在我家", place), Button("别处", "/skip"))
    )
    async with channel.running():
        await channel.tell(WANG, question)
        (asked,) = await channel.reads(WANG, "在哪里？")
        assert all(len(data.encode()) <= 64 for data in asked.buttons.values())
        channel.api.taps(WANG, "就在我家")
        await channel.reads(WANG, f"听到：{place[4:]}")
        await channel.until(lambda: asked.text == "在哪里？\n\n✓ 就在我家" and not asked.markup)
    assert len(channel.api.answered) == 1
    assert channel.kept() == [{"tap": place}]


async def test_a_stale_a_foreign_or_a_forged_button_does_nothing(channel: Channel) -> None:
    question = Message(text="要撤回吗？", buttons=(Button("是", "/affirm"),))
    async with channel.running():
        await channel.tell(WANG, question)
        (asked,) = await channel.reads(WANG, "要撤回吗？")
        yes = asked.buttons["是"]
        channel.api.says(WANG, "算了，说别的")
        await channel.reads(WANG, "听到：算了，说别的")
        await channel.tell(LI, Message(text="您好"))
        (other,) = await channel.reads(LI, "您好")
        for sent, data in [(asked, yes), (asked, "accept:1"), (asked, "9:9"), (other, yes)]:
            channel.api.taps_on(sent, data)
        await channel.reads(WANG, *["按钮已经过期"] * 3)
        await channel.reads(LI, "按钮已经过期")
    assert len(channel.api.answered) == 4
    assert channel.kept() == [{"text": "算了，说别的"}]


async def test_a_query_too_old_to_be_answered_is_still_done(channel: Channel) -> None:
    question = Message(text="在哪里？", buttons=(Button("就在我家", "say:3号楼"),))
    channel.api.faults["answerCallbackQuery"] = [ApiError(400, "Bad Request: query is too old")]
    async with channel.running():
        await channel.tell(WANG, question)
        await channel.reads(WANG, "在哪里？")
        channel.api.taps(WANG, "就在我家")
        await channel.reads(WANG, "听到：3号楼")


@pytest.mark.parametrize("fault", ["timeout", "dropped", ApiError(502, "Bad Gateway")])
async def test_what_fails_now_is_sent_later_and_nothing_overtakes_it(
    channel: Channel, fault: ApiError | str
) -> None:
    channel.api.faults["sendMessage"] = [fault, fault]
    async with channel.running():
        await channel.tell(WANG, *(Message(text=f"第{number}条") for number in range(4)))
        await channel.reads(WANG, "第3条")
    assert channel.api.texts(WANG) == [f"第{number}条" for number in range(4)]


async def test_a_lost_answer_of_telegram_may_double_a_message_but_never_lose_it(
    channel: Channel,
) -> None:
    channel.api.faults["sendMessage"] = ["late"]
    async with channel.running():
        await channel.tell(WANG, Message(text="一"), Message(text="二"))
        await channel.reads(WANG, "二")
    assert channel.api.texts(WANG) == ["一", "一", "二"]


async def test_429_makes_its_chat_wait_as_long_as_told_and_no_other(channel: Channel) -> None:
    channel.api.faults["sendMessage"] = [too_many(2)]
    began = time.monotonic()
    async with channel.running():
        await channel.tell(WANG, Message(text="一"), Message(text="二"))
        await channel.until(lambda: channel.api.called("sendMessage"))
        await channel.tell(LI, Message(text="三"))
        await channel.reads(LI, "三")
        assert channel.api.texts(WANG) == []
        await channel.reads(WANG, "一", "二")
    first, other = channel.api.of(WANG)[0], channel.api.of(LI)[0]
    assert first.at - began > 1.9
    assert other.at < first.at


async def test_429_in_two_chats_makes_everybody_wait(channel: Channel) -> None:
    channel.api.faults["sendMessage"] = [too_many(1), too_many(1)]
    async with channel.running():
        await channel.tell(WANG, Message(text="一"))
        await channel.tell(LI, Message(text="二"))
        await channel.until(lambda: len(channel.api.called("sendMessage")) == 2)
        asked = asyncio.get_running_loop().time()
        await channel.tell(LIU, Message(text="三"))
        await channel.reads(LIU, "三")
        assert asyncio.get_running_loop().time() - asked > 0.5


async def test_who_blocked_us_is_left_alone_and_the_others_are_served(channel: Channel) -> None:
    channel.api.blocked.add(WANG)
    async with channel.running():
        await channel.tell(WANG, Message(text="一"), Message(text="二"))
        await channel.tell(LI, Message(text="三"))
        await channel.reads(LI, "三")
        await channel.quiet()
    assert sorted(status for _, status in channel.sent()) == ["sent"] + ["undeliverable"] * 2
    assert len(channel.api.called("sendMessage")) == 3


async def test_a_long_text_comes_in_parts_and_the_buttons_below_the_last(channel: Channel) -> None:
    lines = [f"{number:04d} 幸福里小区" + "办" * 80 for number in range(120)]
    async with channel.running():
        long = Message(text="\n".join(lines), buttons=(Button("好", "say:好"),))
        await channel.tell(WANG, long)
        await channel.reads(WANG, "0119")
    sent = channel.api.of(WANG)
    assert "\n".join(part.text for part in sent) == "\n".join(lines)
    assert [bool(part.buttons) for part in sent] == [False] * (len(sent) - 1) + [True]


def test_parts_are_never_too_long_and_lose_nothing() -> None:
    text = "🏠" * 5000 + "\n" + "楼" * 9000
    found = messages.parts(text)
    assert max(map(messages.length, found)) <= 4096
    assert "".join(found) == text.replace("\n", "")


async def test_a_photo_of_ours_goes_before_its_text(channel: Channel) -> None:
    folder = channel.office.settings.photos
    folder.mkdir(parents=True)
    (folder / "lift.jpg").write_bytes(a_photo())
    async with channel.running():
        await channel.tell(LIU, Message(text="新任务", photos=("lift.jpg", "gone.jpg")))
        await channel.reads(LIU, "[照片]", "新任务")
    assert channel.api.of(LIU)[0].photo == a_photo()


async def test_a_chat_gets_one_message_a_second_and_all_together_25(channel: Channel) -> None:
    channel.pace = quick()
    channel.pace.between_messages = 0.05
    channel.pace.between_messages_of_a_chat = 0.2
    async with channel.running():
        for chat in (WANG, LI, LIU):
            await channel.tell(chat, *(Message(text=f"第{number}条") for number in range(3)))
        for chat in (WANG, LI, LIU):
            await channel.reads(chat, "第0条", "第1条", "第2条")
    for chat in (WANG, LI, LIU):
        times = [sent.at for sent in channel.api.of(chat)]
        assert all(b - a >= 0.19 for a, b in pairwise(times))
    times = [sent.at for sent in channel.api.sent]
    assert all(b - a >= 0.03 for a, b in pairwise(times))
