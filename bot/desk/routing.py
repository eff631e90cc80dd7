"""Whose task is it? Decides from rules, places, duty and load, and says why in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk import conduct, routing_told, routing_words
from bot.desk.community import Community, Role, RoutingRule
from bot.desk.routing_search import Load, Passed, Pick, Request, Search, Why

__all__ = [
    "CONDUCT_KIND",
    "CONDUCT_MATTER",
    "NO_MATTER",
    "Assistant",
    "Decision",
    "Explanation",
    "Passed",
    "Request",
    "Why",
    "decide",
    "is_confidential",
    "sorters",
]

CONDUCT_MATTER = conduct.MATTER
CONDUCT_KIND = conduct.KIND
NO_MATTER = "other"  # what nobody has found a name for

is_confidential = conduct.is_confidential

_CONDUCT = RoutingRule(code="conduct", roles=(Role.DISCIPLINE,))


@dataclass(frozen=True)
class Assistant:
    """Somebody who lends a hand. required: the matter is not done before their part is."""

    staff: str
    role: Role
    required: bool


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """How a decision came about, for the record and for `route --explain`.

    rule: its version (code, or code@first day), None where none fitted. community: the version of
    the import it is from. role, scope: the post of the assignee. missing: required co-handlers'
    roles in which nobody is present.
    """

    rule: str | None
    community: str
    role: Role | None = None
    scope: str | None = None
    passed: tuple[Passed, ...] = ()
    missing: tuple[Role, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "community": self.community,
            "role": self.role.value if self.role else None,
            "scope": self.scope,
            "passed": [
                {
                    "staff": passed.staff,
                    "role": passed.role.value,
                    "scope": passed.scope,
                    "why": passed.why.value,
                    "deputy": passed.deputy,
                }
                for passed in self.passed
            ],
            "missing": [role.value for role in self.missing],
        }


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whose it is. `reason` is Chinese, for the card and the timeline.

    assignee: None means triage. told: whom the desk tells of a ticket that is nobody's, or whose
    co-handler is missing; never empty where assignee is None. queued: it is nobody's only because
    everybody who could take it is at capacity.
    """

    assignee: str | None
    reason: str
    explanation: Explanation
    watchers: tuple[str, ...] = ()
    assistants: tuple[Assistant, ...] = ()
    told: tuple[str, ...] = ()
    queued: bool = False


def decide(request: Request, *, community: Community, load: Load, now: datetime) -> Decision:
    """The responsible person for `request` at `now` (aware).

    The most specific rule in force wins; its roles are tried in order, each from the most exact
    place outwards. Nobody on leave and nobody complained of is chosen: the deputy steps in, then
    the next role. Among equals whoever is on duty, then whoever has fewest tickets in hand, which
    `load` is asked of a few people at a time. Nobody at capacity gets what is not urgent.
    """
    search = Search(request, community, load, now)
    if request.is_hidden:
        pick = search.take(Role.DISCIPLINE)
        return _given(search, _CONDUCT, pick) if pick else _nobodys(search, _CONDUCT)
    rule = _rule(request, community, now)
    if request.confidence < float(community.settings.get("triage_below", "0.2")):
        return _nobodys(search, None, routing_words.UNCLEAR)
    if rule is None:
        return _nobodys(search, None, routing_words.NO_RULE)
    for role in rule.roles:
        if role is Role.DESK and search.met_somebody_full:
            break  # the desk does not mend the pipe because the engineer is busy: it waits
        if pick := search.take(role):
            return _given(search, rule, pick)
    return _nobodys(search, rule)


def sorters(request: Request, *, community: Community, now: datetime) -> tuple[str, ...]:
    """Who sorts what nobody has: of the desk whoever is there; of a conduct report its readers."""
    search = Search(request, community, lambda _codes: {}, now)
    return routing_told.readers(search) if request.is_hidden else routing_told.sorters(search)


def _rule(request: Request, community: Community, now: datetime) -> RoutingRule | None:
    areas = community.chain(request.place)
    day = now.astimezone(community.zone).date()
    rules = community.index.rules
    return rules.deciding(request.matter, request.kind, request.urgency, areas, day)


def _given(search: Search, rule: RoutingRule, pick: Pick) -> Decision:
    taken = {pick.person.code}
    assistants: list[Assistant] = []
    missing: list[Role] = []
    for help in rule.assist:
        if found := search.beside(help.role, taken):
            taken.add(found.person.code)
            assistants.append(Assistant(found.person.code, help.role, help.required))
        elif help.required and help.role is not pick.role:
            missing.append(help.role)
    watchers: list[str] = []
    for role in rule.watch:
        if found := search.beside(role, taken):
            taken.add(found.person.code)
            watchers.append(found.person.code)
    beside = [assistant.staff for assistant in assistants]
    return Decision(
        assignee=pick.person.code,
        watchers=tuple(watchers),
        assistants=tuple(assistants),
        told=routing_told.sorters(search) if missing else (),
        reason=routing_words.given(search, pick, beside, watchers, missing),
        explanation=_explained(search, rule, pick, tuple(missing)),
    )


def _nobodys(search: Search, rule: RoutingRule | None, why: str = "") -> Decision:
    """Nobody can take it, or nobody knows who should: who is told?"""
    queued = search.met_somebody_full
    everybody_away = not (why or queued or search.is_lost)
    told = routing_told.nobodys(search, everybody_away=everybody_away)
    return Decision(
        assignee=None,
        queued=queued,
        told=told,
        reason=why or routing_words.nobodys(search, told),
        explanation=_explained(search, rule, None),
    )


def _explained(
    search: Search, rule: RoutingRule | None, pick: Pick | None, missing: tuple[Role, ...] = ()
) -> Explanation:
    return Explanation(
        rule=rule.version if rule else None,
        community=search.community.version,
        role=pick.role if pick else None,
        scope=pick.scope if pick else None,
        passed=tuple(search.passed),
        missing=missing,
    )
