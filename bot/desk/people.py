"""Who acts on a ticket, and what they are to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.desk.community import Role, Staff
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


def actors(
    person: Person,
    *,
    assignee: str | None,
    resident_id: int | None,
    confidential: bool,
    helpers: Collection[str] = (),
    against: Collection[str] = (),
) -> frozenset[Actor]:
    """What `person` is to a ticket with this assignee, reporter and helpers (codes of staff).

    Nobody is a helper or a superior on a confidential ticket: the discipline contact does it all.
    Whoever it is `against` (codes of staff) has no part in it at all.
    """
    found: set[Actor] = set()
    if is_against(person, confidential=confidential, against=against):
        return frozenset()
    if person.staff is None and person.resident_id is None:
        found.add(Actor.SYSTEM)
    if person.resident_id is not None and person.resident_id == resident_id:
        found.add(Actor.RESIDENT)
    if person.staff and person.staff.code == assignee:
        found.add(Actor.HANDLER)
    # The desk sorts everything except what only the discipline contact may see, who sorts that.
    sorters = (Role.DISCIPLINE,) if confidential else (Role.DESK, Role.ADMIN)
    if person.holds(*sorters):
        found.add(Actor.DESK)
    superiors = (Role.DISCIPLINE,) if confidential else (Role.SECRETARY, Role.ADMIN)
    if person.holds(*superiors):
        found.add(Actor.SUPERIOR)
    if person.staff and person.staff.code in helpers and not confidential:
        found.add(Actor.HELPER)
    return frozenset(found)


def may_see(
    person: Person,
    *,
    assignee: str | None,
    watchers: Iterable[str],
    resident_id: int | None,
    confidential: bool,
    against: Collection[str] = (),
) -> bool:
    """Residents see their own tickets, handlers theirs, the desk all that is not confidential.

    A conduct report is for the discipline contacts it is not `against`.
    """
    if person.resident_id is not None:
        return person.resident_id == resident_id
    if person.staff is None:
        return not confidential
    if confidential:
        against_them = is_against(person, confidential=True, against=against)
        return person.holds(Role.DISCIPLINE) and not against_them
    return person.holds(Role.DESK, Role.ADMIN) or person.staff.code in (
        assignee,
        *watchers,
    )


def is_against(person: Person, *, confidential: bool, against: Collection[str]) -> bool:
    """Whether a conduct report complains of `person`."""
    return confidential and person.staff is not None and person.staff.code in against
