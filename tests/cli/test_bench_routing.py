"""`bench routing` on a city of three streets; the real one is not part of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.bench import city
from bot.cli.bench.routing import routing_speed
from bot.desk.community import AreaKind, Community
from bot.desk.errors import BadInput
from bot.services import community_checks
from tests.conftest import MONDAY_TEN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    streets = [f"{100 + n},第{n}街道" for n in range(3)]
    communities = [f"{s}{n:03},第{n}社区居委会,{s}" for s in (100, 101, 102) for n in range(4)]
    ring = [[[116.0, 39.0], [116.1, 39.0], [116.1, 39.1], [116.0, 39.0]]]
    border = {"properties": {"code": 100}, "geometry": {"type": "Polygon", "coordinates": ring}}
    for name, lines in (
        (city.STREETS, ["code,name", *streets]),
        (city.COMMUNITIES, ["code,name,streetCode", *communities]),
        (city.BORDERS, [json.dumps({"features": [border]})]),
    ):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_the_city_has_the_places_of_the_files_and_is_sound(folder: Path, demo: Community) -> None:
    built = city.build(folder, demo, people=150, now=MONDAY_TEN)
    kinds = [area.kind for area in built.areas.values()]
    assert [kinds.count(kind) for kind in AreaKind] == [3, 12, 12]
    assert len(built.areas["100"].polygon) == 4 and not built.areas["101"].polygon
    assert len(built.staff) == 150
    community_checks.check(built, {})
    assert built == city.build(folder, demo, people=150, now=MONDAY_TEN)


def test_the_bench_tells_how_fast_decisions_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    routing_speed(folder, 150, 300, 200, True)
    told = json.loads(capsys.readouterr().out)
    assert (told["streets"], told["communities"], told["people"]) == (3, 12, 150)
    assert (told["requests"], told["tickets"]) == (200, 300)
    assert told["assigned"] + told["queued"] + told["triage"] == pytest.approx(1)
    for times in (told["rules"], told["asked"]):
        assert 0 < times["p50_ms"] <= times["p95_ms"] <= times["p99_ms"] <= times["max_ms"]


def test_a_folder_without_a_city_is_refused(tmp_path: Path, demo: Community) -> None:
    with pytest.raises(BadInput, match=city.STREETS):
        city.build(tmp_path, demo, people=150, now=MONDAY_TEN)
