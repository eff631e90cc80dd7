"""The starter library: every entry is whole, and rests on an article that is in force."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.desk.errors import BadInput
from bot.language.normal import normalise
from bot.library import Entry, load
from tests.library import laws
from tests.library.laws import needs_laws

LONGEST_QUOTE = 30  # characters in a row that an answer may share with its article

ENTRIES = load()


def test_there_are_enough_entries_and_each_has_an_id_of_its_own() -> None:
    assert len(ENTRIES) >= 90
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


def test_every_entry_has_enough_ways_to_ask_and_a_short_answer() -> None:
    for entry in ENTRIES:
        assert 5 <= len(entry.questions) <= 8, entry.id
        assert 1 <= len(re.findall("[。？！]", entry.answer)) <= 4, entry.id
        assert len(entry.answer) <= 140, entry.id


def test_the_first_question_fits_a_button() -> None:
    """Choices are offered by it, as `say:…`, and a button carries 64 bytes."""
    long = [e.questions[0] for e in ENTRIES if len(f"say:{e.questions[0]}".encode()) > 64]
    assert long == []


def test_no_question_is_asked_by_two_entries() -> None:
    asked = Counter(plain(question) for entry in ENTRIES for question in entry.questions)
    assert [question for question, count in asked.items() if count > 1] == []


def test_one_version_of_a_law_has_one_date_everywhere() -> None:
    dates = {(entry.path, entry.effective_from, entry.law) for entry in ENTRIES}
    assert len(dates) == len({entry.path for entry in ENTRIES})


def test_no_answer_is_older_than_its_law() -> None:
    assert [entry.id for entry in ENTRIES if entry.updated < entry.effective_from] == []


@needs_laws
def test_every_cited_article_exists_in_the_law_it_names() -> None:
    wrong = [entry.id for entry in ENTRIES if entry.article not in laws.articles(entry.path)]
    assert wrong == []
    assert [e.id for e in ENTRIES if e.law != laws.title(e.path)] == []


@needs_laws
def test_no_newer_version_of_a_cited_law_exists() -> None:
    assert [entry.id for entry in ENTRIES if is_superseded(entry.path)] == []


@needs_laws
def test_no_cited_law_was_ended_by_another() -> None:
    assert [e.id for e in ENTRIES if laws.abolished().get(e.law, 0) > e.effective_from.year] == []


@needs_laws
def test_the_checks_know_superseded_laws_when_they_see_them() -> None:
    assert is_superseded("社会法/未成年人保护法(2020-10-17).md")
    for name in ("婚姻法", "物权法", "环境噪声污染防治法"):
        assert laws.abolished()[f"中华人民共和国{name}"] >= 2021


@needs_laws
def test_a_version_takes_effect_no_earlier_than_it_was_made() -> None:
    early = [e.id for e in ENTRIES if e.effective_from.isoformat() < laws.date_of(e.path)]
    assert early == []


@needs_laws
def test_beijings_rules_are_beijings_and_the_nations_are_the_nations() -> None:
    for entry in ENTRIES:
        assert (entry.jurisdiction == "北京") == ("北京" in entry.path), entry.id


@needs_laws
def test_answers_are_in_our_own_words() -> None:
    copied = [entry.id for entry in ENTRIES if longest_quote(entry) > LONGEST_QUOTE]
    assert copied == []


GOOD = """
- id: one
  questions: [一, 二, 三, 四, 五]
  answer: 可以。
  law: 某法
  article: 第一条
  effective_from: 2021-01-01
  jurisdiction: 全国
  path: 某法.md
  updated: 2026-11-23
"""


def test_a_good_entry_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "topic.yml").write_text(GOOD, "utf-8")
    (entry,) = load(tmp_path)
    assert entry.questions == ("一", "二", "三", "四", "五")
    assert entry.effective_from == date(2021, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  law: 某法\n", "", "topic.yml: one: expected the field law"),
        ("  law: 某法\n", "  law: 某法\n  note: x\n", "topic.yml: one: expected no field note"),
        ("四, 五]", "四]", "topic.yml: one: expected at least 5 questions"),
        ("全国", "上海", "topic.yml: one: expected one of 全国, 北京 in jurisdiction"),
        ("第一条", "1", "topic.yml: one: expected text in article"),
        ("第一条", "一条", "topic.yml: one: expected an article as printed, such as 第八条"),
        ("2021-01-01", "2021年", "topic.yml: one: expected a date such as 2021-01-01"),
        ("- id: one", "id: one", "topic.yml: expected YAML"),
        ("- id: one", "- - one\n- id: one", "topic.yml: entry 1: expected a mapping"),
    ],
)
def test_a_bad_entry_is_named_with_what_was_expected(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    (tmp_path / "topic.yml").write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=re.escape(message)):
        load(tmp_path)


def test_two_entries_of_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(BadInput, match="an id that no other entry has"):
        load(tmp_path)


def plain(question: str) -> str:
    return re.sub(r"\W", "", normalise(question))


def is_superseded(path: str) -> bool:
    name = Path(path).stem.removesuffix(f"({laws.date_of(path)})")
    return laws.newest_dates()[name] > laws.date_of(path)


def longest_quote(entry: Entry) -> int:
    article = laws.articles(entry.path)[entry.article]
    answer = entry.answer
    best = 0
    for start in range(len(answer)):
        while answer[start : start + best + 1] in article and start + best < len(answer):
            best += 1
    return best
