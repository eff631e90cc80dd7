"""Parts of a ticket that are somebody else's: 协办, 吹哨 and 回访; their steps, and until when.

One person leads; the others have parts with their own task and deadline. Arrival at the place is
confirmed by whoever arrives, and timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase

from bot.desk import deadline_rules, duty
from bot.desk.community import Community, Place, Role, Staff, Stage
from bot.desk.errors import IllegalMove, NotAllowed
from bot.desk.moves import Actor
from bot.desk.reckoning import Clock

_Fits = Callable[[Role], bool]


class PartKind(str, Enum):
    """Why somebody has a part."""

    ASSIST = "assist"  # 协办: does something for the lead
    WHISTLE = "whistle"  # 吹哨: comes to the place
    REVISIT = "revisit"  # 回访: goes and asks the resident what was wrong


class PartStatus(str, Enum):
    """Where a part stands."""

    ASKED = "asked"  # 待响应
    ACCEPTED = "accepted"  # 已接受
    ARRIVED = "arrived"  # 已到场
    DONE = "done"  # 已办好
    CANCELLED = "cancelled"  # 已取消: called off, or could not be done

    @property
    def chinese(self) -> str:
        return _STATUS_NAMES[self]

    @property
    def is_open(self) -> bool:
        return self in _OPEN


class Step(str, Enum):
    """What can be done to a part."""

    ACCEPT = "accept"  # 接受
    ARRIVE = "arrive"  # 我到了
    DONE = "done"  # 办好了
    CANNOT = "cannot"  # 办不了, with a reason: back to whoever asked
    CANCEL = "cancel"  # 取消, by the lead or because the ticket has ended


@dataclass(frozen=True)
class Rule:
    """A step is legal from these states; it leads to `to`."""

    by: frozenset[Actor]
    sources: frozenset[PartStatus]
    to: PartStatus


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Somebody who may be asked. comes: who comes when they are asked now, None for nobody."""

    person: Staff
    comes: Staff | None
    in_charge: bool = True  # of the matter


_STATUS_NAMES = {
    PartStatus.ASKED: "待响应",
    PartStatus.ACCEPTED: "已接受",
    PartStatus.ARRIVED: "已到场",
    PartStatus.DONE: "已办好",
    PartStatus.CANCELLED: "已取消",
}
KIND_NAMES = {PartKind.ASSIST: "协办", PartKind.WHISTLE: "吹哨", PartKind.REVISIT: "回访"}
# Why somebody cannot do their part: what a button can say.
REASONS = {
    "scope": "不归我管",
    "people": "人手不够",
    "entry": "进不了现场",
    "law": "没有执法依据",
    "other": "其他原因",
}

_OPEN = frozenset({PartStatus.ASKED, PartStatus.ACCEPTED, PartStatus.ARRIVED})
OPEN = tuple(sorted(status.value for status in _OPEN))
_NOT_THERE = _OPEN - {PartStatus.ARRIVED}
_A, _H, _D, _U, _S = Actor.HELPER, Actor.HANDLER, Actor.DESK, Actor.SUPERIOR, Actor.SYSTEM

STEPS: dict[Step, Rule] = {
    Step.ACCEPT: Rule(frozenset({_A}), frozenset({PartStatus.ASKED}), PartStatus.ACCEPTED),
    Step.ARRIVE: Rule(frozenset({_A}), _NOT_THERE, PartStatus.ARRIVED),
    Step.DONE: Rule(frozenset({_A, _D}), _OPEN, PartStatus.DONE),
    Step.CANNOT: Rule(frozenset({_A}), _OPEN, PartStatus.CANCELLED),
    Step.CANCEL: Rule(frozenset({_H, _D, _U, _S}), _OPEN, PartStatus.CANCELLED),
}


def after(step: Step, kind: PartKind, status: PartStatus, actors: frozenset[Actor]) -> PartStatus:
    """The state after `step`; raises NotAllowed and IllegalMove.

    Whoever was called to the place has done their part only after they came.
    """
    rule = STEPS[step]
    if not actors & rule.by:
        raise NotAllowed(f"{step.value} is not for {', '.join(sorted(actors)) or 'a stranger'}")
    called = kind is PartKind.WHISTLE and step is Step.DONE and _A in actors
    if status not in rule.sources or (called and status is not PartStatus.ARRIVED):
        raise IllegalMove(f"{step.value} is not possible while the part is {status.value}")
    return rule.to


def next_steps(kind: PartKind, status: PartStatus) -> list[Step]:
    """What whoever has the part can do next, the likeliest first."""
    likely = {
        PartStatus.ASKED: (Step.ACCEPT, Step.ARRIVE, Step.DONE, Step.CANNOT),
        PartStatus.ACCEPTED: (Step.ARRIVE, Step.DONE, Step.CANNOT),
        PartStatus.ARRIVED: (Step.DONE, Step.CANNOT),
    }
    return [s for s in likely.get(status, ()) if _offered(s, kind, status)]


def _offered(step: Step, kind: PartKind, status: PartStatus) -> bool:
    if step is Step.DONE:
        needed = PartStatus.ACCEPTED if kind is not PartKind.WHISTLE else PartStatus.ARRIVED
        return status in (needed, PartStatus.ARRIVED)
    return True


def next_deadline(
    status: PartStatus, arrive_by: datetime | None, due_by: datetime
) -> datetime | None:
    """When something of an open part is due next; None once it has ended."""
    if not status.is_open:
        return None
    waits = arrive_by if status in _NOT_THERE else None
    return min(waits, due_by) if waits else due_by


def usual_limits(
    kind: PartKind,
    matter: str,
    urgency: str,
    community: Community,
    now: datetime,
    resolve_by: datetime,
) -> tuple[datetime | None, datetime]:
    """(until when to arrive, until when to be done) where whoever asks does not say.

    By the community's rules, and before the whole is due, as long as that is still to come.
    """

    def end_of(stage: Stage) -> datetime:
        return deadline_rules.reckon(stage, matter, urgency, Clock(start=now), community).at

    if kind is PartKind.REVISIT:
        return None, end_of(Stage.REVISIT)
    due = end_of(Stage.ASSIST)
    if now < resolve_by < due:
        due = resolve_by
    arrive = min(end_of(Stage.ARRIVE), due) if kind is PartKind.WHISTLE else None
    return arrive, due


def who_comes(
    person: Staff, community: Community, now: datetime, *, only: Role | None = None
) -> Staff | None:
    """Nobody on leave is asked: the deputy comes, or nobody. only: a role they must hold."""
    for code in (person.code, person.deputy):
        found = community.staff.get(code or "")
        if found and not duty.is_absent(found, now) and (only is None or found.holds(only)):
            return found
    return None


def departments(place: Place, matter: str, community: Community, now: datetime) -> list[Choice]:
    """The departments that can be called to a place; those in charge of the matter come first."""
    found = _reaching(place, community, lambda role: role is Role.LIAISON)
    choices = [
        Choice(
            person=person,
            comes=who_comes(person, community, now),
            in_charge=_in_charge(person, matter),
        )
        for person in found
    ]
    return sorted(choices, key=lambda choice: not choice.in_charge)


def helpers(place: Place, matter: str, community: Community, now: datetime) -> list[Choice]:
    """Who else works at a place, the nearest first: may be asked for a part of the matter."""
    found = _reaching(place, community, lambda role: role not in _NOT_ASKED)
    choices = [
        Choice(
            person=person,
            comes=who_comes(person, community, now),
            in_charge=not person.holds(Role.LIAISON) or _in_charge(person, matter),
        )
        for person in found
    ]
    return sorted(choices, key=lambda choice: not choice.in_charge)


def instead_of(person: Staff, place: Place, community: Community, now: datetime) -> list[Staff]:
    """Who is there, of those who hold a role of this person's at the place."""
    roles = {post.role for post in person.posts}
    found = _reaching(place, community, lambda role: role in roles)
    return [p for p in found if p.code != person.code and not duty.is_absent(p, now)]


_NOT_ASKED = frozenset({Role.DISCIPLINE, Role.ADMIN, Role.DESK})


def _reaching(place: Place, community: Community, fits: _Fits) -> list[Staff]:
    """People with such a role for the place, the nearest scope first."""
    chain = community.chain(place) or tuple(
        area.code for area in community.areas.values() if not area.parent
    )
    near = {code: n for n, code in enumerate(chain)}
    ranked = (
        (min(_ranks(person, near, fits), default=None), person)
        for person in community.staff.values()
    )
    reached = [(rank, person.code, person) for rank, person in ranked if rank is not None]
    return [person for _rank, _code, person in sorted(reached, key=lambda found: found[:2])]


def _ranks(person: Staff, near: dict[str, int], fits: _Fits) -> Iterator[int]:
    yield from (near[p.scope] for p in person.posts if p.scope in near and fits(p.role))


def _in_charge(person: Staff, matter: str) -> bool:
    posts = (post for post in person.posts if post.role is Role.LIAISON)
    return any(
        not post.matters or any(fnmatchcase(matter, pattern) for pattern in post.matters)
        for post in posts
    )
