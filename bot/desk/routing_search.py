"""The search through the posts of one role after another: who is there and can take it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from fnmatch import fnmatchcase

from bot.desk import conduct, duty
from bot.desk.community import Community, Place, Role, Staff
from bot.desk.index import Holder

Load = Callable[[Collection[str]], Mapping[str, int]]  # tickets in hand of those asked for

NEVER = datetime(9999, 1, 1, tzinfo=timezone.utc)  # when somebody without any duty hours is back
_MOST_BUSIER = 10  # so many of those with more in hand are written down


@dataclass(frozen=True, kw_only=True)
class Request:
    """What routing needs to know of a ticket.

    confidence: 0..1, of the matter. against: codes of the people and units complained of.
    confidential: about conduct once, so that it stays with the discipline contact.
    """

    matter: str
    kind: str
    urgency: str
    place: Place
    confidence: float = 1.0
    confidential: bool = False
    against: frozenset[str] = frozenset()

    @property
    def is_hidden(self) -> bool:
        return self.confidential or conduct.is_confidential(self.matter, self.kind)


class Why(str, Enum):
    """Why somebody who holds the post did not get it."""

    ABSENT = "absent"  # on leave
    FULL = "full"  # as many tickets in hand as their capacity
    OFF_DUTY = "off_duty"  # an equal is on duty now, or sooner
    BUSIER = "busier"  # an equal has fewer tickets in hand, or as many and comes first
    COMPLAINED_OF = "complained_of"  # in person, or their unit


@dataclass(frozen=True)
class Passed:
    """Somebody who was passed over. deputy: who stood in, if anybody did."""

    staff: str
    role: Role
    scope: str
    why: Why
    deputy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Who is to do it. since: when they are on duty next, `now` if they are."""

    person: Staff
    role: Role
    scope: str
    since: datetime
    stands_in_for: Staff | None = None
    among: int = 1


class Search:
    """One decision's search; it remembers in `passed` whom it passed over, and why."""

    def __init__(self, request: Request, community: Community, load: Load, now: datetime) -> None:
        self.request, self.community, self.now = request, community, now
        self.passed: list[Passed] = []
        self._ask_load = load
        self._loads: dict[str, int] = {}
        self._hours: dict[str, datetime] = {}

    @property
    def met_somebody_full(self) -> bool:
        return any(passed.why is Why.FULL for passed in self.passed)

    def take(self, role: Role) -> Pick | None:
        """The one for `role` nearest to the place who is present and has room for it."""
        for scope, people in self.rings(role):
            able = self._able(self.present(people, role, scope, self.passed), self.passed)
            if able:
                return self._fittest(able, self.passed)
        return None

    def beside(self, role: Role, taken: Collection[str]) -> Pick | None:
        """Somebody for `role` who looks on or lends a hand, however busy; none of `taken`."""
        for scope, people in self.rings(role):
            able = [p for p in self.present(people, role, scope, []) if p.person.code not in taken]
            if able:
                return self._fittest(able, [])
        return None

    @property
    def is_lost(self) -> bool:
        """The place is not known, and it may be in one street or another."""
        community = self.community
        return len(community.index.roots) > 1 and not community.chain(self.request.place)

    def rings(self, role: Role) -> Iterator[tuple[str, Sequence[Staff]]]:
        """Who holds the role for this place, the nearest scope first, then further out.

        A place that is known only roughly takes in those inside of it; an unknown one is in the
        street, where there is but one.
        """
        index, place = self.community.index, self.request.place
        found = False
        for scope in index.ladder(place):
            if people := self._holders(role, scope):
                found = True
                yield scope, people
        if found:
            return
        for around in (place.estate, place.grid, place.community):
            if around and (people := self._in_charge(index.within.get((role, around), ()))):
                yield around, people
                return
        if len(index.roots) == 1 and not self.community.chain(place):
            (root,) = index.roots
            if people := self._holders(role, root):
                yield root, people

    def present(
        self, people: Iterable[Staff], role: Role, scope: str, passed: list[Passed]
    ) -> list[Pick]:
        """Those who are neither on leave nor complained of; for who is on leave, the deputy."""
        found: dict[str, Pick] = {}
        for person in people:
            stands_in, why = self._stands_in(person, role)
            if stands_in and stands_in.code not in found:
                since = self._since(stands_in, person, role, scope)
                found[stands_in.code] = Pick(
                    person=stands_in,
                    role=role,
                    scope=scope,
                    since=since,
                    stands_in_for=person if why else None,
                )
            if why:
                deputy = stands_in.code if stands_in else None
                passed.append(Passed(person.code, role, scope, why, deputy))
        return list(found.values())

    def _stands_in(self, person: Staff, role: Role) -> tuple[Staff | None, Why | None]:
        """Who does it in the place of `person`, and why not `person`, if it is somebody else."""
        if self._is_involved(person):
            return None, Why.COMPLAINED_OF  # nor whom they chose to stand in for them
        if not duty.is_absent(person, self.now):
            return person, None
        deputy = self.community.staff.get(person.deputy or "")
        if deputy is None or duty.is_absent(deputy, self.now) or self._is_involved(deputy):
            return None, Why.ABSENT
        if role is Role.DISCIPLINE and not deputy.holds(role):
            return None, Why.ABSENT  # standing in does not open conduct reports to anybody
        return deputy, Why.ABSENT

    def _is_involved(self, person: Staff) -> bool:
        return conduct.is_involved(person, self.request.against, self.community)

    def _holders(self, role: Role, scope: str) -> Sequence[Staff]:
        """Those with the post, and those whom a roster gives it to at this moment."""
        index = self.community.index
        holders = index.holders.get((role, scope), ())
        people = self._in_charge(holders)
        roster = index.roster(role, scope)
        named = roster.named(self.now) if roster else None
        if not named or role is Role.DISCIPLINE:  # no roster opens conduct reports to anybody
            return people
        known = {holder.person.code for holder in holders}
        return [*people, *(self.community.staff[code] for code in sorted(named - known))]

    def _in_charge(self, holders: Iterable[Holder]) -> list[Staff]:
        matter = self.request.matter
        return [holder.person for holder in holders if covers(holder.post.matters, matter)]

    def _since(self, person: Staff, holder: Staff, role: Role, scope: str) -> datetime:
        """When `person` is on duty; who stands in for a colleague has the colleague's shift."""
        community = self.community
        roster = community.index.roster(role, scope)
        if roster and holder.code in (roster.named(self.now) or ()):
            return self.now
        schedule = community.schedules[person.schedule]
        if roster:
            return duty.next_turn(person, schedule, roster, self.now, community.zone) or NEVER
        if schedule.code not in self._hours:  # many people have the same hours
            begins = duty.next_duty(schedule, self.now, community.zone)
            self._hours[schedule.code] = begins or NEVER
        return self._hours[schedule.code]

    def _able(self, picks: list[Pick], passed: list[Passed]) -> list[Pick]:
        """Without those at capacity, unless it is urgent or confidential."""
        if self.request.urgency != "normal" or self.request.is_hidden:
            return picks
        counted = [p.person.code for p in picks if p.person.capacity is not None]
        loads = self._load(counted)
        able = []
        for pick in picks:
            capacity = pick.person.capacity
            if capacity is None or loads[pick.person.code] < capacity:
                able.append(pick)
            else:
                passed.append(Passed(pick.person.code, pick.role, pick.scope, Why.FULL))
        return able

    def _fittest(self, picks: list[Pick], passed: list[Passed]) -> Pick:
        """On duty, or soonest; then with fewest tickets in hand."""
        if len(picks) == 1:
            return picks[0]
        loads = self._load([pick.person.code for pick in picks])
        best, *others = sorted(
            picks, key=lambda pick: (pick.since, loads[pick.person.code], pick.person.code)
        )
        for pick in others[:_MOST_BUSIER]:
            why = Why.OFF_DUTY if pick.since > best.since else Why.BUSIER
            passed.append(Passed(pick.person.code, pick.role, pick.scope, why))
        return replace(best, among=len(picks))

    def _load(self, codes: Collection[str]) -> Mapping[str, int]:
        unknown = [code for code in codes if code not in self._loads]
        if unknown:
            counted = self._ask_load(unknown)
            self._loads.update({code: counted.get(code, 0) for code in unknown})
        return self._loads


def covers(patterns: tuple[str, ...], matter: str) -> bool:
    """Whether a post with these patterns is in charge of `matter`; without any, of everything."""
    return not patterns or any(fnmatchcase(matter, pattern) for pattern in patterns)
