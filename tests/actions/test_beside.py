"""A question beside a report: told apart where they are two things, left alone where not."""

from __future__ import annotations

from typing import Any

import pytest

from actions import beside
from actions.context import Said

LAMP, INSURANCE = "utility.streetlight", "welfare.insurance"


def clause(text: str, intent: str, matter: str, sure: float = 0.9) -> dict[str, Any]:
    matters = [{"code": matter, "confidence": sure}]
    wish = {"name": intent, "confidence": sure}
    return {"text": text, "intent": wish, "matters": matters, "places": []}


def said(*clauses: dict[str, Any], intent: str = "report", **more: Any) -> Said:
    text = "，".join(one["text"] for one in clauses)
    return Said(key="k", **{"text": text, "intent": intent, "clauses": clauses, **more})


BROKEN = clause("灯坏了", "report", LAMP)
COSTS = clause("医保怎么报销", "ask_policy", INSURANCE)


@pytest.mark.parametrize("intent", ["report", "ask_policy", "thanks"])
def test_both_are_served_whatever_the_whole_sounds_like(intent: str) -> None:
    found = beside.split(said(BROKEN, COSTS, intent=intent))
    assert found is not None
    question, rest = found
    assert question == "医保怎么报销"
    assert (rest.text, rest.intent, rest.clauses) == ("灯坏了", "report", ())
    assert rest.matters[0]["code"] == LAMP


def test_two_reports_beside_a_question_are_still_two() -> None:
    leak = clause("楼上漏水", "report", "property.leak")
    found = beside.split(said(BROKEN, leak, COSTS))
    assert found and [part["text"] for part in found[1].clauses] == ["灯坏了", "楼上漏水"]


@pytest.mark.parametrize(
    "clauses",
    [
        (BROKEN, clause("什么时候能修", "ask_policy", LAMP)),
        (BROKEN, clause("这个怎么弄", "ask_policy", INSURANCE, 0.4)),
        (clause("您好", "greet", LAMP), COSTS),
        (COSTS, clause("低保怎么办", "ask_policy", "welfare.assistance")),
        (BROKEN, clause("楼上漏水", "report", "property.leak")),
    ],
    ids=["of the same matter", "unclear", "a greeting", "two questions", "no question"],
)
def test_what_is_not_just_a_report_and_a_question_stays_whole(
    clauses: tuple[dict[str, Any], ...],
) -> None:
    assert beside.split(said(*clauses)) is None


@pytest.mark.parametrize("aside", ["顺便问下", "另外", "还想问", "再咨询一下"])
def test_a_question_of_the_same_matter_that_is_put_as_another_is_one(aside: str) -> None:
    cold = clause("暖气不热", "report", "utility.heating")
    fee = clause("供暖费能退吗", "ask_policy", "utility.heating")
    found = beside.split(said(cold, fee, text=f"暖气不热，{aside}供暖费能退吗"))
    assert found and (found[0], found[1].text) == ("供暖费能退吗", "暖气不热")


def test_in_mid_form_a_place_beside_a_question_is_the_answer() -> None:
    place = clause("三号楼", "add_information", "other")
    assert beside.split(said(place, COSTS)) is None
    found = beside.split(said(place, COSTS, in_form=True))
    assert found and found[1].text == "三号楼"
