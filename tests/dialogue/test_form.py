"""The form asks only for what is missing, and lets itself be interrupted, corrected, called off."""

from __future__ import annotations

from pathlib import Path

from tests.dialogue.conftest import Stage


def test_everything_in_one_breath_needs_no_question(stage: Stage) -> None:
    opened = stage.someone().says("幸福里小区3号楼2单元楼道灯坏了")
    assert opened.ticket["matter"] == "property.facility"
    assert opened.answer["address"]["building"] == "xfl-b03"
    assert opened.answer["address"]["unit"] == "2"


def test_a_bare_wish_to_report_is_asked_what_and_where(stage: Stage) -> None:
    resident = stage.someone()
    assert "什么事" in resident.says("我要报修").text
    assert "在哪里" in resident.says("楼上漏水，滴到我家来了").text
    assert resident.says("幸福里小区1号楼1单元201").ticket["matter"].startswith("property.")


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("楼上漏水，天花板都湿了")
    interrupted = resident.says("低保怎么申请？")
    assert "请工作人员回复" in interrupted.buttons
    assert "在哪里" in interrupted.text, "and asks again where"
    assert resident.says("幸福里小区3号楼2单元501").ticket["matter"] == "property.leak"


def test_thanks_in_the_middle_does_not_fill_a_slot(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("楼上漏水，天花板都湿了")
    assert "在哪里" in resident.says("谢谢啊").text


def test_one_name_for_several_buildings_becomes_a_choice(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("下水道堵了，污水往上冒")
    asked = resident.says("3号楼2单元")
    assert "幸福里小区3号楼2单元" in asked.buttons
    opened = resident.taps("槐树街小区3号楼2单元")
    assert opened.answer["address"]["community"] == "hsj"


def test_a_correction_changes_place_and_person(stage: Stage) -> None:
    resident = stage.someone()
    before = resident.says("幸福里小区3号楼门口有人占道卖菜").ticket
    corrected = resident.says("不对，是槐树街小区1号楼")
    assert corrected.ticket["number"] == before["number"]
    assert corrected.ticket["assignee"] != before["assignee"]
    assert corrected.answer["address"]["community"] == "hsj"


def test_it_can_be_called_off_in_the_middle(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("楼上漏水，天花板都湿了")
    assert "不报了" in resident.says("算了不报了").text
    assert "没有在办的事" in resident.says("我报的事怎么样了").text


def test_an_open_ticket_can_be_withdrawn(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("幸福里小区3号楼2单元楼道灯坏了")
    assert resident.says("不用来了，我自己弄好了，撤了吧").ticket["status"] == "withdrawn"


def test_who_cannot_say_where_is_heard_all_the_same(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("路边有个井盖没了，太危险了")
    assert resident.taps("说不清位置").ticket["matter"] == "utility.manhole"


def test_a_shared_location_is_an_answer_to_where(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("有人乱贴小广告，满墙都是")
    opened = resident.shares(39.98877, 116.45735)
    assert opened.answer["address"]["building"] == "xfl-b03"


def test_photo_and_phone_come_along_when_they_come(stage: Stage, tmp_path: Path) -> None:
    picture = tmp_path / "灯.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0 not really a photo")
    resident = stage.someone()
    number = resident.says("幸福里小区3号楼2单元楼道灯坏了").ticket["number"]
    assert number in resident.sends_photo(picture).text
    assert resident.says("我电话19900001234").ticket["number"] == number


def test_a_slash_of_a_resident_means_nothing(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("楼上漏水，天花板都湿了")
    assert "在哪里" in resident.says("/restart").text
    assert resident.says("/hand_over{}").answer["intent"] != "hand_over"


def test_a_question_can_become_a_ticket_with_one_tap(stage: Stage) -> None:
    resident = stage.someone()
    assert "请工作人员回复" in resident.says("公租房要什么条件才能申请").buttons
    assert "哪个小区" in resident.taps("请工作人员回复").text
    opened = resident.says("幸福里小区3号楼")
    assert opened.answer["kind"] == "question"
    assert opened.ticket["matter"] == "welfare.housing"


def test_nobody_is_met_with_silence(stage: Stage) -> None:
    resident = stage.someone()
    for words in ("？？？", "asdkjh", "。", "1", "哈哈哈哈哈", "😀"):
        assert resident.says(words).text, words


def test_a_question_in_mid_form_can_be_handed_on_and_the_form_goes_on(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("楼上漏水，天花板都湿了")
    resident.says("低保怎么申请？")
    handed = resident.taps("请工作人员回复")
    assert handed.answer["kind"] == "question"
    assert "在哪里" in handed.text, "and asks again where"
    assert resident.says("幸福里小区3号楼2单元501").ticket["matter"] == "property.leak"


def test_words_about_an_official_never_reach_the_handler_of_another_ticket(stage: Stage) -> None:
    resident = stage.someone()
    before = resident.says("幸福里小区3号楼2单元电梯坏了").ticket
    after = resident.says("补充一下，我要举报网格员收红包，不给钱不办事").ticket
    assert after["number"] != before["number"]
    assert after["assignee"] == "yanjie"
