"""`linli evaluate` as CI runs it: the project's own held-out examples must keep their floors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings
from bot.evaluate import report
from bot.evaluate.answers import TASKS
from bot.evaluate.metrics import Verdict
from bot.evaluate.results import Results, RivalResult, figures
from bot.evaluate.speed import Speed
from tests.cli.test_commands import Shell
from tests.conftest import CHECKOUT

FLOORS = CHECKOUT / "tests" / "data" / "floors.yml"


@pytest.fixture(scope="module")
def linli(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("evaluate") / "data", timeout=600)


@pytest.fixture(scope="module")
def measured(linli: Shell) -> dict[str, Any]:
    """One run with the model that is there (trained, if none is), without real messages."""
    models = str(settings.read(os.environ).models)
    done = linli("evaluate", "--json", "--at-least", str(FLOORS), LINLI_MODELS_DIR=models)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.engine
def test_the_floors_are_kept_and_every_set_is_measured(measured: dict[str, Any]) -> None:
    sets = {path.stem for path in FLOORS.parent.glob("*.jsonl")}
    named = {name for part in (*TASKS, "emergency", "address") for name in measured[part]}
    assert named == sets


@pytest.mark.engine
def test_real_messages_that_are_absent_are_said_to_be(measured: dict[str, Any]) -> None:
    lines = " ".join(measured["not_measured"])
    assert "matters_visible" in lines
    assert "resident_messages_2017_2020" in lines
    assert "DIET" in lines


@pytest.mark.engine
def test_a_plain_rival_learns_the_same_examples(measured: dict[str, Any]) -> None:
    plain = measured["baselines"]["tfidf_logreg"]
    for task in ("intent", "matter"):
        assert plain[task].keys() == measured[task].keys()
        assert all(found["accuracy"] > 0.5 for found in plain[task].values())


@pytest.mark.engine
def test_speed_is_measured_of_every_part(measured: dict[str, Any]) -> None:
    assert measured["speed"].keys() == {"classify", "classify_sure", "emergency", "address"}
    for part in measured["speed"].values():
        assert part["per_second"] > 0
        assert part["p50_ms"] <= part["p95_ms"]


@pytest.mark.engine
def test_the_report_lies_below_the_data_folder_with_its_pictures(
    measured: dict[str, Any], linli: Shell
) -> None:
    page = (linli.folder / "evaluation" / "report.md").read_text("utf-8")
    assert measured["model"] in page
    pictures = [line.split("(")[1].rstrip(")") for line in page.splitlines() if line[:2] == "!["]
    assert len(pictures) > 5
    for name in pictures:
        assert (linli.folder / "evaluation" / name).stat().st_size > 1000, name


def test_floors_that_cannot_be_read_stop_before_anything_starts(tmp_path: Path) -> None:
    linli = Shell(tmp_path / "data")
    done = linli("evaluate", "--at-least", "nowhere.yml")
    assert done.returncode == 1
    assert "nowhere.yml" in done.stderr
    assert not linli.folder.exists()


def test_every_floor_names_a_figure_and_its_set() -> None:
    for bounds in yaml.safe_load(FLOORS.read_text("utf-8")).values():
        for name in bounds:
            task, of, _figure = name.split(".")
            assert task in (*TASKS, "emergency", "address"), name
            assert (FLOORS.parent / f"{of}.jsonl").exists(), name


def test_a_report_shows_the_worst_first_beside_the_rivals(tmp_path: Path) -> None:
    right = [Verdict(("leak",), "leak", ("leak", "noise"), 0.9)] * 9
    wrong = [Verdict(("noise",), "leak", ("leak", "noise"), 0.6)]
    results = Results(
        model="linli-x.tar.gz",
        date="2026-11-23",
        judged={"matter": {"own": [*right, *wrong]}},
        rivals={"plain": RivalResult({"matter": {"own": [*right, *right[:1]]}}, 3.0)},
        speed={"classify": Speed(n=10, per_second=500.0, p50_ms=2.0, p95_ms=3.0)},
        not_measured=["real: no folder"],
    )
    page = report.write(results, tmp_path, {"leak": "漏水"}).read_text("utf-8")
    assert page.index("| `noise` |") < page.index("| `leak` 漏水 |")
    assert "| **linli** | 90.0 % |" in page
    assert "| plain | 100.0 % |" in page
    assert "- not measured: real: no folder" in page
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "matter-comparison.png",
        "matter-own-calibration.png",
        "matter-own-confusions.png",
    }
    assert figures(results)["matter"]["own"]["top3"] == 1.0


def test_a_report_forgets_the_pictures_of_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "matter-gone-confusions.png").touch()
    report.write(Results(model="m", date="d"), tmp_path, {})
    assert not list(tmp_path.glob("*.png"))
