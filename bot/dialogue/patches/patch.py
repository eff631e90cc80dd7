"""What a patch is: one thing of Rasa replaced by one of ours, with its reason, and removable."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ABSENT = object()  # the original of an attribute that Rasa does not have


@dataclass(frozen=True)
class Change:
    """`owner.attribute` becomes what `make` builds around the original.

    source: the first twelve signs of the SHA-256 of what the change was written for; a test fails
    when Rasa's has become another. watched: what that is, where it is not the original itself.
    """

    owner: Any
    attribute: str
    make: Callable[[Any], Any]
    source: str
    watched: Any = None

    @cached_property
    def original(self) -> Any:
        """Rasa's own, which `undo` puts back; read before the first `apply`."""
        return inspect.getattr_static(self.owner, self.attribute, ABSENT)

    @property
    def function(self) -> Any:
        """The original as one calls it."""
        return getattr(self.original, "__func__", self.original)

    def replacement(self) -> Any:
        return self.make(self.function)

    def apply(self) -> None:
        made = self.replacement()
        is_static = isinstance(self.original, staticmethod)
        setattr(self.owner, self.attribute, staticmethod(made) if is_static else made)

    def undo(self) -> None:
        if self.original is ABSENT:
            delattr(self.owner, self.attribute)
        else:
            setattr(self.owner, self.attribute, self.original)

    def source_now(self) -> str:
        text = inspect.getsource(self.watched or self.function)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Patch:
    """A named group of changes that make sense only together.

    is_speed: without it the same happens, only slower. The others mend what Rasa does wrong.
    is_for_training: made when the assistant is trained, and only then.
    """

    name: str
    why: str
    changes: tuple[Change, ...]
    is_speed: bool
    is_for_training: bool = False
