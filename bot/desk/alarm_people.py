"""Who is told of an alarm: whoever has the task, then up the ladder; never nobody.

Nobody on leave is counted on: the deputy is told instead, else the next level. Of a conduct report
nobody but the discipline contacts ever hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from bot.desk import duty
from bot.desk.alarms import Saying
from bot.desk.community import Community, Place, Role, Staff
from bot.desk.ladder import WATCHERS, Rung
from bot.desk.moves import Move


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the clock belongs to. handler: who has it; lead: whose ticket it is, of a part of it.

    against: staff a conduct report complains of, who never hear of it.
    """

    matter: str
    place: Place
    handler: str | None
    lead: str | None = None
    watchers: tuple[str, ...] = ()
    confidential: bool = False
    against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audience:
    """first: who is to act now. beside: who is only told that others were."""

    first: tuple[str, ...]
    beside: tuple[str, ...] = ()


class Ranks:
    """The people of a community by role and scope; built once, asked for every alarm of a look."""

    def __init__(self, community: Community, now: datetime) -> None:
        self._community, self._now = community, now
        self._holders: dict[tuple[str, str], list[Staff]] = {}
        self._of_role: dict[str, list[Staff]] = {}
        self._widest = tuple(a.code for a in community.areas.values() if a.parent is None)
        for person in community.staff.values():
            for post in person.posts:
                self._holders.setdefault((post.role.value, post.scope), []).append(person)
            for role in {post.role.value for post in person.posts}:
                self._of_role.setdefault(role, []).append(person)

    def audience(self, task: Task, saying: Saying, rungs: Sequence[Rung]) -> Audience:
        """rungs: of the ladder's rule for this task."""
        if task.confidential:
            return self._discipline(task, saying)
        if saying.move is not Move.ESCALATE:
            return Audience(first=self._in_hand(task) or self._climb(task, rungs))
        above = self._climb(task, rungs[saying.rung or 0 :])
        beside = tuple(code for code in self._in_hand(task) if code not in above)
        return Audience(first=above, beside=beside if task.handler else ())

    def _in_hand(self, task: Task) -> tuple[str, ...]:
        """Whoever has it, or their deputy; the desk, while it is nobody's."""
        if task.handler is None:
            return self._present(self._of_role.get(Role.DESK.value, ()))
        handler = self._community.staff.get(task.handler)
        return self._present([handler] if handler else ())

    def _climb(self, task: Task, rungs: Sequence[Rung]) -> tuple[str, ...]:
        """The first level with somebody who is there, and is not the one who is late."""
        for rung in rungs:
            found = self._present(self._level(rung.to, task))
            above = tuple(code for code in found if code != task.handler)
            if above:
                return above
        return self._last_resort(task)

    def _level(self, names: Iterable[str], task: Task) -> list[Staff]:
        found: list[Staff] = []
        for name in names:
            if name == WATCHERS:
                codes = [code for code in (task.lead, *task.watchers) if code]
                found += [s for code in codes if (s := self._community.staff.get(code))]
            else:
                found += self._nearest(name, task)
        return found

    def _nearest(self, role: str, task: Task) -> list[Staff]:
        """Who holds the role for the smallest place around the task, and for its matter."""
        for scope in self._community.chain(task.place) or self._widest:
            found = [
                person
                for person in self._holders.get((role, scope), ())
                if _in_charge(person, role, scope, task.matter)
            ]
            if found:
                return found
        return []

    def _last_resort(self, task: Task) -> tuple[str, ...]:
        """Nobody of the ladder is there: the desk, else the administrators, who find it later."""
        for role in (Role.DESK, Role.ADMIN):
            found = self._present(self._of_role.get(role.value, ()))
            if found:
                return found
        waiting = [*self._of_role.get(Role.ADMIN.value, ()), *self._of_role.get("desk", ())]
        codes = tuple(dict.fromkeys(person.code for person in waiting))
        return codes or ((task.handler,) if task.handler else ())

    def _discipline(self, task: Task, saying: Saying) -> Audience:
        contacts = [
            person
            for person in self._of_role.get(Role.DISCIPLINE.value, ())
            if person.code not in task.against
        ]
        handler = [person for person in contacts if person.code == task.handler]
        present = self._there(contacts)
        if saying.move is not Move.ESCALATE:
            first = self._there(handler) or present
        else:
            first = [person for person in present if person not in handler] or present
        # All on leave: it waits for them, for nobody else may read it.
        return Audience(first=tuple(person.code for person in first or contacts))

    def _there(self, people: Iterable[Staff]) -> list[Staff]:
        return [person for person in people if not duty.is_absent(person, self._now)]

    def _present(self, people: Iterable[Staff]) -> tuple[str, ...]:
        """Those who are there, deputies for the others; whoever is on duty, if anybody is."""
        found: dict[str, Staff] = {}
        for person in people:
            deputy = self._community.staff.get(person.deputy or "")
            for one in (person, deputy):
                if one and not duty.is_absent(one, self._now):
                    found[one.code] = one
                    break
        working = tuple(code for code, person in found.items() if self._is_on_duty(person))
        return working or tuple(found)

    def _is_on_duty(self, person: Staff) -> bool:
        schedule = self._community.schedules[person.schedule]
        return duty.is_on_duty(schedule, self._now, self._community.zone)


def _in_charge(person: Staff, role: str, scope: str, matter: str) -> bool:
    return any(
        not post.matters or any(fnmatchcase(matter, pattern) for pattern in post.matters)
        for post in person.posts
        if post.role.value == role and post.scope == scope
    )
