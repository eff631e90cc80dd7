"""Hot topics, found in texts alone."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.language import topics
from bot.language.tokens import Cutter
from bot.language.topics import Report, Topic
from bot.language.topics_heat import Window
from tests.conftest import CHECKOUT
from tests.language.letters import FOUR_WEEKS, NOISE, START, letters

SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
MESSAGES = SHARED / "resident_messages_2017_2020.jsonl"


@pytest.fixture(scope="module")
def cutter(tmp_path_factory: pytest.TempPathFactory) -> Cutter:
    return Cutter(tmp_path_factory.mktemp("words"))


def find(reports: list[Report], cutter: Cutter) -> list[Topic]:
    return topics.find(reports, cutter=cutter, window=FOUR_WEEKS)


def people(topic: Topic, reports: list[Report]) -> set[str]:
    by_id = {report.id: report for report in reports}
    return {by_id[member].reporter for member in topic.members}


def test_what_twelve_neighbours_say_in_their_own_words_is_one_topic(cutter: Cutter) -> None:
    reports = letters(("白桦苑", NOISE, 12))
    hottest = find(reports, cutter)[0]
    assert people(hottest, reports) == {f"白桦苑{number}" for number in range(12)}
    assert hottest.reporters == 12
    assert hottest.places == ("白桦苑",)
    assert set(hottest.words) >= {"洗车行", "水枪"}


def test_the_same_trouble_at_two_estates_is_two_topics(cutter: Cutter) -> None:
    reports = letters(("白桦苑", NOISE, 12), ("海棠湾", NOISE, 8))
    found = [people(topic, reports) for topic in find(reports, cutter)[:2]]
    assert found == [
        {f"白桦苑{number}" for number in range(12)},
        {f"海棠湾{number}" for number in range(8)},
    ]


def test_one_person_is_no_topic(cutter: Cutter) -> None:
    reports = [
        Report(id=str(number), text=text.format("白桦苑"), at=START, reporter="wangayi")
        for number, text in enumerate(NOISE)
    ]
    assert find(reports, cutter) == []
    assert topics.find(reports, cutter=cutter, window=FOUR_WEEKS, least=1)


def test_examples_are_of_different_people_and_texts(cutter: Cutter) -> None:
    reports = letters(("白桦苑", NOISE, 12))
    by_id = {report.id: report for report in reports}
    examples = [by_id[id] for id in find(reports, cutter)[0].examples]
    assert len({report.reporter for report in examples}) == 3
    assert len({report.text for report in examples}) == 3


def test_the_place_that_the_desk_knows_counts_like_one_that_is_said(cutter: Cutter) -> None:
    texts = ("暖气片冰凉", "暖气不热，屋里十二度", "供暖开始了可暖气没有温度", "暖气一直不热")
    reports = [
        Report(
            id=f"{building}-{number}",
            text=text,
            at=START + timedelta(days=number),
            reporter=f"{building}-{number}",
            places=(building,),
            matter="utility.heating",
        )
        for building in ("b03", "b17")
        for number, text in enumerate(texts)
    ]
    found = find(reports + letters(), cutter)
    assert {topic.places for topic in found if topic.matter} == {("b03",), ("b17",)}


def test_nothing_reported_is_no_topic(cutter: Cutter) -> None:
    assert find([], cutter) == []
    assert find([Report(id="1", text="", at=START, reporter="a")], cutter) == []


def test_the_order_of_the_reports_does_not_matter(cutter: Cutter) -> None:
    reports = letters(("白桦苑", NOISE, 12))
    forwards, backwards = find(reports, cutter), find(reports[::-1], cutter)
    assert [set(topic.members) for topic in forwards] == [set(t.members) for t in backwards]


@pytest.mark.skipif(not MESSAGES.exists(), reason=f"no messages at {MESSAGES}")
def test_the_issues_of_a_real_city_are_among_the_five_hottest(cutter: Cutter) -> None:
    """Three issues that three teams found independently of one another, by their plain words."""
    reports = list(_messages())
    window = Window(datetime(2019, 1, 1, tzinfo=timezone.utc), max(r.at for r in reports))
    hottest = topics.find(reports, cutter=cutter, window=window)[:5]
    for words, people_at_least in (
        ({"搅拌站", "噪音"}, 40),
        ({"车位", "捆绑"}, 40),
        ({"人才", "补贴", "购房"}, 15),
    ):
        assert any(set(t.words) >= words and t.reporters >= people_at_least for t in hottest), words


def _messages() -> list[Report]:
    rows = map(json.loads, MESSAGES.read_text("utf-8").splitlines())
    return [
        Report(
            id=str(number),
            title=row["title"],
            text=row["text"],
            at=_time(row["time"]),
            reporter=row["user"],
        )
        for number, row in enumerate(rows)
    ]


def _time(text: str) -> datetime:
    """2019/2/28 11:25:05 and 2019-11-13 00:00:00, both in Beijing's time."""
    return datetime.strptime(f"{text.replace('/', '-')} +0800", "%Y-%m-%d %H:%M:%S %z")
