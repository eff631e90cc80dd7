"""What a timeline says about a ticket's clocks: when they started, stood still, and were met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk.community import Stage
from bot.desk.moves import Move, Status
from bot.desk.reckoning import Clock, Extension, Pause
from bot.desk.record import Entry

TO_ACCEPT = frozenset({Status.TRIAGE, Status.ASSIGNED})
TO_RESOLVE = frozenset({Status.ACCEPTED, Status.CONTACTED})
PARKED = frozenset({Status.WAITING, Status.HELD})
_RUNNING = TO_ACCEPT | TO_RESOLVE
_WHY_PAUSED = {
    Status.WAITING: "等居民补充",
    Status.HELD: "挂账",
    Status.RESOLVED: "等核查",  # counts only if the check sends it back
    Status.VERIFIED: "等评价",
    Status.MERGED: "并单",
}


@dataclass
class Clocks:
    """The present round of a ticket: since it was opened, or reopened last."""

    started: datetime
    came: datetime  # to whoever has it now
    status: Status
    pauses: list[Pause]  # the last one may be open
    assignee: str | None = None
    taken: datetime | None = None
    contacted: datetime | None = None
    extension: Extension | None = None
    agreed_review: datetime | None = None

    @property
    def stages(self) -> dict[Stage, Clock]:
        """The clock of every stage of the ticket itself."""
        resolve = Clock(start=self.started, pauses=self._pauses(None), extension=self.extension)
        return {
            Stage.ACCEPT: Clock(start=self.came, pauses=self._pauses(self.taken)),
            Stage.CONTACT: Clock(start=self.started, pauses=self._pauses(self.contacted)),
            Stage.RESOLVE: resolve,
        }

    @property
    def met(self) -> frozenset[Stage]:
        """The stages that are behind the ticket."""
        over = self.status not in _RUNNING | PARKED
        met = {
            Stage.ACCEPT: over or self.taken is not None,
            Stage.CONTACT: over or self.contacted is not None,
            Stage.RESOLVE: over,
        }
        return frozenset(stage for stage, is_met in met.items() if is_met)

    @property
    def parked_since(self) -> datetime | None:
        return self.pauses[-1].start if self.status in PARKED else None

    def _pauses(self, met: datetime | None) -> tuple[Pause, ...]:
        """Those that began before the stage was met. What is solved does not wait any more."""
        return tuple(
            pause
            for pause in self.pauses
            if (pause.end or self.status in PARKED) and (met is None or pause.start < met)
        )


def read(lines: Sequence[Entry]) -> Clocks | None:
    """None for a timeline that has not begun."""
    clocks: Clocks | None = None
    for line in lines:
        if clocks is None or line.move is Move.REOPEN:
            before = clocks.assignee if clocks else None
            clocks = Clocks(line.at, line.at, line.after, pauses=[], assignee=before)
        _follow(clocks, line)
    return clocks


def _follow(clocks: Clocks, line: Entry) -> None:
    assignee = line.facts.get("assignee", clocks.assignee)
    if line.after is not clocks.status:
        _change(clocks, line)
    elif line.after in TO_ACCEPT and assignee != clocks.assignee:
        clocks.came = line.at  # the next one has as long as the one before
    clocks.assignee = assignee
    if "contacted_at" in line.facts:
        clocks.contacted = _moment(line, "contacted_at")
    if line.move is Move.EXTEND and (to := _moment(line, "resolve_by")):
        clocks.extension = Extension(at=line.at, to=to)
    if line.move is Move.HOLD:
        clocks.agreed_review = _moment(line, "review_at")


def _change(clocks: Clocks, line: Entry) -> None:
    """The ticket goes into another state: clocks stop, or go on."""
    last = clocks.pauses[-1] if clocks.pauses else None
    stopped = last is not None and last.end is None
    if line.after in TO_ACCEPT:
        clocks.came, clocks.taken = line.at, None
    elif line.after in TO_RESOLVE and clocks.taken is None:
        clocks.taken = line.at
    if last and stopped and line.after in _RUNNING:
        clocks.pauses[-1] = Pause(start=last.start, end=line.at, why=last.why)
        clocks.agreed_review = None
    elif not stopped and line.after in _WHY_PAUSED:
        clocks.pauses.append(Pause(start=line.at, why=_WHY_PAUSED[line.after]))
    clocks.status = line.after


def _moment(line: Entry, name: str) -> datetime | None:
    value = line.facts.get(name)
    return datetime.fromisoformat(value) if value else None
