"""王阿姨's lift, from her first word to her thanks, in two chats, through the real engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.store.tables import ConversationRow, PhotoRow, TicketRow
from tests.dialogue.conftest import Stage, stage
from tests.telegram.conftest import Channel, a_photo
from tests.telegram.fake_bot_api import TOKEN

__all__ = ["stage"]

WANG, ENGINEER = 100, 200


@pytest.fixture
async def channel(stage: Stage) -> AsyncIterator[Channel]:
    """The channel of the stage, running."""
    settings = replace(stage.office.settings, telegram_token=TOKEN)
    office = replace(stage.office, settings=settings)
    opened = Channel(office=office, gateway=office.gateway())
    async with opened.running():
        yield opened


def ticket_of(channel: Channel, chat: int) -> TicketRow:
    query = (
        select(TicketRow)
        .join(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
        .where(ConversationRow.channel == "telegram", ConversationRow.peer == str(chat))
    )
    return channel.office.database.read(lambda session: session.scalars(query).one())


async def test_wang_ayi_reports_a_lift_and_rates_the_repair(channel: Channel) -> None:
    api = channel.api
    api.says(WANG, f"/bind {channel.code('wangayi')}")
    await channel.reads(WANG, "王阿姨，绑定好了")

    api.sends_photo(WANG, a_photo(), "电梯坏了，停在一楼不动")
    await channel.reads(WANG, "在哪里")
    api.taps(WANG, "就在我家")
    await channel.reads(WANG, "编号")
    ticket = ticket_of(channel, WANG)
    assert (ticket.matter, ticket.status) == ("property.elevator", "assigned")
    photos = select(PhotoRow.path).where(PhotoRow.ticket_id == ticket.id)
    assert len(channel.office.database.read(lambda s: list(s.scalars(photos)))) == 1

    # 刘师傅 by day, 宋师傅 by night: whoever is on duty while this test runs.
    api.says(ENGINEER, f"/start {channel.code(str(ticket.assignee))}")
    number = str(ticket.number)
    await channel.reads(ENGINEER, "绑定好了")
    (card,) = await channel.reads(ENGINEER, f"新任务 {number}")
    api.taps(ENGINEER, "接单")
    await channel.reads(WANG, "已接单")
    await channel.until(lambda: card.text.endswith("✓ 接单") and not card.markup)
    await channel.reads(ENGINEER, f"您已接单 {number}")
    api.taps(ENGINEER, "完成")

    await channel.reads(WANG, "解决了吗")
    api.taps(WANG, "解决了")
    await channel.reads(WANG, "满意吗")
    api.taps(WANG, "满意")
    await channel.reads(WANG, "谢谢您，这件事就办结了")
    await channel.reads(ENGINEER, f"{number} 居民评价：满意")

    closed = ticket_of(channel, WANG)
    assert (closed.status, closed.solved, closed.satisfaction) == ("closed", True, 4)
    assert len(api.answered) == 5


async def test_a_nameless_residents_album_is_one_report(channel: Channel) -> None:
    api, someone = channel.api, 300
    colours = ("red", "green", "blue")
    api.sends_album(someone, [a_photo(c) for c in colours], "幸福里小区2号楼门口垃圾堆成山了")
    await channel.reads(someone, "编号", "已补充到编号")
    await channel.quiet()
    ticket = ticket_of(channel, someone)
    photos = select(PhotoRow.path).where(PhotoRow.ticket_id == ticket.id)
    assert len(channel.office.database.read(lambda s: list(s.scalars(photos)))) == 3
    assert len(api.texts(someone)) == 2, "what was added is said once"


async def test_the_second_of_two_who_tap_sees_who_has_it(channel: Channel) -> None:
    api, resident, xiao_li = channel.api, 400, 500
    api.says(xiao_li, f"/bind {channel.code('xiaoli')}")
    await channel.reads(xiao_li, "绑定好了")
    api.says(resident, "幸福里小区3号楼后面有人占道卖菜，路都堵死了")
    await channel.reads(resident, "编号")
    number = str(ticket_of(channel, resident).number)
    (card,) = await channel.reads(xiao_li, f"新任务 {number}")
    accept = card.buttons["接单"]
    api.taps_on(card, accept)
    api.taps_on(card, accept)
    await channel.reads(xiao_li, f"您已接单 {number}", "这一步已经办过了")
    await channel.quiet()
    assert card.text.endswith("✓ 接单")
    assert ticket_of(channel, resident).status == "accepted"
