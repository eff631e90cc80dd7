"""An import as a whole: what it would change, what that does to open tickets, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desk.community import Community
from bot.desk.errors import BadInput
from bot.services import community, community_changes, community_files, handover
from bot.services.community_changes import Change
from bot.services.community_files import Imported
from bot.services.handover import Handed
from bot.services.ticket_moves import IN_HAND, Desk
from bot.store.base import table
from bot.store.tables import ResidentRow, TicketRow

_T = table(TicketRow).c
_MANY = 500  # codes in one question; databases limit how many a statement may carry
_OPEN = _T.status.in_((*IN_HAND, "resolved", "verified"))


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Somebody who is not in the files any more, with the numbers of the tickets in hand."""

    code: str
    name: str
    tickets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import is about to do.

    leavers: only those with tickets in hand, of which conduct reports are left out. orphans:
    matter → how many open tickets are filed under it, of matters that would be gone.
    """

    changes: tuple[Change, ...]
    leavers: tuple[Leaver, ...]
    orphans: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "changes": [asdict(change) for change in self.changes],
            "leavers": [asdict(leaver) for leaver in self.leavers],
            "orphans": dict(self.orphans),
        }


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an import has done. handed: the tickets that went from people who are gone."""

    plan: Plan
    count: community.Count
    handed: tuple[Handed, ...]


def read(session: Session, path: Path) -> Imported:
    """The files, over what is in the database where they are not everything; raises BadInput."""
    return community_files.read(path, _current(session))


def plan(session: Session, imported: Imported) -> Plan:
    """What `apply` would do now; nothing is changed."""
    before, after = _current(session), imported.community
    gone = [p for p in before.staff.values() if p.code not in after.staff] if before else []
    in_hand = _in_hand(session, [person.code for person in gone])
    leavers = (Leaver(code=p.code, name=p.name, tickets=in_hand.get(p.code, ())) for p in gone)
    changes = community_changes.between(before, after)
    return Plan(
        changes=(*changes, *_residents(session, imported)),
        leavers=tuple(leaver for leaver in leavers if leaver.tickets),
        orphans=_orphans(session, after),
    )


def apply(session: Session, imported: Imported, desk: Callable[[Community], Desk]) -> Done:
    """Make the database hold what was read, and route the tickets of whoever is gone anew.

    `desk` makes the desk of the new community. Raises BadInput where open tickets are filed under
    a matter that would be gone.
    """
    wanted = plan(session, imported)
    if wanted.orphans:
        code, number = next(iter(wanted.orphans.items()))
        raise BadInput(
            f"categories: {code} would be gone, but {number} open tickets are filed under it; "
            "keep it until they are closed, or file them under something else"
        )
    now_desk = desk(imported.community)
    count = community.save(session, imported, now=now_desk.now)
    session.flush()
    left = handover.without_handler(session, now_desk)
    key = f"import:{imported.community.version}:{now_desk.now.isoformat()}"
    handed = handover.hand_on(session, left, now_desk, key=key)
    return Done(plan=wanted, count=count, handed=tuple(handed))


def _current(session: Session) -> Community | None:
    return community.load(session) if community.version(session) else None


def _in_hand(session: Session, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Numbers of the tickets these people have in hand; of conduct reports none."""
    query = select(_T.assignee, _T.number).where(_T.status.in_(IN_HAND), _T.confidential.is_(False))
    found: dict[str, list[str]] = {}
    for start in range(0, len(codes), _MANY):
        theirs = query.where(_T.assignee.in_(codes[start : start + _MANY])).order_by(_T.id)
        for code, number in session.connection().execute(theirs):
            found.setdefault(code, []).append(number)
    return {code: tuple(numbers) for code, numbers in found.items()}


def _orphans(session: Session, after: Community) -> dict[str, int]:
    query = select(_T.matter, func.count()).where(_OPEN)
    rows = session.connection().execute(query.group_by(_T.matter))
    return {matter: count for matter, count in rows if matter not in after.categories}


def _residents(session: Session, imported: Imported) -> list[Change]:
    """Residents are only ever added and changed."""
    after = {r.code: {"name": r.name, "home": _home(r.home)} for r in imported.residents}
    rows = session.execute(
        select(ResidentRow.code, ResidentRow.name, ResidentRow.home).where(
            ResidentRow.code.in_(list(after))
        )
    )
    before = {code: {"name": name, "home": home} for code, name, home in rows}
    return list(community_changes.compared("residents", before, after))


def _home(home: Any) -> dict[str, Any] | None:
    return asdict(home) if home else None
