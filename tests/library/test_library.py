"""Asking the policy library: cited answers, honest refusals, follow-ups, and how often it is right.

`heldout_questions.jsonl` was written after the entries and without their wording; "declined"
means that any answer or choice would be wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.library import Library, PolicyAnswer, Status, load
from tests.library.laws import SHARED

HELDOUT = Path(__file__).parent / "heldout_questions.jsonl"
DECLINED = "declined"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.starter()


def test_an_answer_ends_with_its_law_article_and_date(library: Library) -> None:
    answer = library.ask("楼上弹钢琴太吵了，邻居在家弄乐器有规定吗")
    assert answer.status == "answered"
    assert answer.text.endswith(
        "依据：《中华人民共和国噪声污染防治法》第六十五条（2022-06-05起施行）。"
    )
    (citation,) = answer.citations
    assert citation.path == "行政法/噪声污染防治法(2021-12-24).md"
    assert (citation.jurisdiction, citation.status) == ("全国", "现行")


def test_every_question_of_the_library_finds_its_own_entry(library: Library) -> None:
    asked = [(entry.id, question) for entry in load() for question in entry.questions]
    assert [(i, q) for i, q in asked if library.ask(q).entry != i] == []


def test_traditional_characters_and_full_width_signs_are_understood(library: Library) -> None:
    assert library.ask("鄰居養雞很臭，可以嗎？").entry == "poultry"


@pytest.mark.parametrize(
    "question", ["我的低保批了吗", "我上周报修的单子怎么样了", "查一下我的公积金余额"]
)
def test_a_persons_own_file_goes_to_a_person(library: Library, question: str) -> None:
    assert library.ask(question).status is Status.HANDOVER


@pytest.mark.parametrize("question", ["我妈血压200要紧吗", "头疼吃什么药好", "孩子烧到40度了"])
def test_medicine_goes_to_a_doctor_and_to_120_if_urgent(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.status is Status.HANDOVER
    assert "120" in answer.text


def test_what_sounds_like_danger_and_has_no_rule_is_told_whom_to_call(library: Library) -> None:
    answer = library.ask("我家厨房着火了")
    assert answer.status is Status.HANDOVER
    assert "119" in answer.text


@pytest.mark.parametrize(
    "question", ["我这房子明年会涨吗", "你觉得物业好不好", "今年低保标准是多少", "后天会下雨吗"]
)
def test_forecasts_opinions_and_this_years_amounts_are_declined(
    library: Library, question: str
) -> None:
    answer = library.ask(question)
    assert answer.status is Status.NO_ANSWER
    assert "工作人员" in answer.text


def test_a_law_that_is_not_in_the_library_is_never_guessed_at(library: Library) -> None:
    for question in ("《小区和谐法》第八条说了什么", "物权法第七十条", "《新物业管理条例》咋说的"):
        assert library.ask(question).status is Status.NO_ANSWER


def test_a_named_article_is_found_and_a_missing_one_is_not_replaced(library: Library) -> None:
    assert library.ask("请问民法典第二百八十八条讲什么").entry == "neighbour-principle"
    assert library.ask("北京市实施《义务教育法》办法第十条").entry == "school-exam"
    assert library.ask("《民法典》第九条").status is Status.NO_ANSWER


def test_another_place_is_not_answered_from_beijings_rules(library: Library) -> None:
    question = "养狗要交多少管理费"
    assert library.ask(question).citations[0].jurisdiction == "北京"
    assert library.ask(question, jurisdiction="北京市").status is Status.ANSWERED
    elsewhere = library.ask(question, jurisdiction="上海")
    assert all(citation.jurisdiction == "全国" for citation in elsewhere.citations)


def test_who_asks_about_another_city_gets_no_rule_of_beijing(library: Library) -> None:
    answer = library.ask("深圳养狗一年要交多少管理费")
    assert all(citation.jurisdiction == "全国" for citation in answer.citations)


def test_two_entries_that_fit_alike_are_offered_as_a_choice(library: Library) -> None:
    answer = library.ask("12345都能反映些什么")
    assert answer.status is Status.CLARIFY
    assert len(answer.alternatives) == 2
    for question in answer.alternatives:
        assert library.ask(question).status is Status.ANSWERED


@pytest.mark.parametrize(
    ("before", "then", "entry"),
    [
        ("装修噪音几点到几点可以", "那周末呢", "renovation-hours"),
        ("什么条件可以办居住证", "要带什么材料", "residence-permit-apply"),
        ("遛狗不牵绳违反规定吗", "罚多少", "dog-leash-fine"),
        ("身份证丢了怎么补办", "多久能拿到", "idcard-time"),
    ],
)
def test_a_follow_up_is_understood_with_the_question_before(
    library: Library, before: str, then: str, entry: str
) -> None:
    assert library.ask(then, previous=before).entry == entry


def test_half_a_question_without_one_before_is_asked_back(library: Library) -> None:
    assert library.ask("要带什么材料").status is Status.NO_ANSWER


def test_a_whole_question_is_not_coloured_by_the_one_before(library: Library) -> None:
    asked = library.ask("离婚冷静期是多少天", previous="养狗怎么办证")
    assert asked.entry == "divorce-register"


def test_nothing_sensible_gets_no_answer(library: Library) -> None:
    for question in ("", "？？？", "a" * 5000, "好" * 3000, "🙂", "嗯", "1"):
        assert library.ask(question).status is Status.NO_ANSWER, question[:10]


def test_held_out_questions_are_answered_rightly_or_declined(library: Library) -> None:
    rows = [json.loads(line) for line in HELDOUT.read_text("utf-8").splitlines()]
    known = [(row["question"], row["expected"]) for row in rows if row["expected"] != DECLINED]
    unknown = [row["question"] for row in rows if row["expected"] == DECLINED]
    assert len(rows) >= 80
    assert len(unknown) >= 25

    answers = [(library.ask(question), expected) for question, expected in known]
    given = [(got, expected) for got, expected in answers if got.status is Status.ANSWERED]
    right = sum(got.entry == expected for got, expected in given)
    wrong = [question for question in unknown if is_claim(library.ask(question))]
    figures = (
        f"{len(known)} answerable: {len(given)} answered, {right} rightly; "
        f"{len(unknown)} unanswerable: {len(wrong)} answered all the same: {wrong}"
    )
    assert len(given) >= 0.7 * len(known), figures
    assert right >= 0.85 * len(given), figures
    assert len(wrong) <= 0.1 * len(unknown), figures


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared data at {SHARED}")
def test_questions_of_other_people_are_seldom_answered_wrongly(library: Library) -> None:
    outcomes: Counter[str] = Counter()
    for row in shared("policy_questions_visible.jsonl"):
        gold = {(one["path"], one["art"]) for one in row["gold"]}
        cited = {(one.path, one.article) for one in library.ask(row["question"]).citations}
        outcomes["right" if cited & gold else "wrong" if cited else "declined"] += 1
    for row in shared("policy_unanswerable_visible.jsonl"):
        outcomes["invented" if is_claim(library.ask(row["question"])) else "refused"] += 1
    assert outcomes["wrong"] <= 0.15 * (outcomes["wrong"] + outcomes["right"]), outcomes
    assert outcomes["right"] >= outcomes["declined"], outcomes
    assert outcomes["invented"] <= 0.1 * outcomes["refused"], outcomes


def test_importing_reads_nothing() -> None:
    """What is slow is loaded when a library is made, not when the module is imported."""
    check = (
        "import sys, bot.library; "
        "assert not {'opencc', 'jieba', 'rasa', 'sqlalchemy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


def is_claim(answer: PolicyAnswer) -> bool:
    return answer.status in (Status.ANSWERED, Status.CLARIFY)


def shared(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (SHARED / name).read_text("utf-8").splitlines()]
