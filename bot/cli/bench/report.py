"""The result of `bench engine` as one object, a table, a Markdown table and a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.cli.bench import processes
from bot.cli.bench.duel import CONCURRENCIES, Plan, Side, agreement
from bot.cli.bench.figures import ratio, rounded
from bot.cli.bench.stock import FULL_EPOCHS, Training

Results = dict[str, Any]
Row = tuple[str, str, str, str]

# What we hold ourselves to: (key, words, at least or at most, bound, digits).
TARGETS = (
    ("throughput_ratio_c8", "messages/s at 8 at once, ours : stock", ">=", 8.0, 1),
    ("latency_ratio_c1", "p50 alone, stock : ours", ">=", 6.0, 1),
    ("turn2000_to_turn20", "a late turn : an early turn", "<=", 1.3, 2),
    ("rss_mb", "memory of the engine under load, MB", "<=", 320.0, 0),
    ("start_seconds", "start to first answer, s", "<=", 12.0, 1),
    ("training_seconds", "training, s", "<=", 30.0, 1),
    ("environment_mb", "environment on disk, MB", "<=", 950.0, 0),
)


def results(
    sides: Sequence[Side], plan: Plan, *, quick: bool, stock_training: Training | None
) -> Results:
    """sides: ours, and stock where it was measured. What was not measured is None."""
    ours = sides[0]
    other = sides[1] if len(sides) > 1 else None
    stock_alone = other.speed(1).p50_ms if other else None
    stock_at_8 = other.speed(8).messages_per_second if other else None
    assert ours.long is not None
    return {
        "throughput_ratio_c8": rounded(ratio(ours.speed(8).messages_per_second, stock_at_8), 2),
        "latency_ratio_c1": rounded(ratio(stock_alone, ours.speed(1).p50_ms), 2),
        "turn2000_to_turn20": rounded(ratio(ours.long.late_ms, ours.long.early_ms), 3),
        "rss_mb": rounded(ours.rss_mb),
        "start_seconds": rounded(ours.start_seconds, 2),
        "training_seconds": rounded(ours.training_seconds),
        "environment_mb": rounded(ours.environment_mb),
        "ours": _side(ours),
        "stock": _side(other, stock_training) if other else None,
        "answered_alike": rounded(agreement(sides), 3),
        "plan": {**asdict(plan), "quick": quick},
        "machine": processes.machine(),
    }


def _side(side: Side, training: Training | None = None) -> dict[str, Any]:
    speeds = {f"c{n}": _round_all(asdict(side.speed(n))) for n in CONCURRENCIES}
    spread = {
        f"c{n}": [rounded(one.messages_per_second) for one in side.rounds[n]] for n in CONCURRENCIES
    }
    return {
        **speeds,
        "rounds_messages_per_second": spread,
        "long": _round_all(asdict(side.long)) if side.long else None,
        "rss_mb": rounded(side.rss_mb),
        "start_seconds": rounded(side.start_seconds, 2),
        "training_seconds": rounded(side.training_seconds),
        "training": asdict(training) if training else None,
        "environment_mb": rounded(side.environment_mb),
        "errors": side.errors,
        "outcome": _round_all(asdict(side.outcome), 3) if side.outcome else None,
    }


def _round_all(values: dict[str, Any], digits: int = 2) -> dict[str, Any]:
    return {k: round(v, digits) if isinstance(v, float) else v for k, v in values.items()}


def rows(found: Results) -> list[Row]:
    """(what, stock, ours, how they compare), ready to be printed."""
    stock, ours = found["stock"] or {}, found["ours"]
    lines = []
    for n in CONCURRENCIES:
        a, b = stock.get(f"c{n}") or {}, ours[f"c{n}"]
        lines += [
            _row(f"messages/s, {n} at once", a, b, "messages_per_second", more_is_better=True),
            _row(f"p50, {n} at once, ms", a, b, "p50_ms"),
            _row(f"p95, {n} at once, ms", a, b, "p95_ms"),
            _row(f"p99, {n} at once, ms", a, b, "p99_ms"),
            _row(f"processor time a message, {n} at once, ms", a, b, "cpu_ms"),
        ]
    a, b = stock.get("long") or {}, ours["long"]
    lines += [
        _row("long conversation: turns 20–120, ms", a, b, "early_ms"),
        _row("turns 200–300, ms", a, b, "at_300_ms"),
        _row(f"turns {b['turns'] - 100}–{b['turns']}, ms", {}, b, "late_ms"),
        _row("memory under load, MB", stock, ours, "rss_mb"),
        _row("start to first answer, s", stock, ours, "start_seconds"),
        (*_row(_training(stock), stock, ours, "training_seconds")[:3], ""),  # unlike things
        _row("environment on disk, MB", stock, ours, "environment_mb"),
    ]
    return lines


def _training(stock: Results) -> str:
    of = stock.get("training") if stock else None
    if not of or of["epochs"] == FULL_EPOCHS:
        return "training, s"
    full = round(of["full_seconds"] / 60)
    return f"training, s (stock: {of['epochs']} epochs; {FULL_EPOCHS} would take about {full} min)"


def _row(what: str, a: Results, b: Results, key: str, *, more_is_better: bool = False) -> Row:
    theirs, mine = a.get(key), b.get(key)
    times = ratio(mine, theirs) if more_is_better else ratio(theirs, mine)
    return what, _figure(theirs), _figure(mine), f"{times:.1f}×" if times else ""


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def verdicts(found: Results) -> list[str]:
    """A line for each target that was measured: the figure, the bound, and whether it holds."""
    lines = []
    for key, words, sense, bound, digits in TARGETS:
        value = found[key]
        if value is not None:
            holds = value >= bound if sense == ">=" else value <= bound
            said = "holds: " if holds else "missed:"
            lines.append(f"{said} {words}: {value:.{digits}f} (target {sense} {bound:g})")
    return lines


def same_work(found: Results) -> list[str]:
    """Whether both sides did the same work: one pass through the play."""
    lines = []
    for name in ("stock", "ours"):
        of = found[name] and found[name]["outcome"]
        if of:
            lines.append(
                f"{name}: {of['messages']} messages, {of['empty']} without an answer, "
                f"{of['tickets']} tickets opened, {of['by_action']:.0%} answered by an action; "
                f"{found[name]['errors']} errors in all rounds"
            )
    if found["answered_alike"] is not None:
        lines.append(f"answered alike on both sides: {found['answered_alike']:.0%} of the messages")
    return lines


def table(found: Results) -> str:
    """For the terminal."""
    lines = [f"{'':78} {'stock':>9} {'ours':>9} {'':>8}"]
    lines += [f"{what:78} {a:>9} {b:>9} {times:>8}" for what, a, b, times in rows(found)]
    return "\n".join([*lines, "", *same_work(found), "", *verdicts(found)])


def markdown(found: Results) -> str:
    lines = ["| | stock Rasa | Linli | |", "|---|---:|---:|---:|"]
    lines += [f"| {' | '.join(row)} |" for row in rows(found)]
    said = [*same_work(found), *verdicts(found)]
    of = found["machine"]
    where = (
        f"{of['cores']} × {of['processor']}, {of['memory_gb']} GB, {of['system']}, "
        f"Python {of['python']}; medians of {found['plan']['rounds']} rounds"
    )
    return "\n".join([*lines, "", *(f"- {line}" for line in said), f"- {where}"]) + "\n"


def write(found: Results, folder: Path) -> Path:
    """Leave JSON, Markdown and, where there are two sides, a picture; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engine.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    (folder / "engine.md").write_text(markdown(found), "utf-8")
    if found["stock"]:
        from bot.cli.bench import pictures

        pictures.engines(found, folder / "engine.png")
    return folder
