"""An album is one report, though every photo of it is a message: the same answer is said once."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.services.outbox import Delivery
from bot.store.database import Session
from bot.store.tables import InboxRow

_REMEMBERED = 2000  # photos; forgotten, an answer is said once more


@dataclass
class Albums:
    """Which updates were photos of one album, and what its sender was already told."""

    _group: dict[str, str] = field(default_factory=dict, init=False)  # update id: album
    _told: dict[tuple[str, str], int] = field(default_factory=dict, init=False)  # words: row

    @property
    def is_empty(self) -> bool:
        return not self._group

    def note(self, update_id: str, group: str | None) -> None:
        if group:
            self._group[update_id] = group
            _forget(self._group)

    def heard(self, session: Session, delivery: Delivery) -> bool:
        """Whether this answer to a photo was given to another photo of the album before."""
        letter = session.get(InboxRow, delivery.inbox_id)
        group = self._group.get(letter.update_id) if letter else None
        if group is None:
            return False
        first = self._told.setdefault((group, delivery.message.text), delivery.id)
        _forget(self._told)
        return first != delivery.id


def _forget(known: dict[str, str] | dict[tuple[str, str], int]) -> None:
    while len(known) > _REMEMBERED:
        del known[next(iter(known))]  # type: ignore[arg-type]
