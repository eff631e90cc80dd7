"""The benchmark's own arithmetic, and the benchmark between two engines that only pretend."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap import Office
from bot.cli import supervisor
from bot.cli.bench import duel, figures, play, processes, report, running, stock
from bot.cli.bench.cast import Cast
from bot.cli.bench.doors import LINLI, REST, Door
from bot.cli.bench.duel import Plan, Side
from bot.cli.bench.running import Engine, Launch
from bot.desk.errors import BadRow, Unavailable
from bot.services.places import Registers
from bot.settings import read as read_settings
from bot.store.database import Database

FAKE = Path(__file__).with_name("fake_engine.py")
KEYS = (
    "throughput_ratio_c8",
    "latency_ratio_c1",
    "turn2000_to_turn20",
    "rss_mb",
    "start_seconds",
    "training_seconds",
    "environment_mb",
    "stock",
    "ours",
)


def test_the_play_is_sixty_percent_plain_a_quarter_form_and_the_rest_opens_tickets() -> None:
    dialogues = play.read()
    turns_of = [turn for dialogue in dialogues for turn in dialogue]
    assert len(turns_of) >= 400
    assert play.shares(dialogues) == pytest.approx({"plain": 0.6, "form": 0.25, "ticket": 0.15})


def test_any_part_of_the_play_is_mixed_like_the_whole() -> None:
    shares = play.shares(play.read()[:20])
    assert shares == pytest.approx({"plain": 0.6, "form": 0.25, "ticket": 0.15}, abs=0.03)


def test_a_dialogue_without_a_known_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "play.jsonl"
    path.write_text('{"turns": [{"text": "你好", "part": "song"}]}\n', encoding="utf-8")
    with pytest.raises(BadRow, match=r"play\.jsonl:1"):
        play.read(path)


def test_a_long_conversation_says_the_same_after_a_hundred_turns_and_leaves_nothing_open() -> None:
    said = play.long_conversation(play.read(), 450)
    assert len(said) == 450
    assert said[20:120] == said[320:420]
    opened = sum(turn.part == play.TICKET for turn in said[:100])
    assert opened == sum(turn.text == play.WITHDRAWN for turn in said[:100]) > 5


def test_quantiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [figures.quantile(values, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert figures.quantile([7.0], 0.99) == 7


def test_the_middle_of_rounds_is_taken_figure_by_figure() -> None:
    rounds = [
        figures.speed([10.0] * n, seconds=1, cpu_seconds=cpu)
        for n, cpu in ((10, 0.1), (30, 0.1), (20, 0.6))
    ]
    middle = figures.middle(rounds)
    assert middle.messages_per_second == 20
    assert middle.cpu_ms == pytest.approx(10)


def test_a_drift_compares_the_end_with_the_early_minutes() -> None:
    samples = [(float(at), 100 + at / 10) for at in range(0, 1000, 5)]
    assert figures.drift(samples, (180, 360), 1000) == pytest.approx(68, abs=1)
    with pytest.raises(ValueError, match="too few"):
        figures.drift(samples, (2000, 3000), 1000)


def test_a_training_with_fewer_epochs_is_scaled_by_the_times_in_its_log() -> None:
    log = (
        "2026-11-23 11:00:00 INFO  hooks  - Starting to train component 'DIETClassifier'.\n"
        "2026-11-23 11:01:40 INFO  hooks  - Finished training component 'DIETClassifier'.\n"
        "2026-11-23 11:01:40 INFO  hooks  - Starting to train component 'RulePolicy'.\n"
        "2026-11-23 11:02:00 INFO  hooks  - Finished training component 'RulePolicy'.\n"
    )
    assert stock.scaled(130.0, log, 10) == pytest.approx(130 + 9 * 100)
    assert stock.scaled(130.0, log, 100) == 130


def test_a_process_counts_its_own_time_and_memory() -> None:
    before = processes.cpu_seconds(os.getpid())
    sum(number * number for number in range(2_000_000))
    assert processes.cpu_seconds(os.getpid()) > before
    assert 20 < processes.rss_mb(os.getpid()) < 4000
    assert processes.rss_mb(2**22 + 1) == 0


def _fake(name: str, door: Door, milliseconds: int, logs: Path) -> Engine:
    port = supervisor.free_port()
    return running.start(
        Launch(
            name=name,
            door=door,
            url=f"http://127.0.0.1:{port}",
            command=[sys.executable, str(FAKE), str(port), str(milliseconds)],
            environ=dict(os.environ),
            log=logs / f"{name}.log",
        )
    )


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[list[Side]]:
    ours = _fake("ours", LINLI, 2, tmp_path)
    other = _fake("stock", REST, 60, tmp_path)
    found = [Side(e.launch.name, e, e.start_seconds, 150) for e in (ours, other)]
    for side in found:
        side.engine.hold()
    yield found
    for side in found:
        side.engine.stop()


@pytest.fixture
def cast(sqlite: Database, tmp_path: Path) -> Cast:
    settings = read_settings({"LINLI_DATA_DIR": str(tmp_path)})
    return Cast(Office(settings, sqlite, Registers(sqlite)), play.read()[:20])


def test_a_duel_gives_every_figure_and_files(sides: list[Side], cast: Cast, tmp_path: Path) -> None:
    plan = Plan(rounds=2, seconds=0.5, long_ours=150, long_stock=150)
    asyncio.run(duel.fight(sides, cast, plan, tmp_path / "linli.db"))
    training = stock.Training(
        epochs=10, seconds=60.0, cpu_seconds=70.0, full_seconds=600.0, peak_rss_mb=900.0
    )
    found = report.results(sides, plan, quick=True, stock_training=training)
    assert set(KEYS) <= set(json.loads(json.dumps(found)))
    assert found["throughput_ratio_c8"] > 1.5
    assert found["latency_ratio_c1"] > 2
    assert 0.3 < found["turn2000_to_turn20"] < 3
    assert found["answered_alike"] == 1
    assert found["ours"]["outcome"]["messages"] == 100
    assert found["stock"]["outcome"]["by_action"] < 1  # 再见 is answered by fixed words
    assert found["training_seconds"] is None
    folder = report.write(found, tmp_path / "bench")
    assert (folder / "engine.png").stat().st_size > 10_000
    assert "100 would take about 10 min" in (folder / "engine.md").read_text("utf-8")


def test_ours_alone_has_figures_and_no_ratios(
    sides: list[Side], cast: Cast, tmp_path: Path
) -> None:
    plan = Plan(rounds=1, seconds=0.2, long_ours=150, long_stock=150)
    asyncio.run(duel.fight(sides[:1], cast, plan, tmp_path / "linli.db"))
    found = report.results(sides[:1], plan, quick=True, stock_training=None)
    assert found["stock"] is None
    assert found["throughput_ratio_c8"] is None
    assert "messages/s, 8 at once" in report.table(found)
    assert not any("ours : stock" in line for line in report.verdicts(found))


def test_a_side_that_ends_instead_of_answering_is_named(tmp_path: Path) -> None:
    launch = Launch(
        name="ours",
        door=LINLI,
        url=f"http://127.0.0.1:{supervisor.free_port()}",
        command=[sys.executable, "-c", "raise SystemExit(3)"],
        environ=dict(os.environ),
        log=tmp_path / "ours.log",
    )
    with pytest.raises(Unavailable, match=r"exit 3.*ours\.log"):
        running.start(launch)
