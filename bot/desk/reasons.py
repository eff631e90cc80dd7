"""The reasons people choose from: why declined, returned, unsolved, extended, held, reopened.

They are data: the product's are in reasons.yml, a community's own add to them. A code is stored
with the move; figures count codes, people read names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.desk.community import Community
from bot.desk.errors import BadInput, UnknownThing
from bot.desk.moves import Move

STEM = "reasons"  # of the community's own file: Community.rules["reasons"]
_CODE = re.compile(r"[a-z][a-z0-9_]{1,19}")  # a button carries 64 bytes


class Group(str, Enum):
    """What a reason is for."""

    DECLINE = "decline"
    RETURN = "return"
    UNSOLVED = "unsolved"
    EXTENSION = "extension"
    HOLD = "hold"
    ANSWER = "answer"  # no reason but an answer: how it was solved
    REOPEN = "reopen"
    BAD_RATING = "bad_rating"
    REJECT = "reject"


OTHER = "other"  # whatever is typed instead of chosen
NOT_TRUE = "not_true"  # of unsolved: 不属实
# Codes the clock gives. Nobody chooses them, and a community cannot rename them.
NO_ANSWER = "no_answer"  # the resident was asked and did not say; figures leave it out
NOT_SUPPLEMENTED = "not_supplemented"  # the resident was to add something and did not
REVIEW = "review"  # the time it was parked for is over
_BY_THE_CLOCK = {
    NO_ANSWER: "居民没有评价",
    NOT_SUPPLEMENTED: "居民没有补充",
    REVIEW: "到了复查日期",
}
_GROUPS = {
    Move.DECLINE: Group.DECLINE,
    Move.RETURN: Group.RETURN,
    Move.RESOLVE: Group.UNSOLVED,
    Move.ASK_EXTENSION: Group.EXTENSION,
    Move.EXTEND: Group.EXTENSION,
    Move.ASK_HOLD: Group.HOLD,
    Move.HOLD: Group.HOLD,
    Move.ADD: Group.REOPEN,  # said after the tap that reopened it
    Move.REOPEN: Group.REOPEN,
    Move.EXPLAIN: Group.BAD_RATING,
    Move.REJECT: Group.REJECT,
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One entry of reasons.yml, where its fields are explained."""

    code: str
    name: str
    text: str = ""
    refer: str = ""
    note: str = ""
    abuse: bool = False


def of(community: Community, group: Group) -> tuple[Reason, ...]:
    """The reasons of a group in this community, in the order in which they are offered."""
    found = dict(_standard()[group])
    own = community.rules.get(STEM) or {}
    for entry in own.get(group.value, ()):
        if entry.get("gone"):
            found.pop(entry["code"], None)
        else:
            found[entry["code"]] = _reason(entry, f"{STEM}.yml: {group.value}")
    return tuple(found.values())


def one(community: Community, group: Group, code: str) -> Reason:
    """Raises UnknownThing."""
    for reason in of(community, group):
        if reason.code == code:
            return reason
    raise UnknownThing(f"no reason {code!r} of {group.value}")


def name_of(community: Community, move: Move, code: str) -> str:
    """A code of the timeline in words; a code that is gone since stays readable as it is."""
    group = _GROUPS.get(move)
    known = {reason.code: reason.name for reason in of(community, group)} if group else {}
    return known.get(code) or _BY_THE_CLOCK.get(code, code)


def check(own: object) -> Mapping[str, Any]:
    """A community's own file, when it is imported. Raises BadInput: where, and what is expected."""
    if not isinstance(own, Mapping):
        raise BadInput(f"{STEM}.yml: expected groups of reasons")
    for name, entries in own.items():
        if name not in {group.value for group in Group}:
            known = ", ".join(group.value for group in Group)
            raise BadInput(f"{STEM}.yml: {name!r}, expected one of {known}")
        if not isinstance(entries, list):
            raise BadInput(f"{STEM}.yml: {name}: expected a list")
        for entry in entries:
            if not (isinstance(entry, Mapping) and entry.get("gone")):
                _reason(entry, f"{STEM}.yml: {name}")
    return own


@cache
def _standard() -> Mapping[Group, Mapping[str, Reason]]:
    source = files("bot.desk") / "reasons.yml"
    read = yaml.safe_load(source.read_text("utf-8"))
    return {
        group: {
            entry["code"]: _reason(entry, f"reasons.yml: {group.value}")
            for entry in read[group.value]
        }
        for group in Group
    }


def _reason(entry: object, where: str) -> Reason:
    known = {field.name for field in fields(Reason)}
    if not isinstance(entry, Mapping) or not {"code", "name"} <= set(entry):
        raise BadInput(f"{where}: {entry!r}, expected at least code and name")
    strange = set(entry) - known - {"gone"}
    if strange:
        raise BadInput(f"{where}: {entry['code']}: {', '.join(sorted(strange))} is not known")
    if not _CODE.fullmatch(str(entry["code"])):
        raise BadInput(f"{where}: code {entry['code']!r}, expected lower case, 2 to 20 characters")
    return Reason(**{name: entry[name] for name in known if name in entry})
