"""Reports about the conduct of officials: what is one, and who must never have to do with it.

One rule: whoever is complained of neither handles, reads nor hears of the report; nor does anybody
of the unit complained of. A discipline contact is no member of a unit for inspecting it, only for
belonging to its Party branch or holding another post in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.desk import kinds
from bot.desk.community import Community, Role, Staff

MATTER = "admin.conduct"
KIND = kinds.CONDUCT

_HOW_TITLES_END = re.compile(r"[\u4e00-\u9fff]{2}$")


def is_confidential(matter: str, kind: str) -> bool:
    """Reports about the conduct of officials are for the discipline contact alone."""
    return matter == MATTER or kind == KIND


def is_involved(person: Staff, against: Collection[str], community: Community) -> bool:
    """Whether `person` is complained of, or belongs to a unit that is.

    `against` holds codes of people, Party branches, areas and buildings, and names of estates.
    """
    if not against:
        return False
    return person.code in against or any(unit in against for unit in _units(person, community))


def complained_of(text: str, community: Community) -> frozenset[str]:
    """Whom a report names: staff by full name or surname and title, and Party branches by name.

    Rather one too many than one too few: who is named as a witness only loses a report to read.
    """
    staff = {p.code for p in community.staff.values() if any(name in text for name in _names(p))}
    branches = {branch.code for branch in community.branches.values() if branch.name in text}
    return frozenset(staff | branches)


def _names(person: Staff) -> Iterator[str]:
    """陈建国, 支部书记 → 陈建国, 陈书记."""
    if len(person.name) > 1:
        yield person.name
    title = _HOW_TITLES_END.search(person.title)
    if title:
        yield person.name[:1] + title[0]


def _units(person: Staff, community: Community) -> Iterator[str]:
    index = community.index
    if person.branch:
        yield from index.lineage(person.branch)
    for post in person.posts:
        if post.role is not Role.DISCIPLINE:
            yield from index.lineage(post.scope)
