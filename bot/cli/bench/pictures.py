"""Pictures of the measurements, as PNG. matplotlib comes with Rasa, and is imported late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_STOCK, _OURS = "#a9b1bd", "#1f7a5c"
_SERIES = ("#1f7a5c", "#c46a1b", "#3a6ea5", "#8a8a8a")


def engines(found: Mapping[str, Any], path: Path) -> None:
    """Stock and ours side by side: throughput, latency, long conversation, memory."""
    stock, ours = found["stock"], found["ours"]
    levels = ("c1", "c8", "c32")
    figure = _figure(11, 3.2)
    speed, latency, long, memory = figure.subplots(1, 4)
    names = [f"{level[1:]} at once" for level in levels]
    rates = [[side[one]["messages_per_second"] for one in levels] for side in (stock, ours)]
    medians = [[side[one]["p50_ms"] for one in levels] for side in (stock, ours)]
    _pairs(speed, "messages a second", names, *rates)
    _pairs(latency, "p50, ms", names, *medians)
    turns = (f"turn {stock['long']['turns']}", f"turn {ours['long']['turns']}")
    long.bar(
        ["turn 20", turns[0], "turn 20 ", turns[1] + " "],
        [side["long"][key] for side in (stock, ours) for key in ("early_ms", "late_ms")],
        color=[_STOCK, _STOCK, _OURS, _OURS],
    )
    long.set_title("one conversation, ms", fontsize=9)
    long.tick_params(axis="x", rotation=30)
    memory.bar(["stock", "ours"], [stock["rss_mb"], ours["rss_mb"]], color=[_STOCK, _OURS])
    memory.set_title("memory, MB", fontsize=9)
    speed.legend(fontsize=8, frameon=False)
    for axes in figure.axes:
        for bars in axes.containers:
            labels = [_label(bar.get_height()) for bar in bars]
            axes.bar_label(bars, labels, fontsize=7, padding=1)
    _save(figure, path)


def soak(
    memory: Mapping[str, Sequence[tuple[float, float]]],
    latency: Sequence[tuple[float, float, float]],
    path: Path,
) -> None:
    """memory: (minutes, MB) of each process; latency: (minutes, p50, p95 in ms)."""
    figure = _figure(9, 5)
    above, below = figure.subplots(2, 1, sharex=True)
    for colour, (name, samples) in zip(_SERIES, memory.items(), strict=False):
        above.plot(*zip(*samples, strict=True), color=colour, label=name, linewidth=1.2)
    above.set_ylim(bottom=0)
    above.set_title("resident memory, MB", fontsize=9)
    above.legend(fontsize=8, frameon=False, ncol=4)
    minutes = [at for at, _, _ in latency]
    below.plot(minutes, [p95 for _, _, p95 in latency], color=_OURS, label="p95")
    below.plot(minutes, [p50 for _, p50, _ in latency], color=_STOCK, label="p50")
    below.set_ylim(bottom=0)
    below.set_title("from the moment a message was due to its answer, ms", fontsize=9)
    below.set_xlabel("minutes", fontsize=9)
    below.legend(fontsize=8, frameon=False)
    _save(figure, path)


def _pairs(
    axes: Any,
    title: str,
    names: Sequence[str],
    stock: Sequence[float],
    ours: Sequence[float],
) -> None:
    places = range(len(names))
    axes.bar([at - 0.2 for at in places], stock, 0.4, color=_STOCK, label="stock Rasa")
    axes.bar([at + 0.2 for at in places], ours, 0.4, color=_OURS, label="Linli")
    axes.set_xticks(list(places))
    axes.set_xticklabels(names)
    axes.set_title(title, fontsize=9)


def _label(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=120, tight_layout=True)
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    for axes in figure.axes:
        axes.tick_params(labelsize=8)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.savefig(path)
