"""`route`: to whom the rules would give something now, and why. Nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from rich.console import Console

from bot.bootstrap import Office, utc_now
from bot.cli import setup
from bot.cli.classify import understood
from bot.cli.lines import emit
from bot.cli.talk import address_json
from bot.desk import conduct, kinds, routing
from bot.desk.community import EVERYWHERE, Community, Place, RoutingRule
from bot.desk.errors import BadInput
from bot.desk.routing import Decision, Request, Why
from bot.language.danger.find import find_emergency
from bot.services import ticket_moves
from bot.services.community_json import plain
from bot.services.places import Register

_WHY = {
    Why.ABSENT: "on leave",
    Why.FULL: "at capacity",
    Why.OFF_DUTY: "off duty, or later than another",
    Why.BUSIER: "has as much or more in hand",
    Why.COMPLAINED_OF: "complained of",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked. what: a matter's code or a text; kind, urgency: over what the text says."""

    what: str
    at: str | None = None
    kind: str | None = None
    urgency: str | None = None
    when: str | None = None
    against: tuple[str, ...] = ()


def route(question: Question, *, explain: bool, as_json: bool) -> None:
    """Raises BadInput for a place, time, kind or person that is not known."""
    found = setup.read_settings()
    office = setup.office(found)
    register = office.registers.current()
    request = _request(question, register)
    now = _when(question.when, register.community)
    load = partial(_load, office)
    decision = routing.decide(request, community=register.community, load=load, now=now)
    if as_json:
        emit(_as_json(request, decision, now, register.community))
        return
    lines = _lines(request, decision, now, register) if explain else [decision.reason]
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)


def _load(office: Office, codes: Any) -> dict[str, int]:
    return office.database.read(lambda session: ticket_moves.open_loads(session, codes))


def _request(question: Question, register: Register) -> Request:
    community = register.community
    if question.what in community.categories:
        kind = question.kind or kinds.REPORT
        matter, confidence = question.what, 1.0
        urgency = community.category(matter).urgency if kind == kinds.REPORT else "normal"
    else:
        read = _read(question.what, register)
        kind, urgency = question.kind or read["kind"], read["urgency"]
        matter, confidence = _top(question.what, kind, read["matter"])
    against = {community.person(code).code for code in question.against}
    if routing.is_confidential(matter, kind):
        against |= conduct.complained_of(question.what, community)
    return Request(
        matter=matter,
        kind=_known(kind, tuple(kinds.OF_INTENT.values()), "--kind"),
        urgency=_known(question.urgency or urgency, _URGENCIES, "--urgency"),
        place=_place(question, register),
        confidence=confidence,
        against=frozenset(against),
    )


def _top(text: str, kind: str, ranked: list[dict[str, Any]]) -> tuple[str, float]:
    """The matter it would be filed under, and how sure that is."""
    if kind == kinds.CONDUCT:
        return routing.CONDUCT_MATTER, 1.0
    if emergency := find_emergency(text):
        return emergency.matter, 1.0
    if not ranked:
        return routing.NO_MATTER, 0.0
    return str(ranked[0]["code"]), float(ranked[0]["confidence"])


_URGENCIES = ("normal", "urgent", "emergency")


def _known(value: str, choices: tuple[str, ...], option: str) -> str:
    if value not in choices:
        raise BadInput(f"{option} {value!r}: expected one of {', '.join(choices)}")
    return value


def _read(text: str, register: Register) -> dict[str, Any]:
    """As `classify` reads it."""
    model = setup.model(setup.read_settings())

    from bot.dialogue import unneeded

    unneeded.install()
    from bot.dialogue.engine import Reader

    parsed = asyncio.run(Reader(model).read(text))
    return understood(text, parsed, register)


def _place(question: Question, register: Register) -> Place:
    """Of `--at`, else of the text itself; a code of an area or building is one as well."""
    community, words = register.community, question.at or question.what
    if words in community.buildings:
        return Place(building=words, grid=community.buildings[words].grid, confidence=1.0)
    if words in community.areas:
        return _area(words, community)
    places = register.book.resolve(words)
    if question.at and not places:
        raise BadInput(f"--at {question.at!r}: no place of the register")
    if question.at and len(places) > 1 and places[1].confidence == places[0].confidence:
        either = " or ".join(register.describe(place) for place in places[:3])
        raise BadInput(f"--at {question.at!r}: may be {either}; say which")
    return places[0] if places else Place()


def _area(code: str, community: Community) -> Place:
    area = community.areas[code]
    grid = code if area.kind.value == "grid" else None
    return Place(grid=grid, community=area.parent if grid else code, confidence=1.0)


def _when(text: str | None, community: Community) -> datetime:
    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--when {text!r}: expected a moment such as 2026-11-23T10:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=community.zone)


def _as_json(
    request: Request, decision: Decision, now: datetime, community: Community
) -> dict[str, Any]:
    rule = _rule(decision, community)
    return {
        "matter": request.matter,
        "kind": request.kind,
        "urgency": request.urgency,
        "confidence": round(request.confidence, 4),
        "address": address_json(asdict(request.place)),
        "when": now.astimezone(community.zone).isoformat(),
        "against": sorted(request.against),
        "rule": plain(rule) if rule else None,
        "assignee": decision.assignee,
        "assistants": [plain(assistant) for assistant in decision.assistants],
        "watchers": list(decision.watchers),
        "told": list(decision.told),
        "queued": decision.queued,
        "reason": decision.reason,
        "explanation": decision.explanation.as_json(),
        "ladder": [
            {"code": code, "name": community.name_of(code), "branch": code in community.branches}
            for code in _ladder(request, community)
        ],
    }


def _rule(decision: Decision, community: Community) -> RoutingRule | None:
    version = decision.explanation.rule
    return next((rule for rule in community.routing if rule.version == version), None)


def _lines(
    request: Request, decision: Decision, now: datetime, register: Register
) -> Iterator[str]:
    community, explanation = register.community, decision.explanation
    name = community.category(request.matter).name
    sure = f", {request.confidence:.2f} sure" if request.confidence < 1 else ""
    yield f"matter   {request.matter} {name} ({request.kind}, {request.urgency}{sure})"
    yield f"place    {register.describe(request.place) or 'unknown'}"
    yield f"when     {now.astimezone(community.zone):%Y-%m-%d %H:%M}"
    yield f"rule     {_rule_line(decision, community)}"
    ladder = (_step(code, community) for code in _ladder(request, community))
    yield f"upward   {' › '.join(ladder) or 'the widest areas: the place is not known'}"
    for passed in explanation.passed:
        instead = f"; {_person(passed.deputy, community)} stands in" if passed.deputy else ""
        where = f"{passed.role.value}@{passed.scope}" if passed.scope else passed.role.value
        yield f"passed   {_person(passed.staff, community)} {where}: {_WHY[passed.why]}{instead}"
    for role in explanation.missing:
        yield f"missing  {role.value}: nobody is there to assist"
    yield f"goes to  {_outcome(decision, community)}"
    for assistant in decision.assistants:
        needed = "" if assistant.required else ", if they like"
        yield f"assists  {_person(assistant.staff, community)} {assistant.role.value}{needed}"
    for code in decision.watchers:
        yield f"watches  {_person(code, community)}"
    for code in decision.told:
        yield f"told     {_person(code, community)}"
    yield f"reason   {decision.reason}"


def _rule_line(decision: Decision, community: Community) -> str:
    rule = _rule(decision, community)
    if rule is None:
        return decision.explanation.rule or "none"
    chain = " → ".join(role.value for role in rule.roles)
    helpers = ", ".join(help.role.value + ("" if help.required else "?") for help in rule.assist)
    parts = [chain, f"assist {helpers}" if helpers else ""]
    parts.append("watch " + ", ".join(r.value for r in rule.watch) if rule.watch else "")
    said = "; ".join(part for part in parts if part)
    return f"{rule.version} (import {decision.explanation.community}): {said}"


def _outcome(decision: Decision, community: Community) -> str:
    if decision.assignee:
        role = decision.explanation.role
        return f"{_person(decision.assignee, community)} {role.value if role else ''}".rstrip()
    return "the queue: everybody who could take it is at capacity" if decision.queued else "triage"


def _ladder(request: Request, community: Community) -> list[str]:
    """Scopes upward, without that of everywhere where nobody holds a post for it."""
    used = any(scope == EVERYWHERE for _role, scope in community.index.holders)
    ladder = community.index.ladder(request.place)
    return [code for code in ladder if used or code != EVERYWHERE]


def _step(code: str, community: Community) -> str:
    return community.name_of(code) + (" (Party)" if code in community.branches else "")


def _person(code: str | None, community: Community) -> str:
    person = community.staff.get(code or "")
    return f"{person.name} ({person.code})" if person else "—"
