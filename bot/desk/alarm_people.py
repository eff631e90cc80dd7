"""Who is told of an alarm: whoever has the task, then up the ladder; never nobody.

Posts, rosters, deputies and who is complained of are looked up as routing does. Nobody on leave is
counted on: the deputy is told instead, else the next level. Of a conduct report nobody but the
discipline contacts ever hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import conduct, duty, routing_told
from bot.desk.alarms import Saying
from bot.desk.community import Community, Role, Staff
from bot.desk.ladder import WATCHERS, Rung
from bot.desk.moves import Move
from bot.desk.routing_search import Pick, Request, Search


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the clock belongs to. handler: who has it; lead: whose ticket it is, of a part of it.

    request: the ticket as routing sees it.
    """

    request: Request
    handler: str | None
    lead: str | None = None
    watchers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audience:
    """first: who is to act now. beside: who is only told that others were."""

    first: tuple[str, ...]
    beside: tuple[str, ...] = ()


def audience(
    task: Task, saying: Saying, rungs: Sequence[Rung], community: Community, now: datetime
) -> Audience:
    """rungs: of the ladder's rule for this task."""
    search = Search(task.request, community, lambda _codes: {}, now)
    if task.request.is_hidden:
        return Audience(first=_readers(task, saying, search))
    if saying.move is not Move.ESCALATE:
        return Audience(first=_in_hand(task, search) or _climb(task, rungs, search))
    above = _climb(task, rungs[saying.rung or 0 :], search)
    late = _in_hand(task, search) if task.handler else ()
    return Audience(first=above, beside=tuple(code for code in late if code not in above))


def _in_hand(task: Task, search: Search) -> tuple[str, ...]:
    """Whoever has it, or their deputy; the desk, while it is nobody's."""
    if task.handler is None:
        return routing_told.sorters(search)
    return tuple(person.code for person in _there([task.handler], search))


def _climb(task: Task, rungs: Sequence[Rung], search: Search) -> tuple[str, ...]:
    """The first level with somebody who is there, and is not the one who is late."""
    for rung in rungs:
        above = dict.fromkeys(
            code for name in rung.to for code in _level(name, task, search) if code != task.handler
        )
        if above:
            return tuple(above)
    # Nobody of the ladder is there: the desk, whoever is left of it, finds it later.
    return routing_told.sorters(search)


def _level(name: str, task: Task, search: Search) -> tuple[str, ...]:
    if name == WATCHERS:
        codes = [code for code in (task.lead, *task.watchers) if code]
        return tuple(person.code for person in _there(codes, search))
    for scope, people in search.rings(Role(name)):
        present = search.present(people, Role(name), scope, [])
        if present:
            return tuple(pick.person.code for pick in _on_duty(present, search.now))
    return ()


def _on_duty(present: Sequence[Pick], now: datetime) -> Sequence[Pick]:
    """Those who are on duty, if anybody is."""
    return [pick for pick in present if pick.since == now] or present


def _there(codes: Iterable[str], search: Search) -> Iterator[Staff]:
    """Those who are there, deputies for the others."""
    staff = search.community.staff
    for person in (staff[code] for code in codes if code in staff):
        for one in (person, staff.get(person.deputy or "")):
            if one and not duty.is_absent(one, search.now):
                yield one
                break


def _readers(task: Task, saying: Saying, search: Search) -> tuple[str, ...]:
    """The discipline contacts of a conduct report; all on leave, it waits for them.

    Where none is in charge of the place, those of other places: they may read it as well.
    """
    community, now = search.community, search.now
    codes = routing_told.readers(search) or tuple(
        person.code
        for person in community.index.of_role.get(Role.DISCIPLINE, ())
        if not conduct.is_involved(person, task.request.against, community)
    )
    there = [code for code in codes if not duty.is_absent(community.staff[code], now)]
    others = [code for code in there if code != task.handler]
    if saying.move is Move.ESCALATE:
        return tuple(dict.fromkeys(others or there or codes))
    mine = [code for code in there if code == task.handler]
    return tuple(dict.fromkeys(mine or there or codes))
