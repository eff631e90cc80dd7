"""Whether a domain is empty is asked of it once."""

from __future__ import annotations

from collections.abc import Callable

from rasa.shared.core.domain import Domain

from bot.dialogue.patches.patch import Change, Patch

_KNOWN = "_known_to_be_empty"
IsEmpty = Callable[[Domain], bool]


def _is_empty(original: IsEmpty) -> IsEmpty:
    def is_empty(self: Domain) -> bool:
        # Kept in the domain itself: as a key it would be written down whole for its hash.
        known: bool | None = vars(self).get(_KNOWN)
        if known is None:
            known = vars(self)[_KNOWN] = original(self)
        return known

    return is_empty


PATCH = Patch(
    name="empty_domain",
    why="Rasa asks with every message whether the domain is empty, and to answer builds an empty "
    "one and writes both down.",
    changes=(Change(Domain, "is_empty", _is_empty, "884be90ef485"),),
    is_speed=True,
)
