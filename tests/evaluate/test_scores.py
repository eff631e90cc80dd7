"""Addresses, dangers, sets, rankings, speed and floors: what is counted, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.community import Place
from bot.desk.errors import BadInput, BadRow
from bot.evaluate import addresses, dangers, floors, pictures, sets, speed
from bot.evaluate.answers import INTENT, KIND, MATTER, from_parse, kind_of
from bot.services.places import Register


def place(building: str | None, confidence: float = 0.9, **inside: str) -> Place:
    return Place(building=building, confidence=confidence, **inside)  # type: ignore[arg-type]


def scored(row: dict, *places: Place) -> dict[str, tuple[int, int]]:
    score = addresses.AddressScore()
    score.add(row, list(places))
    return {n: (s.right, s.total) for n, s in score.shares().items() if s.total}


def test_a_building_counts_with_what_is_labelled_inside() -> None:
    row = {"gold": {"building": "b3", "unit": 2, "room": "501", "spot": "门口"}}
    found = scored(row, place("b3", unit="2", room="502", detail="楼道门口"))
    assert found == {
        "building": (1, 1),
        "unit": (1, 1),
        "room": (0, 1),
        "exact": (0, 1),
        "spot": (1, 1),
    }


def test_a_needless_question_is_not_a_building_found() -> None:
    row = {"gold": {"building": "b3"}}
    assert scored(row, place("b3", 0.5), place("b4", 0.5))["building"] == (0, 1)
    assert scored(row, place("b3", 0.6), place("b4", 0.5))["building"] == (1, 1)


def test_a_room_that_nobody_wrote_is_not_exact() -> None:
    row = {"gold": {"building": "b3", "unit": None, "room": None}}
    assert scored(row, place("b3", room="501")) == {"building": (1, 1), "exact": (0, 1)}


def test_where_several_are_possible_all_must_be_on_offer() -> None:
    row = {"gold": {"building": None}, "ambiguous": ["b3", "c3"]}
    assert scored(row, place("b3", 0.5), place("c3", 0.5)) == {"ambiguous": (1, 1)}
    assert scored(row, place("b3", 0.9), place("c3", 0.5)) == {"ambiguous": (0, 1)}
    assert scored(row, place("b3", 0.5), place("d3", 0.5)) == {"ambiguous": (0, 1)}


def test_a_building_invented_is_counted() -> None:
    assert scored({"gold": {"building": None}}, place("b3")) == {"nothing": (0, 1)}
    assert scored({"gold": None}, place(None)) == {"nothing": (1, 1)}


def test_home_reaches_the_address_book(register: Register) -> None:
    row = {"text": "我家漏水", "home": "xfl-b03", "gold": {"building": "xfl-b03"}}
    assert addresses.score([row], register.book.resolve).building.right == 1
    row = {**row, "home": None}
    assert addresses.score([row], register.book.resolve).building.right == 0


def test_dangers_are_heard_or_missed_and_harmless_words_may_alarm() -> None:
    found = dangers.score(
        [
            ("着火了，快来人", "safety.fire"),
            ("今天天气不错", "safety.gas"),
            ("今天天气不错", None),
            ("厨房着火了快来人", None),
        ]
    )
    assert (found.recall, found.false_alarms, found.n) == (0.5, 0.5, 4)
    assert found.by_matter == {"safety.fire": (1, 1), "safety.gas": (0, 1)}


def test_a_letter_is_asked_by_title_and_by_text() -> None:
    letters = [
        ("7", {"title": "求助", "text": "家里着火了快来人"}),
        ("8", {"title": "", "text": ""}),
    ]
    found = dangers.score_letters(letters)
    assert [(a.row, a.part, a.matter) for a in found.alarms] == [("7", "text", "safety.fire")]
    assert (found.rate("title"), found.rate("text")) == (0.0, 0.5)


def test_what_is_accepted_is_right_the_main_matter_in_front() -> None:
    row = {"message": "…", "leaf": ["b", "d"], "accept": ["a", "b", "c"], "kind": ["report"]}
    found = sets.labelled(row, file="x", line=1)
    assert found.accepted == {MATTER: ("b", "a", "c"), KIND: ("report",)}


@pytest.mark.parametrize("row", [{"text": "x"}, {"intent": "report"}, {"text": 1, "intent": "a"}])
def test_a_row_without_text_or_label_is_refused(row: dict) -> None:
    with pytest.raises(BadRow, match="x:3"):
        sets.labelled(row, file="x", line=3)


def test_what_is_absent_is_named(tmp_path: Path) -> None:
    (tmp_path / "heldout_intents_2.jsonl").touch()
    found = sets.find(tmp_path, None)
    assert [path.stem for path in found.understanding] == ["heldout_intents_2"]
    assert "no --data folder" in " ".join(found.missing)
    assert any(line.startswith("addresses") for line in found.missing)
    assert "not in" in " ".join(sets.find(tmp_path, tmp_path).missing)


def test_a_kind_is_read_from_the_intents_that_have_one() -> None:
    found = kind_of([("greet", 0.5), ("report", 0.3), ("praise", 0.1)])
    assert (found.said, found.ranking) == ("report", ("report", "praise"))
    assert found.confidence == pytest.approx(0.75)


def test_asking_again_is_said_but_not_what_the_classifier_thinks() -> None:
    parsed = {
        "intent": {"name": "nlu_fallback", "confidence": 0.8},
        "intent_ranking": [
            {"name": "nlu_fallback", "confidence": 0.8},
            {"name": "urge", "confidence": 0.2},
        ],
        "matters": [{"code": "property.leak", "confidence": 0.6}],
    }
    found = from_parse(parsed, kind="report")
    assert (found[INTENT].said, found[INTENT].ranking) == ("nlu_fallback", ("urge",))
    assert found[INTENT].confidence == 0.2
    assert (found[MATTER].said, found[KIND].said) == ("property.leak", "report")


def test_speed_is_of_the_core_and_latency_of_the_clock() -> None:
    found = speed.summary([0.001] * 95 + [0.011] * 5, cpu=0.1)
    assert (found.n, found.per_second, found.p50_ms) == (100, 1000.0, 1.0)
    assert 1.0 <= found.p95_ms < 11.0


async def test_every_text_is_measured_alone() -> None:
    asked: list[str] = []

    async def deed(text: str) -> None:
        asked.append(text)
        sum(range(20_000))

    found = await speed.measure(deed, ["a", "b", "c"])
    assert asked == ["a", "b", "c"] * 2  # once to warm up
    assert found.n == 3
    assert found.p50_ms > 0
    assert found.per_second > 0


def test_a_picture_holds_the_most_confused_labels_only() -> None:
    from collections import Counter

    counts = Counter({(f"a{n:02}", f"b{n:02}"): n for n in range(1, 40)})
    counts["never", "never"] = 500
    labels = pictures.confused_labels(counts)
    assert len(labels) <= 20
    assert {"a39", "b39"} <= set(labels)
    assert "never" not in labels


FIGURES = {"intent": {"own": {"accuracy": 0.9}}, "speed": {"classify": {"p95_ms": 4.0}}}


@pytest.mark.parametrize(
    ("bounds", "lines"),
    [
        ({"at_least": {"intent.own.accuracy": 0.9}}, 0),
        ({"at_least": {"intent.own.accuracy": 0.91}}, 1),
        ({"at_most": {"speed.classify.p95_ms": 4.0}}, 0),
        ({"at_most": {"speed.classify.p95_ms": 3.9}}, 1),
        ({"at_least": {"intent.other.accuracy": 0.1}}, 1),
        ({"at_most": {"intent.own": 0.1}}, 1),
    ],
)
def test_a_floor_is_kept_or_named(bounds: floors.Floors, lines: int) -> None:
    found = list(floors.broken(bounds, FIGURES))
    assert len(found) == lines
    assert all(next(iter(next(iter(bounds.values())))) in line for line in found)


@pytest.mark.parametrize("content", ["", "- 1", "floors: {a: 1}", "at_least: {a: high}", "a: ["])
def test_a_file_that_is_no_floors_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "floors.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"floors\.yml"):
        floors.read(path)
