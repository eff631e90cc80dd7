"""Everything that can go wrong in the desk; the docstring of a class is its message.

LinliError
├── BadInput                 what came from outside cannot be used as it is
│   ├── BadRow               a row of an imported file
│   ├── BadSetting           a setting of the environment
│   └── UnknownThing         a code, number or name that is not known here
├── Refused                  the desk understood, and says no
│   ├── NotAllowed           this person may not do this
│   ├── IllegalMove          the ticket is not in a state that allows it
│   │   └── PartOpen         somebody's part has to be done first
│   ├── NobodyThere          whoever is asked is away, and so is their deputy
│   ├── TicketAlreadyMoved   somebody else was faster
│   ├── TooLate              it had to be asked before the deadline
│   ├── AlreadyDecided       a superior has said whose it is, which is final
│   ├── BeingChecked         somebody has to check the work before the resident is asked
│   └── NobodyToAsk          there is nobody who could answer or decide
└── Unavailable              a part does not answer; trying again later may work

Surfaces map these to words in one function each; nothing here knows HTTP, Telegram or Rasa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a ticket stands, for whoever was too late. All in words, except `at` (aware).

    move, by: what was done last, and by whom. holder: who has it, None while the desk sorts it.
    """

    number: str
    status: str
    holder: str | None
    move: str
    by: str
    at: datetime


class LinliError(Exception):
    """Something went wrong in the desk."""


class BadInput(LinliError):
    """The input cannot be used as it is."""


class BadRow(BadInput):
    """A row of an imported file is wrong: names file, line and reason."""

    def __init__(self, *, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class BadSetting(BadInput):
    """A setting is wrong: names the variable, its value and what was expected."""

    def __init__(self, *, variable: str, value: str, expected: str) -> None:
        super().__init__(f"{variable}={value!r}: expected {expected}")
        self.variable = variable


class UnknownThing(BadInput):
    """A code, number or name is not known here."""


class Refused(LinliError):
    """The desk understood and says no."""


class NotAllowed(Refused):
    """This person may not do this."""


class IllegalMove(Refused):
    """The ticket is not in a state that allows this move."""

    standing: Standing | None = None  # for those who may know


class PartOpen(IllegalMove):
    """A required part of the ticket is still open; names whose."""

    def __init__(self, *, number: str, whose: Sequence[str]) -> None:
        super().__init__(f"ticket {number} waits for the part of {', '.join(whose)}")
        self.number, self.whose = number, tuple(whose)


class NobodyThere(Refused):
    """Whoever is asked is away and so is their deputy; names who is there instead."""

    def __init__(self, *, absent: str, present: Sequence[str]) -> None:
        super().__init__(f"{absent} is away; there is {', '.join(present) or 'nobody'}")
        self.absent, self.present = absent, tuple(present)


class TicketAlreadyMoved(Refused):
    """Somebody else was faster; names who holds the ticket now, and how it stands."""

    def __init__(
        self, *, number: str, holder: str | None, standing: Standing | None = None
    ) -> None:
        super().__init__(f"ticket {number} has moved on; it is with {holder or 'the desk'}")
        self.number, self.holder, self.standing = number, holder, standing


class TooLate(Refused):
    """It had to be asked before the deadline."""


class AlreadyDecided(Refused):
    """A superior has said whose it is, and that is final."""


class BeingChecked(Refused):
    """Somebody has to check the work first."""


class NobodyToAsk(Refused):
    """There is nobody who could answer or decide."""


class Unavailable(LinliError):
    """A part does not answer; trying again later may work."""
