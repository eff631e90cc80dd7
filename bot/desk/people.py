"""Who acts on a ticket, and what they are to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.desk.community import Community, Place, Role, Staff
from bot.desk.moves import Actor


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever makes a move: a member of staff, a resident, or (neither) the system."""

    staff: Staff | None = None
    resident_id: int | None = None

    @property
    def label(self) -> str:
        """How the timeline names them: staff:xiaoli, resident:17, system."""
        if self.staff:
            return f"staff:{self.staff.code}"
        return f"resident:{self.resident_id}" if self.resident_id is not None else "system"

    @property
    def name(self) -> str:
        if self.staff:
            return self.staff.name
        return "居民" if self.resident_id is not None else "系统"

    def holds(self, *roles: Role) -> bool:
        return self.staff is not None and any(self.staff.holds(role) for role in roles)


SYSTEM = Person()


def superiors(place: Place, community: Community, *, confidential: bool) -> tuple[str, ...]:
    """Who decides about a ticket at this place: its secretaries, the nearest first, then admins.

    Of a place that nobody knows, the administrators; of a conduct report, the discipline contacts.
    """
    index = community.index
    if confidential:
        return tuple(dict.fromkeys(p.code for p in index.of_role.get(Role.DISCIPLINE, ())))
    ladder = index.ladder(place)
    found = [
        holder.person.code
        for role in (Role.SECRETARY, Role.ADMIN)
        for scope in ladder
        for holder in index.holders.get((role, scope), ())
    ]
    everywhere = (p.code for p in index.of_role.get(Role.ADMIN, ()))
    return tuple(dict.fromkeys(found or everywhere))


def actors(
    person: Person,
    *,
    assignee: str | None,
    resident_id: int | None,
    confidential: bool,
    helpers: Collection[str] = (),
    against: Collection[str] = (),
    superiors: Collection[str] = (),
) -> frozenset[Actor]:
    """What `person` is to a ticket with this assignee, reporter, helpers and superiors (codes).

    Nobody is a helper or a superior on a confidential ticket: the discipline contact does it all.
    Whoever it is `against` (codes of staff) has no part in it at all.
    """
    found: set[Actor] = set()
    code = person.staff.code if person.staff else None
    if is_against(person, confidential=confidential, against=against):
        return frozenset()
    if code is None and person.resident_id is None:
        found.add(Actor.SYSTEM)
    if person.resident_id is not None and person.resident_id == resident_id:
        found.add(Actor.RESIDENT)
    if code and code == assignee:
        found.add(Actor.HANDLER)
    if confidential:
        # The desk sorts everything except what only the discipline contact may see.
        return frozenset(
            found | ({Actor.DESK, Actor.SUPERIOR} if _reads_conduct(person) else set())
        )
    if person.holds(Role.DESK, Role.ADMIN):
        found.add(Actor.DESK)
    if code in superiors:
        found.add(Actor.SUPERIOR)
    if code in helpers:
        found.add(Actor.HELPER)
    return frozenset(found)


def may_see(
    person: Person,
    *,
    assignee: str | None,
    helpers: Iterable[str],
    resident_id: int | None,
    confidential: bool,
    against: Collection[str] = (),
) -> bool:
    """Residents see their own tickets, handlers and helpers theirs, the desk the ordinary ones.

    Helpers are all whose part in it is written down: watchers, co-handlers, whoever was asked to
    check or to decide. A superior sees what was put before them, not everything below them.
    A conduct report is for the discipline contacts it is not `against`.
    """
    if person.resident_id is not None:
        return person.resident_id == resident_id
    if person.staff is None:
        return not confidential
    if confidential:
        against_them = is_against(person, confidential=True, against=against)
        return _reads_conduct(person) and not against_them
    return person.holds(Role.DESK, Role.ADMIN) or person.staff.code in (assignee, *helpers)


def is_against(person: Person, *, confidential: bool, against: Collection[str]) -> bool:
    """Whether a conduct report complains of `person`."""
    return confidential and person.staff is not None and person.staff.code in against


def _reads_conduct(person: Person) -> bool:
    return person.holds(Role.DISCIPLINE)
