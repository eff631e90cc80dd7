"""How the three rates are reckoned: formulas and exclusions, each of them a setting.

The names are the trade's (响应率, 解决率, 满意率); the formulas differ from city to city, so
nothing here is more than a default. A community says otherwise in its rates.yml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from bot.desk import kinds
from bot.desk.community import Community
from bot.desk.errors import BadInput
from bot.desk.moves import Status
from bot.desk.record import State
from bot.desk.spans import Span

STEM = "rates"  # of the community's own file: Community.rules["rates"]
_ANY = "*"
_LEVELS = 5
_DEADLINE = "deadline"
Choice = TypeVar("Choice", bound=Enum)


class Rate(str, Enum):
    """The three."""

    RESPONSE = "response"  # 响应率: contacted in time, of those that were to be contacted
    SOLVED = "solved"  # 解决率: "solved", of valid answers
    SATISFIED = "satisfied"  # 满意率: one of the top levels, of valid answers

    @property
    def chinese(self) -> str:
        return {Rate.RESPONSE: "响应率", Rate.SOLVED: "解决率", Rate.SATISFIED: "满意率"}[self]


class Silence(str, Enum):
    """What the closing of a case that nobody answered about says."""

    LEFT_OUT = "left_out"  # nothing: there is no valid answer
    GOOD = "good"  # solved and satisfied, as some cities have it
    BAD = "bad"  # neither


class Belonging(str, Enum):
    """To which period an answer belongs."""

    OPENED = "opened"  # that of its case, the day it was opened
    ANSWERED = "answered"  # that of the day it was given


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Cases that do not count, and why. Every condition has to hold; "*" always does.

    matter: a pattern such as welfare.*. reason_code: of any move. rates: which ones; empty is all.
    """

    code: str
    name: str
    status: str = "*"
    kind: str = "*"
    urgency: str = "*"
    matter: str = "*"
    reason_code: str = "*"
    rates: tuple[Rate, ...] = ()

    def holds(self, state: State, reason_codes: frozenset[str]) -> bool:
        return (
            self.status in (_ANY, state.status)  # a status equals its value
            and self.kind in (_ANY, state.kind)
            and self.urgency in (_ANY, state.urgency)
            and (self.reason_code == _ANY or self.reason_code in reason_codes)
            and (self.matter == _ANY or fnmatchcase(state.matter, self.matter))
        )


_EXCLUSIONS = (
    Exclusion(code="test", name="测试", reason_code="test"),
    Exclusion(code="abusive", name="辱骂骚扰", reason_code="abusive"),
    Exclusion(code="proactive", name="社区主动立项", reason_code="proactive"),
    Exclusion(code="declined", name="不予受理", status=Status.DECLINED.value),
    Exclusion(code="merged", name="已并单", status=Status.MERGED.value),
    Exclusion(code="withdrawn", name="居民撤回", status=Status.WITHDRAWN.value),
    Exclusion(code="praise", name="表扬", kind="praise"),
    # Who is in danger is answered at once; the fire brigade, not the community, ends the danger.
    Exclusion(
        code="emergency",
        name="转110、119等处置",
        urgency="emergency",
        rates=(Rate.SOLVED, Rate.SATISFIED),
    ),
)


@dataclass(frozen=True, kw_only=True)
class RateRules:
    """within: the time to reach the resident, None: the deadline of the case (contact_by).

    resolved_counts: a case that was done without a word of contact counts as contacted then.
    top_levels: how many of the five levels count as satisfied, from the best downwards.
    """

    within: timedelta | None = None
    resolved_counts: bool = True
    top_levels: int = 3
    silence: Silence = Silence.LEFT_OUT
    answers_belong_to: Belonging = Belonging.OPENED
    exclude: tuple[Exclusion, ...] = _EXCLUSIONS


def of(community: Community) -> RateRules:
    """The rules of this community."""
    return read(community.rules.get(STEM) or {})


def check(own: Any) -> Any:
    """A community's own file, when it is imported. Raises BadInput: where, and what is expected."""
    try:
        read(own)
    except BadInput as error:
        raise BadInput(f"{STEM}.yml: {error}") from None
    return own


def read(values: Mapping[str, Any]) -> RateRules:
    """The rules in the words of the file; what it does not name stays as it usually is."""
    _known(values, tuple(RateRules.__dataclass_fields__))
    usual = RateRules()
    counts = values.get("resolved_counts", usual.resolved_counts)
    if not isinstance(counts, bool):
        raise BadInput(f"resolved_counts is {counts!r}, expected true or false")
    levels = values.get("top_levels", usual.top_levels)
    if levels not in range(1, _LEVELS + 1):
        raise BadInput(f"top_levels is {levels!r}, expected 1 to {_LEVELS}")
    exclude = values.get("exclude")
    return RateRules(
        within=_within(str(values.get("within", _DEADLINE))),
        resolved_counts=counts,
        top_levels=int(levels),
        silence=_one_of(Silence, values, "silence", usual.silence),
        answers_belong_to=_one_of(Belonging, values, "answers_belong_to", usual.answers_belong_to),
        exclude=usual.exclude if exclude is None else _exclusions(exclude),
    )


def _within(words: str) -> timedelta | None:
    if words == _DEADLINE:
        return None
    span = Span.parse(words)
    if span.working:
        raise BadInput(f"within is {words!r}, expected deadline, or natural time such as 24h")
    return span.length


def _exclusions(entries: Any) -> tuple[Exclusion, ...]:
    if not isinstance(entries, list):
        raise BadInput("exclude: expected a list")
    found = tuple(_exclusion(entry) for entry in entries)
    codes = [rule.code for rule in found]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise BadInput(f"exclude: {twice} occurs twice")
    return found


def _exclusion(entry: Any) -> Exclusion:
    if not isinstance(entry, Mapping) or not {"code", "name"} <= set(entry):
        raise BadInput(f"exclude: {entry!r}, expected at least code and name")
    try:
        _known(entry, tuple(Exclusion.__dataclass_fields__))
        rates = entry.get("rates", [])
        if not isinstance(rates, Sequence) or isinstance(rates, str):
            raise BadInput(f"rates is {rates!r}, expected a list")
        conditions = {
            name: str(entry.get(name, _ANY)) for name in ("matter", "reason_code", *_CHOICES)
        }
        for name, choices in _CHOICES.items():
            if conditions[name] not in (_ANY, *choices):
                raise BadInput(f"{name} is {conditions[name]!r}, expected {', '.join(choices)}")
        if set(conditions.values()) == {_ANY}:
            raise BadInput(f"no condition, expected some of {', '.join(conditions)}")
        return Exclusion(
            code=str(entry["code"]),
            name=str(entry["name"]),
            rates=tuple(_one_of(Rate, {"rates": rate}, "rates", Rate.SOLVED) for rate in rates),
            **conditions,
        )
    except BadInput as error:
        raise BadInput(f"exclude: {entry['code']}: {error}") from None


_CHOICES = {
    "status": tuple(status.value for status in Status),
    "kind": tuple(kinds.OF_INTENT.values()),
    "urgency": ("normal", "urgent", "emergency"),
}


def _one_of(kind: type[Choice], values: Mapping[str, Any], name: str, default: Choice) -> Choice:
    value = values.get(name, default.value)
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(str(one.value) for one in kind)
        raise BadInput(f"{name} is {value!r}, expected {choices}") from None


def _known(values: Mapping[str, Any], names: Sequence[str]) -> None:
    strange = sorted(set(values) - set(names))
    if strange:
        raise BadInput(f"{strange[0]} is not known, expected some of {', '.join(names)}")
