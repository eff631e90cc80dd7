"""Finds topics in a process of its own: what it needs for that, nobody has to carry on with."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bot.language import topics
from bot.language.topics import Report, Topic
from bot.language.topics_heat import Window


def find(reports: Sequence[Report], *, words: Path, window: Window) -> list[Topic]:
    """`topics.find` elsewhere. words: the folder of the dictionary that is made once."""
    if not reports:
        return []
    # A fresh process: a fork would take over locks that another thread may hold just now.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        return elsewhere.submit(_find, list(reports), words, window).result()


def _find(reports: list[Report], words: Path, window: Window) -> list[Topic]:
    from bot.language.tokens import Cutter

    return topics.find(reports, cutter=Cutter(words, in_memory=True), window=window)
