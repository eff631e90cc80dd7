"""Several matters in one message, and what the resident wants done with them."""

from __future__ import annotations

from typing import Any

import pytest

from actions import form, parts
from actions.context import Said
from bot.desk import kinds

LEAK, PARKING = "property.leak", "order.parking"


def clause(
    text: str, code: str, confidence: float = 0.9, *more: tuple[str, float], place: Any = None
) -> dict[str, Any]:
    ranked = ((code, confidence), *more)
    matters = [{"code": c, "confidence": n} for c, n in ranked]
    return {"text": text, "matters": matters, "places": [place] if place else []}


def said(*clauses: dict[str, Any], **more: Any) -> Said:
    text = "，还有".join(c["text"] for c in clauses) or "好"
    matters = tuple(clauses[0]["matters"]) if clauses else ()
    return Said(
        **{
            "key": "k",
            "text": text,
            "intent": "report",
            "matters": matters,
            "clauses": clauses,
            **more,
        }
    )


def place(building: str) -> dict[str, Any]:
    return {
        "community": "xfl",
        "estate": "幸福里小区",
        "building": building,
        "confidence": 0.9,
        "said": building,
    }


TWO = said(clause("厨房漏水", LEAK), clause("停车堵门", PARKING))


def answer(text: str = "", intent: str = "", **more: Any) -> Said:
    return Said(key="k2", text=text, intent=intent, **more)


def texts(found: tuple[parts.Part, ...] | None) -> list[str] | None:
    return None if found is None else [part["text"] for part in found]


def test_two_clear_matters_are_two() -> None:
    assert texts(parts.find(TWO)) == ["厨房漏水", "停车堵门"]


@pytest.mark.parametrize(
    "second",
    [
        clause("墙也泡了", LEAK),
        clause("墙皮掉了", "property.quality", 0.7, (LEAK, 0.25)),
        clause("谢谢你们", "participation.activity", 0.3),
        clause("别的事", "other", 0.99),
    ],
)
def test_the_same_or_an_unclear_matter_is_no_second_one(second: dict[str, Any]) -> None:
    assert parts.find(said(clause("厨房漏水", LEAK), second)) == ()


def test_anger_is_no_accusation_but_goes_with_its_matter() -> None:
    angry = clause("你们都是吃干饭的吗", "admin.conduct", 0.69)
    assert parts.find(said(angry, clause("垃圾三天没人收", "environment.garbage"))) == ()


def test_an_open_accusation_beside_a_matter_is_a_part_that_only_one_may_read() -> None:
    accused = clause("主任他侄子承包维保吃回扣", "property.elevator", 0.99)
    found = parts.find(said(clause("电梯坏了", "property.elevator"), accused))
    assert [part["kind"] for part in found] == [None, kinds.CONDUCT]


def test_an_introduction_goes_with_what_follows() -> None:
    found = parts.find(
        said(
            clause("跟您说个事", "other", 0.4),
            clause("厨房漏水", LEAK),
            clause("停车堵门", PARKING),
        )
    )
    assert texts(found) == ["跟您说个事，厨房漏水", "停车堵门"]


def test_who_comes_back_to_the_first_matter_means_two() -> None:
    found = parts.find(
        said(clause("厨房漏水", LEAK), clause("停车堵门", PARKING), clause("厕所也漏", LEAK))
    )
    assert texts(found) == ["厨房漏水，厕所也漏", "停车堵门"]


@pytest.mark.parametrize("text", ["两件都报", "分开吧", "都要报"])
def test_all_of_them_in_words(text: str) -> None:
    assert texts(parts.chosen(parts.find(TWO), answer(text))) == ["厨房漏水", "停车堵门"]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (answer("/affirm", "affirm", payload=True), ["厨房漏水", "停车堵门"]),
        (answer("/first_choice", "first_choice", payload=True), ["厨房漏水"]),
        (answer("/second_choice", "second_choice", payload=True), ["停车堵门"]),
        (answer("/third_choice", "third_choice", payload=True), None),
        (answer("/deny", "deny", payload=True), []),
        (answer("先报第一件吧"), ["厨房漏水"]),
        (answer("只要第二个"), ["停车堵门"]),
        (answer("其实是一回事"), []),
        (answer("三单元"), None),
    ],
)
def test_what_an_answer_chooses(heard: Said, expected: list[str] | None) -> None:
    assert texts(parts.chosen(parts.find(TWO), heard)) == expected


def test_the_form_asks_before_anything_else() -> None:
    asked = form.begin(TWO)
    assert asked.missing == "what"
    labels = [button.label for button in form.question(asked).buttons]
    assert labels == ["分成两件事", "只报第1件", "只报第2件", "就是一件事"]


def test_each_part_keeps_its_own_place() -> None:
    two = said(
        clause("厨房漏水", LEAK, place=place("b1")), clause("停车堵门", PARKING, place=place("b2"))
    )
    filled = form.go_on(form.begin(two), answer("/affirm", "affirm", payload=True))
    assert filled and filled.missing is None
    assert filled.place and filled.place["building"] == "b1"
    assert [part["place"]["building"] for part in filled.rest] == ["b2"]


def test_one_matter_is_reported_as_it_was_said() -> None:
    filled = form.go_on(form.begin(TWO), answer("/deny", "deny", payload=True))
    assert filled and (filled.what, filled.rest, filled.parts) == (TWO.text, (), ())
    assert filled.matters == TWO.matters


def test_a_place_for_an_answer_means_both() -> None:
    heard = answer("幸福里小区3号楼", places=(place("b3"),))
    filled = form.go_on(form.begin(TWO), heard)
    assert filled and filled.missing is None
    assert (filled.what, len(filled.rest)) == ("厨房漏水", 1)


def test_an_answer_that_says_nothing_is_asked_once_more_and_then_taken_for_both() -> None:
    asked = form.go_on(form.begin(TWO), answer("嗯"))
    assert asked and asked.parts
    filled = form.go_on(asked, answer("嗯"))
    assert filled and filled.what == "厨房漏水"
    assert len(filled.rest) == 1


def test_danger_is_not_held_up_by_the_question() -> None:
    filled = form.begin(
        said(clause("停车堵门", PARKING), clause("屋里有人昏倒了", "safety.medical", 0.97))
    )
    assert (filled.missing, filled.what) == (None, "屋里有人昏倒了")
    assert texts(filled.rest) == ["停车堵门"]


def test_words_about_conduct_hide_the_question() -> None:
    asked = form.begin(said(clause("厨房漏水", LEAK), clause("王主任收红包", "admin.conduct")))
    assert asked.kind == kinds.CONDUCT
    filled = form.go_on(asked, answer("/affirm", "affirm", payload=True))
    assert filled and filled.kind == kinds.REPORT
    assert [part["kind"] for part in filled.rest] == [kinds.CONDUCT]


def test_a_form_survives_its_journey_through_the_engine() -> None:
    asked = form.begin(TWO)
    assert form.form_from(asked.as_json()).parts == asked.parts
