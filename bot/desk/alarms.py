"""When the clock of a task has to say something, and what: reminder → overdue → up the ladder.

The steps of a deadline are counted: first its reminders, then the deadline itself, then the rungs.
After the last one the clock is silent. In quiet hours only emergencies ring, and hours of the
ladder are waking hours: whoever is late at ten in the evening has the morning to catch up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.desk.community import Community
from bot.desk.ladder import LadderRule, Quiet
from bot.desk.moves import Move

# A reminder that would fall into the night comes so long before the night begins.
_EVENING = timedelta(hours=1)
_DAY = timedelta(days=1)
FEW = 3  # alarms a person may get one by one before they are gathered


@dataclass(frozen=True)
class Alarm:
    """Step `step` of a deadline is to be said `at` (aware)."""

    at: datetime
    step: int


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What is said now. rung: index of the rung, of an escalation. skipped: what came too late."""

    move: Move
    step: int
    rung: int | None = None
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bell:
    """The rule for one task, the quiet hours and the time zone: everything that decides."""

    rule: LadderRule
    quiet: Quiet | None
    zone: ZoneInfo

    def first(self, deadline: datetime, now: datetime) -> Alarm:
        """The first alarm of a deadline that starts to run `now`."""
        for step in range(self.rule.reminders):
            at = self._reminder(deadline, step, now)
            if now < at < deadline:
                return Alarm(at, step)
        return Alarm(self._awake(max(deadline, now)), self.rule.reminders)

    def says(self, deadline: datetime, step: int, now: datetime) -> Saying | None:
        """What to say when the alarm of `step` has come: the newest of what is due, and it alone.

        None: not yet, because the deadline is another one by now. A reminder of what is overdue
        already is not given.
        """
        reminders = self.rule.reminders
        if now < deadline and step >= reminders:
            return None
        latest = step
        for later in range(step + 1, self.steps):
            if self._moment(deadline, later) <= now:
                latest = later
        skipped = tuple(self._move(missed).value for missed in range(step, latest))
        rung = latest - reminders - 1 if latest > reminders else None
        return Saying(move=self._move(latest), step=latest, rung=rung, skipped=skipped)

    def after(self, deadline: datetime, step: int, now: datetime) -> Alarm | None:
        """The alarm after `step`, which was said `now`; None: that was the last one."""
        for later in range(step + 1, self.steps):
            at = self._moment(deadline, later)
            if later >= self.rule.reminders or now < at < deadline:
                return Alarm(max(at, now), later)
        return None

    def rests_until(self, now: datetime) -> datetime | None:
        """The end of the quiet hours, where they hold now for this task."""
        awake = self._awake(now)
        return awake if awake > now else None

    @property
    def steps(self) -> int:
        return self.rule.reminders + 1 + len(self.rule.rungs)

    def _move(self, step: int) -> Move:
        if step < self.rule.reminders:
            return Move.REMIND
        return Move.OVERDUE if step == self.rule.reminders else Move.ESCALATE

    def _moment(self, deadline: datetime, step: int) -> datetime:
        """When a step is due that does not hang on when the clock started."""
        if step < self.rule.reminders:
            return self._evening_or_morning(deadline - self.rule.remind_before[step], deadline)
        if step == self.rule.reminders:
            return self._awake(deadline)
        return self._later(deadline, self.rule.rungs[step - self.rule.reminders - 1].after)

    def _reminder(self, deadline: datetime, step: int, since: datetime) -> datetime:
        if self.rule.remind_share is None:
            return self._moment(deadline, step)
        at = since + self.rule.remind_share * (deadline - since)
        return self._evening_or_morning(at, deadline)

    def _evening_or_morning(self, at: datetime, deadline: datetime) -> datetime:
        """Out of the night: to the morning, or where that is too late, to the evening before."""
        night = self._night(at)
        if night is None:
            return at
        return night[1] if night[1] < deadline else night[0] - _EVENING

    def _awake(self, at: datetime) -> datetime:
        night = self._night(at)
        return night[1] if night else at

    def _later(self, at: datetime, span: timedelta) -> datetime:
        """`span` after `at`, the nights not counted."""
        if self.quiet is None or self.rule.at_night:
            return at + span
        at = self._awake(at)
        while True:
            start, end = self._next_night(at)
            if at + span <= start:
                return at + span
            span -= start - at
            at = end

    def _night(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The quiet hours that `at` lies in."""
        if self.quiet is None or self.rule.at_night:
            return None
        today = at.astimezone(self.zone).date()
        for day in (today - _DAY, today):
            start, end = self._night_of(day)
            if start <= at < end:
                return start, end
        return None

    def _next_night(self, at: datetime) -> tuple[datetime, datetime]:
        """The quiet hours that begin next; `at` lies in none."""
        today = at.astimezone(self.zone).date()
        night = self._night_of(today)
        return night if night[0] > at else self._night_of(today + _DAY)

    def _night_of(self, day: date) -> tuple[datetime, datetime]:
        assert self.quiet is not None
        quiet = self.quiet
        last = day if quiet.end > quiet.start else day + _DAY
        start = datetime.combine(day, quiet.start, self.zone)
        end = datetime.combine(last, quiet.end, self.zone)
        return start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def bell(community: Community, matter: str, urgency: str) -> Bell:
    ladder = community.ladder
    return Bell(ladder.rule_for(matter, urgency), ladder.quiet, community.zone)


@dataclass(frozen=True)
class Told:
    """Somebody was told of an alarm `at` (aware), of one or of many at once."""

    at: datetime
    many: bool


def peace_until(told: Sequence[Told], pause: timedelta, now: datetime) -> datetime | None:
    """Until when somebody is left in peace; None: may be told now.

    After a digest for the length of `pause`, and after FEW single ones until the oldest of them
    is so long ago: then the rest come together.
    """
    recent = sorted(one.at for one in told if one.at + pause > now)
    ends = [one.at + pause for one in told if one.many and one.at + pause > now]
    if len(recent) >= FEW:
        ends.append(recent[-FEW] + pause)
    return max(ends, default=None)
