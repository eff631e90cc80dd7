"""The form's mind, without an engine."""

from __future__ import annotations

from typing import Any

import pytest

from actions import form
from actions.context import Said
from actions.form import Form

LIFT = ({"code": "property.elevator", "confidence": 0.9},)


def said(text: str = "", intent: str = "report", **more: Any) -> Said:
    return Said(key="k", text=text, intent=intent, **more)


def place(name: str, confidence: float = 0.9) -> dict[str, Any]:
    return {"community": "xfl", "building": name, "confidence": confidence, "said": name}


def test_words_and_place_in_one_breath_are_enough() -> None:
    filled = form.begin(said("3号楼电梯坏了", matters=LIFT, places=(place("xfl-b03"),)))
    assert filled.missing is None
    assert filled.matters == LIFT


def test_words_without_a_place_leave_where() -> None:
    assert form.begin(said("电梯坏了", matters=LIFT)).missing == "where"


@pytest.mark.parametrize(
    "text", ["我要报修", "报修", "你好，我想反映个问题", "投诉", "有事要说一下"]
)
def test_a_wish_alone_leaves_what(text: str) -> None:
    assert form.begin(said(text)).missing == "what"


def test_two_equal_places_become_a_choice() -> None:
    filled = form.begin(said("3号楼漏水", places=(place("a", 0.5), place("b", 0.5)), matters=LIFT))
    assert [place["said"] for place in filled.candidates] == ["a", "b"]
    assert [button.label for button in form.question(filled).buttons] == ["a", "b"]


def test_a_place_well_ahead_is_taken() -> None:
    filled = form.begin(said("漏水", places=(place("a", 0.85), place("b", 0.2)), matters=LIFT))
    assert filled.place and filled.place["building"] == "a"


def test_an_address_in_place_of_the_matter_is_kept_and_leaves_what() -> None:
    answer = said("3号楼2单元", "add_information", places=(place("xfl-b03"),))
    filled = form.go_on(form.begin(said("我要报修")), answer)
    assert filled and filled.missing == "what"
    complete = form.go_on(filled, said("电梯坏了", matters=LIFT))
    assert complete and (complete.what, complete.missing) == ("电梯坏了", None)


@pytest.mark.parametrize("intent", sorted(form.INTERRUPTS))
def test_a_clear_aside_is_not_for_the_form(intent: str) -> None:
    assert form.go_on(Form(what="漏水"), said("说点别的事情", intent, confidence=0.9)) is None


def test_an_unclear_aside_is_taken_as_an_answer() -> None:
    filled = form.go_on(Form(what="漏水"), said("嗯那个", "greet", confidence=0.4))
    assert filled is not None
    assert filled.asked == 1


def test_an_address_is_an_answer_whatever_the_classifier_thinks() -> None:
    filled = form.go_on(
        Form(what="漏水"), said("3号楼", "greet", confidence=1.0, places=(place("a"),))
    )
    assert filled and filled.missing is None


def test_the_second_unknown_place_is_kept_in_the_residents_words() -> None:
    asked = form.go_on(Form(what="漏水"), said("那条巷子", "add_information"))
    assert asked and asked.missing == "where"
    kept = form.go_on(asked, said("菜场后面那条", "add_information"))
    assert kept and kept.missing is None
    assert kept.place == {"detail": "菜场后面那条", "confidence": 0.0}


def test_more_about_the_matter_is_added_to_it() -> None:
    filled = form.go_on(Form(what="漏水"), said("墙皮都掉下来了", "report"))
    assert filled and filled.what == "漏水；墙皮都掉下来了"
    assert filled.missing == "where"


def test_who_cannot_say_where_may_skip() -> None:
    filled = form.go_on(Form(what="漏水"), said("/skip", "skip", payload=True))
    assert filled and filled.missing is None


def test_a_conduct_report_is_not_asked_where() -> None:
    assert form.begin(said("居委会的人收红包", "report_conduct")).missing is None


def test_a_button_hands_on_what_was_said_before() -> None:
    pending = {"text": "低保怎么办", "matters": list(LIFT), "kind": "question"}
    filled = form.begin(said("/hand_over", "hand_over", payload=True, pending=pending))
    assert (filled.what, filled.kind, filled.missing) == ("低保怎么办", "question", "where")


def test_a_photo_during_the_form_is_kept_and_counts_no_attempt() -> None:
    filled = form.go_on(
        Form(what="漏水"),
        said("/add_information", "add_information", payload=True, photos=("a.jpg",)),
    )
    assert filled and (filled.photos, filled.asked, filled.missing) == (("a.jpg",), 0, "where")


def test_a_form_survives_its_journey_as_json() -> None:
    filled = form.begin(said("电梯坏了", matters=LIFT, photos=("a.jpg",)))
    assert form.form_from(filled.as_json()) == filled


def test_danger_is_told_of_before_anybody_asks_where() -> None:
    fire = ({"code": "safety.fire", "confidence": 0.93},)
    assert form.begin(said("楼上火星子往下掉，整个阳台都红了", matters=fire)).missing is None


def test_a_guess_at_danger_is_asked_where_like_everything_else() -> None:
    perhaps = ({"code": "safety.fire", "confidence": 0.5},)
    assert form.begin(said("烤红薯的炉子冒烟", matters=perhaps)).missing == "where"


CONDUCT = ({"code": "admin.conduct", "confidence": 0.6},)


def test_a_bare_place_in_mid_form_is_no_accusation() -> None:
    answer = said("书香雅苑的", "add_information", matters=CONDUCT, places=(place("书香雅苑"),))
    assert not form.turns_to_conduct(Form(what="垃圾没人收"), answer)


def test_words_that_may_be_an_accusation_turn_the_form() -> None:
    pronoun = said("他收了我五百块", "out_of_scope", matters=CONDUCT)
    assert form.turns_to_conduct(Form(what="垃圾没人收"), pronoun)


def test_an_open_accusation_turns_the_form_whatever_the_classifier_hears() -> None:
    lamp = ({"code": "utility.streetlight", "confidence": 1.0},)
    heard = said("路灯坏了社区的人收了钱也不修", matters=lamp)
    assert form.turns_to_conduct(Form(what="路灯不亮"), heard)


LAST_NIGHT = {
    "text": "昨晚",
    "start": "2026-11-22T18:00:00+08:00",
    "end": "2026-11-23T00:00:00+08:00",
}
THE_DAY_BEFORE = {**LAST_NIGHT, "text": "前天晚上"}


def test_the_time_that_was_said_first_stands_until_it_is_corrected() -> None:
    filled = form.begin(said("昨晚楼上漏水", happened=LAST_NIGHT))
    more = form.go_on(filled, said("前天晚上也漏过", happened=THE_DAY_BEFORE))
    assert more and more.happened == LAST_NIGHT
    corrected = form.go_on(filled, said("说错了，是前天晚上", "correct", happened=THE_DAY_BEFORE))
    assert corrected and corrected.happened == THE_DAY_BEFORE


def test_a_time_in_place_of_the_place_is_kept_and_counts_no_attempt() -> None:
    filled = form.go_on(
        Form(what="漏水"), said("昨晚十点多", "add_information", happened=LAST_NIGHT)
    )
    assert filled and (filled.what, filled.happened) == ("漏水；昨晚十点多", LAST_NIGHT)
    assert (filled.missing, filled.asked) == ("where", 0)
