"""How well places are read: the right building, or the right question where it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.community import Place
from bot.evaluate.metrics import ratio

Resolve = Callable[..., list[Place]]  # AddressBook.resolve

_OFFERED = 8  # candidates a resident is shown at most


@dataclass
class Share:
    """right of total."""

    right: int = 0
    total: int = 0

    def count(self, is_right: bool) -> None:
        self.right += is_right
        self.total += 1

    @property
    def value(self) -> float:
        return ratio(self.right, self.total)


class AddressScore:
    """Shares over the rows of a set, each of the rows it applies to.

    building: the register's building, and no question asked. unit, room: also these, where the
    text gives them. exact: building, unit and room as labelled. spot: its words are kept.
    nothing: no building in the text, none read. ambiguous: asked, with every candidate on offer.
    """

    def __init__(self) -> None:
        self.n = 0
        self.building, self.unit, self.room, self.exact = Share(), Share(), Share(), Share()
        self.spot, self.nothing, self.ambiguous = Share(), Share(), Share()

    def shares(self) -> dict[str, Share]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Share)}

    def add(self, row: Mapping[str, Any], places: list[Place]) -> None:
        self.n += 1
        gold, open_between = row.get("gold") or {}, set(row.get("ambiguous") or ())
        if open_between:
            offered = {place.building for place in places[:_OFFERED]}
            self.ambiguous.count(not is_clear(places) and open_between <= offered)
        elif gold.get("building"):
            self._count_found(gold, places[0] if is_clear(places) else Place())
        else:
            self.nothing.count(not any(place.building for place in places))

    def _count_found(self, gold: Mapping[str, Any], found: Place) -> None:
        right = found.building == gold["building"]
        self.building.count(right)
        for level, share in (("unit", self.unit), ("room", self.room)):
            if gold.get(level):
                share.count(right and getattr(found, level) == str(gold[level]))
        labelled = (gold["building"], _text(gold.get("unit")), _text(gold.get("room")))
        self.exact.count((found.building, found.unit, found.room) == labelled)
        if gold.get("spot"):
            self.spot.count(str(gold["spot"]) in found.detail)


def score(rows: Iterable[Mapping[str, Any]], resolve: Resolve) -> AddressScore:
    total = AddressScore()
    for row in rows:
        total.add(row, resolve(str(row["text"]), home=home_of(row.get("home"))))
    return total


def is_clear(places: list[Place]) -> bool:
    """Whether the desk would take the first without asking: nothing else is as likely."""
    if not places:
        return False
    return len(places) == 1 or places[0].confidence > places[1].confidence


def home_of(value: Any) -> Place | None:
    """A building's code, or an object with building, unit and room; None: not known."""
    if not value:
        return None
    parts = {"building": value} if isinstance(value, str) else value
    return Place(
        building=parts.get("building"), unit=_text(parts.get("unit")), room=_text(parts.get("room"))
    )


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None
