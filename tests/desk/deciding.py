"""Builders for the tests of routing: say only what matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.desk import routing
from bot.desk.community import Absence, Community, Post, Role, RoutingRule, Staff
from bot.desk.routing import Decision, Request
from tests.conftest import HOME, MONDAY_TEN

AT_NIGHT = MONDAY_TEN + timedelta(hours=16)  # Tuesday, two in the morning


def send(
    community: Community,
    matter: str = "order.ebike",
    *,
    now: datetime = MONDAY_TEN,
    load: Mapping[str, int] | None = None,
    **more: Any,
) -> Decision:
    request = Request(
        **{"matter": matter, "kind": "report", "urgency": "normal", "place": HOME, **more}
    )
    counted = load or {}
    return routing.decide(request, community=community, load=lambda _codes: counted, now=now)


def ruled(community: Community, *rules: RoutingRule) -> Community:
    return replace(community, routing=rules)


def rule(role: Role, **more: Any) -> RoutingRule:
    return RoutingRule(**{"code": str(more), "roles": (role,), **more})


def changed(community: Community, code: str, **values: Any) -> Community:
    person = replace(community.person(code), **values)
    return replace(community, staff={**community.staff, code: person})


def joined(community: Community, code: str, role: Role, scope: str, **more: Any) -> Community:
    """Somebody more with one post."""
    values = {"name": code, "posts": (Post(role=role, scope=scope),), **more}
    return replace(community, staff={**community.staff, code: Staff(code=code, **values)})


def without(community: Community, *roles: Role) -> Community:
    """Nobody holds these roles any more."""
    staff = {
        code: replace(p, posts=tuple(post for post in p.posts if post.role not in roles))
        for code, p in community.staff.items()
    }
    return replace(community, staff=staff)


def on_leave(community: Community, *codes: str) -> Community:
    leave = Absence(start=MONDAY_TEN - timedelta(days=1), end=MONDAY_TEN + timedelta(days=7))
    for code in codes:
        community = changed(community, code, absences=(leave,))
    return community
