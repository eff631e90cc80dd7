"""Pictures of a report, as PNG. Labels are codes: no Chinese font is needed anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluate import metrics
from bot.evaluate.metrics import Bin, Verdict

_MOST_CONFUSIONS = 18
_MOST_LABELS = 20  # more is no picture a person can read
_DPI = 120
_BLUE, _RED, _GREY = "#2b6ca3", "#c8553d", "#9aa5b1"


def confusions(verdicts: Sequence[Verdict], title: str, path: Path) -> None:
    """The labels most often confused: rows are right, columns were said, numbers are texts."""
    counts = metrics.confusions(verdicts)
    labels = confused_labels(counts)
    if not labels:
        return
    table = np.array([[counts[gold, said] for said in labels] for gold in labels])
    size = 3.2 + 0.42 * len(labels)
    plt, figure, axes = _canvas(size + 0.4, size)
    shade = np.where(np.eye(len(labels), dtype=bool), 0, table)
    axes.imshow(shade, cmap="Reds", vmin=0, vmax=max(3, shade.max()))
    for row, column in zip(*np.nonzero(table), strict=True):
        on_diagonal = row == column
        dark = not on_diagonal and shade[row, column] > 0.6 * max(3, shade.max())
        colour = "white" if dark else (_GREY if on_diagonal else "black")
        axes.text(column, row, table[row, column], ha="center", va="center", color=colour)
    axes.set_xticks(range(len(labels)), labels, rotation=50, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    for edge in range(1, len(labels)):  # the eye needs lines to follow
        axes.axhline(edge - 0.5, color="white", linewidth=1)
        axes.axvline(edge - 0.5, color="white", linewidth=1)
    axes.set_xlabel("said")
    axes.set_ylabel("right")
    axes.set_title(title, loc="left")
    _save(plt, figure, path)


def confused_labels(counts: Counter[tuple[str, str]]) -> list[str]:
    """The labels of the most frequent confusions, by name; not more than a picture can hold."""
    wrong = [(pair, n) for pair, n in counts.items() if pair[0] != pair[1]]
    wrong.sort(key=lambda one: (-one[1], one[0]))
    labels: dict[str, None] = {}
    for pair, _ in wrong[:_MOST_CONFUSIONS]:
        if len({*labels, *pair}) <= _MOST_LABELS:
            labels |= dict.fromkeys(pair)
    return sorted(labels)


def calibration(bins: Sequence[Bin], title: str, path: Path) -> None:
    """Is what is called 80 % sure right in 80 %? Below the curve, how many texts are how sure."""
    plt, figure, (curve, texts) = _canvas(5.2, 5.4, rows=2)
    at = [bin.confidence for bin in bins]
    curve.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="perfect")
    right = [bin.accuracy for bin in bins]
    curve.plot(at, right, color=_BLUE, linewidth=1, alpha=0.5)
    # A point of three texts says little: its size tells how much it weighs.
    sizes = [min(160, 8 + 4 * bin.count) for bin in bins]
    curve.scatter(at, right, sizes, color=_BLUE, label="measured (size: texts)", clip_on=False)
    curve.set_ylabel("share that is right")
    curve.set_ylim(-0.02, 1.04)
    curve.set_title(title, loc="left")
    curve.legend(frameon=False, loc="upper left")
    width = [bin.high - bin.low for bin in bins]
    texts.bar([bin.low for bin in bins], [bin.count for bin in bins], width, align="edge",
              color=_BLUE, edgecolor="white")  # fmt: skip
    texts.set_ylabel("texts")
    texts.set_xlabel("confidence")
    texts.set_xlim(0, 1)
    _save(plt, figure, path)


def comparison(figures: Mapping[str, Mapping[str, float]], title: str, path: Path) -> None:
    """name of the set → classifier → accuracy, as bars side by side."""
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    plt, figure, axes = _canvas(7.2, 1.2 + 0.42 * len(names) * len(figures))
    height = 0.8 / len(names)
    colours = (_BLUE, _GREY, _RED)
    for number, name in enumerate(names):
        at = [row + number * height for row in range(len(figures))]
        values = [by_name.get(name, 0.0) for by_name in figures.values()]
        bars = axes.barh(at, values, height * 0.92, color=colours[number % 3], label=name)
        axes.bar_label(bars, [f"{value:.1%}" for value in values], padding=3)
    middle = height * (len(names) - 1) / 2
    axes.set_yticks([row + middle for row in range(len(figures))], list(figures))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_title(title, loc="left")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=len(names))
    _save(plt, figure, path)


def _canvas(width: float, height: float, rows: int = 1) -> tuple[Any, Any, Any]:
    import matplotlib

    matplotlib.use("Agg")  # no screen is needed
    import matplotlib.pyplot as plt

    ratios = {"height_ratios": [3, 1][:rows]}
    figure, axes = plt.subplots(rows, 1, figsize=(width, height), sharex=True, gridspec_kw=ratios)
    for one in np.atleast_1d(axes):
        one.spines[["top", "right"]].set_visible(False)
    return plt, figure, axes


def _save(plt: Any, figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=_DPI)
    plt.close(figure)
