"""How often the right building is read from 300 texts that were written apart from the resolver."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluate.addresses import score
from bot.language.address import AddressBook
from tests.language.test_address_demo import demo

HELDOUT = Path(__file__).parents[1] / "data" / "heldout_addresses.jsonl"


@pytest.mark.parametrize(
    ("share", "at_least"),
    [("building", 0.97), ("exact", 0.97), ("nothing", 0.95), ("ambiguous", 0.97)],
)
def test_places_are_read_from_texts_of_others(share: str, at_least: float) -> None:
    rows = [json.loads(line) for line in HELDOUT.read_text(encoding="utf-8").splitlines()]
    shares = score(rows, AddressBook(demo()).resolve).shares()
    assert shares[share].value >= at_least, shares
