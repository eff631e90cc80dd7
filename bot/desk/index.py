"""Who is in charge of what, looked up instead of searched for: a city has 20,000 people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bot.desk.organisation import EVERYWHERE, Branch, Post, Role, Staff
from bot.desk.roster import Roster
from bot.desk.rule_index import RuleIndex

if TYPE_CHECKING:
    from bot.desk.community import Community, Place

K = TypeVar("K")
V = TypeVar("V")


class Holder(NamedTuple):
    """Somebody and the post of theirs that counts here."""

    person: Staff
    post: Post


class Index:
    """Look-ups into one snapshot.

    holders: by role and scope. within: by role and an estate, grid or community, those whose scope
    lies directly in it. of_role: everybody. rosters: by role and scope. roots: the widest areas.
    """

    def __init__(self, community: Community) -> None:
        self._community = community
        posts = [Holder(p, post) for p in community.staff.values() for post in p.posts]
        self.holders = _grouped(((h.post.role, h.post.scope), h) for h in posts)
        self.within = _grouped(
            ((h.post.role, around), h) for h in posts for around in self._around(h.post.scope)
        )
        shifts = _grouped(((s.role, s.scope), s) for s in community.rosters)
        self.rosters = {key: Roster(found, community.zone) for key, found in shifts.items()}
        self.rules = RuleIndex(community.routing)
        self.roots = tuple(area.code for area in community.areas.values() if not area.parent)
        self.of_role = _grouped((h.post.role, h.person) for h in posts)
        self._branches = _grouped((b.area, b) for b in community.branches.values())
        self._estates = {b.estate: b.grid for b in community.buildings.values()}

    def ladder(self, place: Place) -> tuple[str, ...]:
        """Scopes from the nearest to the widest, each area with the Party branches beside it.

        Then come the branches above those branches, and last what reaches everywhere.
        """
        return tuple(dict.fromkeys(self._steps(self._community.chain(place))))

    def lineage(self, scope: str) -> tuple[str, ...]:
        """`scope` and all it belongs to, nearest first; of a branch, the branches above it too."""
        found = dict.fromkeys(self._up(scope))
        return tuple(found)

    def roster(self, role: Role, scope: str) -> Roster | None:
        return self.rosters.get((role, scope))

    def _steps(self, chain: tuple[str, ...]) -> Iterator[str]:
        beside: list[Branch] = []
        for code in chain:
            yield code
            found = self._branches.get(code, ())
            yield from (branch.code for branch in found)
            beside.extend(found)
        for branch in beside:
            yield from self._branches_above(branch.code)
        yield EVERYWHERE

    def _up(self, scope: str) -> Iterator[str]:
        community = self._community
        yield from self._branches_above(scope)
        branch, building = community.branches.get(scope), community.buildings.get(scope)
        if branch:
            yield from self._up(branch.area)
        elif building:
            yield from (building.code, building.estate)
            yield from self._up(building.grid)
        elif scope in self._estates and scope not in community.areas:
            yield scope
            yield from self._up(self._estates[scope])
        area: str | None = scope
        while area and area in community.areas:
            yield area
            area = community.areas[area].parent

    def _branches_above(self, code: str | None) -> Iterator[str]:
        seen: set[str] = set()
        while code and code in self._community.branches and code not in seen:
            seen.add(code)
            yield code
            code = self._community.branches[code].parent

    def _around(self, scope: str) -> tuple[str, ...]:
        building = self._community.buildings.get(scope)
        if building:
            return (building.estate, building.grid)
        area = self._community.areas.get(scope)
        return (area.parent,) if area and area.parent else ()


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
