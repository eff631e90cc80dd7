"""Several matters in one message: which ones, and what the resident wants done with them.

A part is {"text", "matters", "place", "kind"}: words of the resident, what they are about, and
where it is (None: where the message is). Pure.
"""

from __future__ import annotations

import re
from typing import Any

from actions.context import CHOICES, Said
from bot.desk import kinds
from bot.desk.routing import CONDUCT_MATTER, NO_MATTER
from bot.language.conduct import is_accusation
from bot.services.outbox import Button, Message

Part = dict[str, Any]

_CLEAR = 0.6  # confidence from which a clause says by itself what it is about
_SURE_OF_CONDUCT = 0.8  # of a clause, whose anger alone looks much like an accusation
_ALSO = 0.15  # a reading that is this likely is what the clause may mean as well
_AT_MOST = 3
_SHOWN = 24  # characters of a part in the question
_COUNT = {2: "两", 3: "三"}
_FIRST = re.compile(r"(只|先|就)?(报|要)?(第[一1]|前[一1面]|头一)")
_SECOND = re.compile(r"(只|先|就)?(报|要)?(第[二2]|后[一1面])")
_ONE = re.compile(r"一件事|一回事|一个事|不用分|别分|不分")
_ALL = re.compile(r"都(要|报|是)|分(开|成|别)|两(件|个|样)|三(件|个|样)|一起|全(都|报)")


def find(said: Said) -> tuple[Part, ...]:
    """The matters of a message, if there are several and each is clear; else ()."""
    found: list[Part] = []
    for clause in map(_read, said.clauses):
        same = _where_it_belongs(clause, found)
        if same is None:
            found.append(_part(clause))
        else:
            _join(same, clause)
    return tuple(found) if 2 <= len(found) <= _AT_MOST else ()


def _read(clause: dict[str, Any]) -> dict[str, Any]:
    """The clause with its matters; an open accusation is one, whatever else it is about, and a
    resemblance to one (吃干饭的) is anger until something says more."""
    matters = list(clause["matters"])
    if is_accusation(clause["text"]):
        matters = [{"code": CONDUCT_MATTER, "confidence": 1.0}]
    elif matters[0]["code"] == CONDUCT_MATTER and matters[0]["confidence"] < _SURE_OF_CONDUCT:
        matters[0] = {**matters[0], "code": NO_MATTER}
    return {**clause, "matters": matters}


def _where_it_belongs(clause: dict[str, Any], found: list[Part]) -> Part | None:
    """The part that a clause says more about; None when it begins another one."""
    if not found:
        return None
    if not is_clear(found[-1]["matters"][0]) or not is_clear(clause["matters"][0]):
        return found[-1]
    return next((part for part in found if not is_another(part, clause)), None)


def is_hidden(parts: tuple[Part, ...]) -> bool:
    return any(part["kind"] == kinds.CONDUCT for part in parts)


def question(parts: tuple[Part, ...]) -> Message:
    count = _COUNT[len(parts)]
    lines = [f"{n}. {_short(part['text'])}" for n, part in enumerate(parts, 1)]
    only = [
        Button(f"只报第{n}件", f"/{name}")
        for n, name in zip(range(1, len(parts) + 1), CHOICES, strict=False)
    ]
    return Message(
        text="\n".join(
            (f"您说的好像是{count}件事：", *lines, "分开交给各自管的人，办得更快，好吗？")
        ),
        buttons=(Button(f"分成{count}件事", "/affirm"), *only, Button("就是一件事", "/deny")),
    )


def chosen(parts: tuple[Part, ...], said: Said) -> tuple[Part, ...] | None:
    """Those to be reported; () for "it is one matter", None where the answer says neither."""
    if said.payload and said.intent in CHOICES:
        return parts[CHOICES.index(said.intent) :][:1] or None
    if said.intent == "deny" or _ONE.search(said.text):
        return ()
    short = not said.payload and len(said.text) <= _SHOWN
    for pattern, index in ((_FIRST, 0), (_SECOND, 1)):
        if short and pattern.search(said.text):
            return parts[index : index + 1]
    agreed = said.intent == "affirm" or (short and _ALL.search(said.text))
    return parts if agreed else None


def _part(clause: dict[str, Any]) -> Part:
    best = clause["matters"][0]
    conduct = best["code"] == CONDUCT_MATTER and is_clear(best)
    return {
        "text": clause["text"],
        "matters": clause["matters"],
        "place": clause["places"][0] if clause["places"] else None,
        "kind": kinds.CONDUCT if conduct else None,  # None: the kind of the whole message
    }


def _join(part: Part, clause: dict[str, Any]) -> None:
    """More words on the same matter; the clearer of the two says what it is."""
    part["text"] = f"{part['text']}，{clause['text']}"
    part["place"] = part["place"] or (clause["places"][0] if clause["places"] else None)
    if clause["matters"][0]["confidence"] > part["matters"][0]["confidence"]:
        part["matters"] = clause["matters"]


def is_clear(best: dict[str, Any]) -> bool:
    """Whether a reading says by itself what words are about."""
    return bool(best["confidence"] >= _CLEAR and best["code"] != NO_MATTER)


def is_another(part: Part, clause: dict[str, Any]) -> bool:
    """Whether neither could mean what the other does."""
    return not (_meanings(part["matters"]) & _meanings(clause["matters"]))


def _meanings(matters: list[dict[str, Any]]) -> set[str]:
    return {matters[0]["code"]} | {m["code"] for m in matters if m["confidence"] >= _ALSO}


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
