"""Is it the same matter that somebody has reported already? What the resident answers. Pure.

What was found is {"numbers", "own", "text", "buttons", "again"}: tickets as they were shown.
"""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from actions.context import CHOICES, Said
from bot.services.outbox import Button, Message

if TYPE_CHECKING:
    from actions.form import Form

_SHORT = 24  # characters; more is a story
_TELLS = 4  # characters; less adds nothing
_ANOTHER = re.compile(
    r"不是|不一样|不同|另外|另开|另报|另一|新的|新报|新开|单独|重新报|都不|^(不|没有)[，。!！]?$"
)
_SAME = re.compile(r"我也|也是|也有|一样|同一|就是(这|那|它|他)|一回事|^(是|对|嗯)|补充到")
_ORDINAL = re.compile(r"第?([1-3一二三])(件|个|条)|第([1-3一二三])")
_DIGITS = "123一二三"


def question(found: dict[str, Any]) -> Message:
    buttons = tuple(Button(label, tap) for label, tap in found["buttons"])
    return Message(text=found["text"], buttons=buttons)


def says_which(found: dict[str, Any], said: Said) -> str | None:
    """The number of the ticket it is about; "" for none of them, None where that is not said."""
    numbers = found["numbers"]
    if said.payload and said.intent in CHOICES:
        return next(iter(numbers[CHOICES.index(said.intent) :]), "")
    if said.intent in ("deny", "skip"):
        return ""
    short = not said.payload and len(said.text) <= _SHORT
    if short and _ANOTHER.search(said.text):
        return ""
    ordinal = _ORDINAL.search(said.text) if short else None
    if ordinal and len(numbers) > 1:
        place = _DIGITS.index(ordinal[1] or ordinal[3]) % 3
        return numbers[place] if place < len(numbers) else None
    agreed = said.intent == "affirm" or (short and bool(_SAME.search(said.text)))
    return numbers[0] if agreed and (found["own"] or len(numbers) == 1) else None


def answer(form: Form, said: Said) -> Form:
    """The form after the answer. Whoever twice says something else reports something else."""
    found = form.alike or {}
    which = says_which(found, said)
    form = replace(form, photos=form.photos + said.photos, phone=said.phone or form.phone)
    if which is not None:
        return replace(form, alike={}, same=which or None)
    if said.place:  # another place: looked for anew
        return replace(form, place=asdict(said.place), alike=None)
    if not said.payload and len(said.text) >= _TELLS:
        form = replace(form, what=f"{form.what}；{said.text}")
    return replace(form, alike={} if found.get("again") else {**found, "again": True})
