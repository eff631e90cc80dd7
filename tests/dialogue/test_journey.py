"""Whole journeys through the real engine and the real actions; they read like chat."""

from __future__ import annotations

from bot.desk.community import Role
from tests.dialogue.conftest import Stage


def test_wang_ayi_reports_a_lift_and_rates_the_repair(stage: Stage) -> None:
    wang_ayi = stage.someone("wangayi")

    assert "在哪里" in wang_ayi.says("电梯坏了，停在一楼不动").text
    opened = wang_ayi.taps("就在我家")
    number = opened.ticket["number"]
    assert opened.ticket["matter"] == "property.elevator"
    handler = stage.office.registers.current().community.person(stage.handler())
    assert opened.ticket["assignee"] == handler.code
    assert handler.holds(Role.PROPERTY)
    assert number in opened.text
    assert handler.name in opened.text
    liu_shifu = stage.someone(handler.code)

    assert number in stage.someone("xiaoli").says("你好").text, "her grid worker looks on"
    assert "接单" in liu_shifu.says("你好").buttons
    assert "完成" in liu_shifu.taps("接单").buttons
    assert "已接单" in wang_ayi.says("谢谢").text
    assert liu_shifu.taps("完成").ticket["status"] == "resolved"

    asked = wang_ayi.says("在吗")
    assert "解决了吗" in asked.text
    assert "非常满意" in wang_ayi.taps("解决了").buttons
    closed = wang_ayi.taps("满意")
    assert closed.ticket["status"] == "closed"
    assert "满意" in liu_shifu.says("好的").text


def test_a_grid_worker_gets_what_is_the_grid_workers(stage: Stage) -> None:
    neighbour, xiao_li = stage.someone(), stage.someone("xiaoli")
    opened = neighbour.says("幸福里小区3号楼后面有人占道卖菜，路都堵死了")
    assert opened.ticket["assignee"] == "xiaoli"
    number = opened.ticket["number"]
    while number not in (card := xiao_li.says("你好")).text:
        pass
    assert "接单" in card.buttons
    assert xiao_li.taps("接单").ticket["status"] == "accepted"
    assert xiao_li.taps("完成").ticket["status"] == "resolved"
    assert neighbour.says("非常满意").ticket["status"] == "closed"


def test_a_responsible_party_member_gets_what_needs_a_neighbour(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("我妈一个人住，想有人隔三差五来看看她")
    opened = resident.says("幸福里小区1号楼2单元101")
    handler = stage.office.registers.current().community.person(opened.ticket["assignee"])
    assert any(post.role.value == "party_member" for post in handler.posts)


def test_it_is_not_solved_and_goes_back_once(stage: Stage) -> None:
    resident, guo = stage.someone(), stage.someone("guojingli")
    number = resident.says("翠湖苑5号楼楼道灯不亮，黑灯瞎火").ticket["number"]
    handler = stage.someone(resident.says("我报的事怎么样了").ticket["assignee"])
    while number not in handler.says("你好").text:
        pass
    handler.taps("接单")
    handler.taps("完成")
    again = resident.says("根本没修好，还是不亮")
    assert again.ticket["status"] == "assigned"
    assert "重办" in again.text
    assert guo is not None


def test_somebody_elses_task_cannot_be_taken(stage: Stage) -> None:
    resident, lao_zhang = stage.someone(), stage.someone("laozhang")
    number = resident.says("幸福里小区2号楼门口垃圾堆成山了").ticket["number"]
    lao_zhang.says("你好")
    refused = stage.loop.run(
        lao_zhang.talk.say({"text": "接单", "button": "接单"}, update_id=f"forged-{number}")
    )
    assert refused["ticket"] is None or refused["ticket"]["number"] != number
