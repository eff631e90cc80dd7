"""Whose task is it? Decides from rules, places, duty and load, and says why in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from fnmatch import fnmatchcase

from bot.desk import duty
from bot.desk.community import Community, Place, Role, RoutingRule, Staff

CONDUCT_MATTER = "admin.conduct"
CONDUCT_KIND = "conduct"
NO_MATTER = "other"  # what nobody has found a name for

_NEVER = datetime(9999, 1, 1, tzinfo=timezone.utc)  # somebody without any duty hours


@dataclass(frozen=True, kw_only=True)
class Request:
    """What routing needs to know of a ticket. confidence: 0..1, of the matter."""

    matter: str
    kind: str
    urgency: str
    place: Place
    confidence: float = 1.0
    confidential: bool = False  # about conduct once: it stays with the discipline contact


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`assignee` None means triage. `reason` is Chinese, for the card and the timeline."""

    assignee: str | None
    watchers: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class _Pick:
    person: Staff
    note: str  # why this one among several, or instead of another


def is_confidential(matter: str, kind: str) -> bool:
    """Reports about the conduct of officials are for the discipline contact alone."""
    return matter == CONDUCT_MATTER or kind == CONDUCT_KIND


def decide(
    request: Request, *, community: Community, load: Mapping[str, int], now: datetime
) -> Decision:
    """The responsible person for `request`.

    The most specific rule wins; its roles are tried in order, each from the most exact place
    outwards. Nobody on leave is chosen: the deputy steps in, then the next role. Among equals
    whoever is on duty, then whoever has fewest open tickets (`load`).
    """
    rule = _rule_for(request, community)
    threshold = float(community.settings.get("triage_below", "0.2"))
    hidden = request.confidential or is_confidential(request.matter, request.kind)
    if hidden:
        rule = RoutingRule(code="conduct", roles=(Role.DISCIPLINE,))
    elif request.confidence < threshold:
        return Decision(assignee=None, watchers=(), reason="事项不明确，由受理台分派")
    if rule is None:
        return Decision(assignee=None, watchers=(), reason="没有匹配的派单规则，由受理台分派")
    for role in rule.roles:
        pick = _pick(role, request, community, load, now)
        if pick:
            watchers = _watchers(rule, request, community, load, now, pick.person.code)
            return Decision(
                assignee=pick.person.code,
                watchers=watchers,
                reason=_reason(request, community, role, pick, watchers),
            )
    if hidden:
        return Decision(assignee=None, watchers=(), reason="等纪检联络员回来处理")
    return Decision(assignee=None, watchers=(), reason="相应岗位暂无人在岗，由受理台分派")


def _rule_for(request: Request, community: Community) -> RoutingRule | None:
    areas = community.chain(request.place)
    fitting = [rule for rule in community.routing if _fits(rule, request, areas)]
    return max(fitting, key=lambda rule: _specificity(rule, areas), default=None)


def _fits(rule: RoutingRule, request: Request, areas: tuple[str, ...]) -> bool:
    return (
        fnmatchcase(request.matter, rule.matter)
        and rule.kind in ("*", request.kind)
        and rule.urgency in ("*", request.urgency)
        and (rule.area == "*" or rule.area in areas)
    )


def _specificity(rule: RoutingRule, areas: tuple[str, ...]) -> tuple[bool, bool, int, int]:
    # An emergency is one whatever it is about; thanks are thanks; then the matter, then the area.
    exact = 0 if rule.matter == "*" else 1 if "*" in rule.matter else 2
    near = 0 if rule.area == "*" else len(areas) - areas.index(rule.area)
    return rule.urgency != "*", rule.kind != "*", exact, near


def _pick(
    role: Role,
    request: Request,
    community: Community,
    load: Mapping[str, int],
    now: datetime,
    exclude: frozenset[str] = frozenset(),
) -> _Pick | None:
    for holders in _holders(role, request, community):
        present = [
            p for p in _present(holders, role, community, now) if p.person.code not in exclude
        ]
        if present:
            return _fittest(present, community, load, now)
    return None


def _holders(role: Role, request: Request, community: Community) -> list[list[Staff]]:
    """Who holds the role for this place, the nearest scope first, then further out.

    Last come the people inside the area, for a place that is known only roughly.
    """
    by_scope: dict[str, list[Staff]] = {}
    for person in community.staff.values():
        for post in person.posts:
            if post.role is role and _in_charge(post.matters, request.matter):
                by_scope.setdefault(post.scope, []).append(person)
    codes = community.chain(request.place) or tuple(a.code for a in community.streets)
    rings = [by_scope[code] for code in codes if code in by_scope]
    if not rings:
        for around in (request.place.estate, request.place.grid, request.place.community):
            inside = [p for s in by_scope if _lies_in(s, around, community) for p in by_scope[s]]
            if inside:
                rings.append(inside)
    return rings


def _lies_in(scope: str, around: str | None, community: Community) -> bool:
    building = community.buildings.get(scope)
    if building:
        return around in (building.estate, building.grid)
    area = community.areas.get(scope)
    return around is not None and area is not None and area.parent == around


def _in_charge(patterns: tuple[str, ...], matter: str) -> bool:
    return not patterns or any(fnmatchcase(matter, pattern) for pattern in patterns)


def _present(holders: list[Staff], role: Role, community: Community, now: datetime) -> list[_Pick]:
    picks = []
    for person in holders:
        if not duty.is_absent(person, now):
            picks.append(_Pick(person, ""))
            continue
        deputy = community.staff.get(person.deputy or "")
        if role is Role.DISCIPLINE and deputy and not deputy.holds(role):
            continue  # standing in for a colleague does not open conduct reports to anybody
        if deputy and not duty.is_absent(deputy, now):
            picks.append(_Pick(deputy, f"{person.name}请假，由{deputy.name}代办"))
    return picks


def _fittest(
    picks: list[_Pick], community: Community, load: Mapping[str, int], now: datetime
) -> _Pick:
    def rank(pick: _Pick) -> tuple[datetime, int, str]:
        code = pick.person.code
        return _back_on_duty(pick.person, community, now), load.get(code, 0), code

    best = min(picks, key=rank)
    begins = _back_on_duty(best.person, community, now)
    notes = [best.note] if best.note else []
    if begins > now:
        notes.append(f"现在不在值班时间，{_say_when(begins, community)}上班后接单")
    elif len(picks) > 1:
        notes.append("在岗且手头工单最少")
    return _Pick(best.person, "；".join(notes))


def _back_on_duty(person: Staff, community: Community, now: datetime) -> datetime:
    schedule = community.schedules[person.schedule]
    start = duty.next_duty(schedule, now, community.zone)
    return start or _NEVER


def _watchers(
    rule: RoutingRule,
    request: Request,
    community: Community,
    load: Mapping[str, int],
    now: datetime,
    assignee: str,
) -> tuple[str, ...]:
    found: list[str] = []
    for role in rule.watch:
        taken = frozenset([assignee, *found])
        pick = _pick(role, request, community, load, now, taken)
        if pick:
            found.append(pick.person.code)
    return tuple(found)


def _reason(
    request: Request,
    community: Community,
    role: Role,
    pick: _Pick,
    watchers: tuple[str, ...],
) -> str:
    """幸福里第一网格 · 电梯故障 → 物业 刘师傅;网格员小李关注。"""
    area = community.areas.get(request.place.grid or request.place.community or "")
    where = area.name if area else community.name
    parts = [
        f"{where} · {community.category(request.matter).name} → "
        f"{_called(pick.person, role)} {pick.person.name}"
    ]
    if pick.note:
        parts.append(pick.note)
    if watchers:
        parts.append("、".join(community.person(code).name for code in watchers) + "关注")
    return "；".join(parts)


def _called(person: Staff, role: Role) -> str:
    """The title says more than the role, unless the person acts in another of their roles."""
    roles = {post.role for post in person.posts}
    return person.title if person.title and roles == {role} else role.chinese


def _say_when(moment: datetime, community: Community) -> str:
    local = moment.astimezone(community.zone)
    if moment == _NEVER:
        return "下次值班"
    return f"{local.month}月{local.day}日{local:%H:%M}"
