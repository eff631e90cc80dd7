"""Emergencies are answered by rule, before the engine and without it."""

from __future__ import annotations

from tests.dialogue.conftest import Stage


def test_the_number_comes_first_and_the_duty_person_is_paged(stage: Stage) -> None:
    resident = stage.someone()
    heard = resident.says("着火了！幸福里小区3号楼冒浓烟")
    assert heard.answer["emergency"]
    assert "119" in heard.texts[0]
    assert heard.answer["urgency"] == "emergency"
    assert heard.answer["address"]["building"] == "xfl-b03"
    duty = stage.someone(heard.ticket["assignee"])
    assert heard.ticket["number"] in duty.says("在").text


def test_the_place_may_come_afterwards(stage: Stage) -> None:
    resident = stage.someone()
    number = resident.says("家里一股煤气味，头晕").ticket["number"]
    later = resident.says("槐树街小区1号楼1单元")
    assert later.ticket["number"] == number
    assert later.answer["address"]["building"].startswith("hsj")
