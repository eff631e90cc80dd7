"""A place before a report outvotes neither that it is one nor what it is about."""

from __future__ import annotations

import json
from itertools import cycle

import pytest

from bot.cli import setup
from bot.dialogue import tensorflow_stub
from bot.settings import read
from tests.conftest import CHECKOUT

tensorflow_stub.install()

from bot.dialogue.engine import Reader  # noqa: E402

pytestmark = pytest.mark.engine

PLACES = [
    "幸福里小区3号楼2单元",
    "书香雅苑12号楼1单元602室",
    "5-2-301",
    "二号楼三单元，",
    "我们2栋楼下",
    "翠湖苑7号楼1203 ",
]
SHORT = 26  # characters


def reports() -> list[tuple[str, str]]:
    """Short held-out reports without a place, and their matters."""
    rows = [
        json.loads(line)
        for name in ("heldout_matters_3", "heldout_intents_4")
        for line in (CHECKOUT / f"tests/data/{name}.jsonl").read_text("utf-8").splitlines()
    ]
    return [
        (row["text"], row["matter"])
        for row in rows
        if "report" in (row.get("kind"), row.get("intent"))
        and len(row["text"]) < SHORT
        and not any(sign.isdigit() for sign in row["text"])
    ]


async def test_a_report_with_its_place_is_a_report_of_the_same_matter() -> None:
    reader = Reader(setup.model(read({})))
    heard, about, told = 0, 0, reports()
    assert len(told) > 100
    for (text, matter), place in zip(told, cycle(PLACES), strict=False):
        parsed = await reader.read(place + text)
        heard += parsed["intent"]["name"] == "report"
        about += matter in [one["code"] for one in parsed["matters"][:3]]
    assert heard >= 0.93 * len(told)
    assert about >= 0.93 * len(told)
