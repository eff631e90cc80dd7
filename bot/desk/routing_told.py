"""Who is told of a ticket that nobody has: the next level up, the desk, and never nobody."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from bot.desk import conduct, duty
from bot.desk.community import Role, Staff
from bot.desk.routing_search import Search

_SORTERS = (Role.DESK, Role.ADMIN)
_WOULD_HEAR = (Role.ADMIN, Role.DESK, Role.SECRETARY, Role.DUTY)  # of a conduct report that waits
_AT_MOST = 5  # of people who are all as far away as each other


def nobodys(search: Search, *, everybody_away: bool) -> tuple[str, ...]:
    """Whom to tell of a ticket that is nobody's; at least one code while there is any staff.

    Of a conduct report: its readers, and somebody who may only know that one waits. Otherwise the
    desk, and where everybody was away the secretary of the nearest Party branch or area with one.
    """
    if search.request.is_hidden:
        return _unique([*readers(search), *_who_may_only_know(search)])
    superiors = _nearest(search, Role.SECRETARY) if everybody_away else ()
    return _unique([*superiors, *sorters(search)])


def sorters(search: Search) -> tuple[str, ...]:
    """Whose job it is to sort: of the desk, else of the administrators, whoever is present.

    When all of them are on leave they are told all the same, and the messages wait for them.
    """
    for role in _SORTERS:
        if present := _nearest(search, role):
            return present
    return _anybody(search, _SORTERS) or _anybody(search, Role)


def readers(search: Search) -> tuple[str, ...]:
    """The discipline contacts in charge here who are not complained of, present or not."""
    people = (person for _, ring in search.rings(Role.DISCIPLINE) for person in ring)
    return _unique(person.code for person in people if not _involved(search, person))


def _who_may_only_know(search: Search) -> tuple[str, ...]:
    for role in _WOULD_HEAR:
        if present := _nearest(search, role):
            return present
    return _anybody(search, _WOULD_HEAR) or _anybody(search, Role)


def _nearest(search: Search, role: Role) -> tuple[str, ...]:
    """Everybody present of the nearest scope where anybody is."""
    for scope, people in search.rings(role):
        present = search.present(people, role, scope, [])
        if present:
            return tuple(pick.person.code for pick in present)
    return ()


def _anybody(search: Search, roles: Iterable[Role]) -> tuple[str, ...]:
    """Some who hold one of these roles anywhere and are not complained of, the present first.

    Not always the same ones: with every second it begins with somebody else.
    """
    for role in roles:
        everybody = search.community.index.of_role.get(role, ())
        first = int(search.now.timestamp()) % len(everybody) if everybody else 0
        turned = (*everybody[first:], *everybody[:first])
        free = [person for person in turned if not _involved(search, person)]
        here = (person for person in free if not duty.is_absent(person, search.now))
        found = list(islice(here, _AT_MOST)) or free[:_AT_MOST]
        if found:
            return _unique(person.code for person in found)
    return ()


def _involved(search: Search, person: Staff) -> bool:
    return conduct.is_involved(person, search.request.against, search.community)


def _unique(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
