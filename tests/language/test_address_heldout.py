"""How often the right building is read from 300 texts that were written apart from the resolver.

python -m tests.language.test_address_heldout FILE   prints shares, and the ids that are wrong
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.desk.community import Place
from bot.language.address import AddressBook
from tests.language.test_address_demo import demo

HELDOUT = Path(__file__).parents[1] / "data" / "heldout_addresses.jsonl"
AT_LEAST = 0.97


@dataclass(frozen=True)
class Shares:
    """Of all rows; `exact` asks for unit and room too, and for one candidate where one is right."""

    rows: int
    building: float
    exact: float
    wrong: tuple[str, ...]


def measure(rows: list[dict[str, object]]) -> Shares:
    book = AddressBook(demo())
    wrong, exact = list[str](), 0
    for row in rows:
        home = Place(building=str(row["home"])) if row["home"] else None
        places = book.resolve(str(row["text"]), home=home)
        best = [place for place in places if place.confidence == places[0].confidence]
        if not _is_right(row, best):
            wrong.append(str(row["id"]))
        exact += _is_right(row, best) and _is_exact(row, best)
    total = len(rows)
    return Shares(total, 1 - len(wrong) / total, exact / total, tuple(wrong))


def _is_right(row: dict[str, object], best: list[Place]) -> bool:
    """The building is that of the first; where several fit, all of them are equally first."""
    if row["ambiguous"]:
        return set(row["ambiguous"]) <= {place.building for place in best}  # type: ignore[call-overload]
    building = row["gold"]["building"]  # type: ignore[index]
    return bool(building == (best[0].building if best else None))


def _is_exact(row: dict[str, object], best: list[Place]) -> bool:
    gold: dict[str, str | None] = row["gold"]  # type: ignore[assignment]
    if not best or not gold["building"]:
        return True
    return len(best) == 1 and (best[0].unit, best[0].room) == (gold["unit"], gold["room"])


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(not HELDOUT.is_file(), reason="needs tests/data/heldout_addresses.jsonl")
def test_the_right_building_is_found_in_texts_of_others() -> None:
    shares = measure(read(HELDOUT))
    assert shares.building >= AT_LEAST, shares


if __name__ == "__main__":
    print(measure(read(Path(sys.argv[1]) if len(sys.argv) > 1 else HELDOUT)))
