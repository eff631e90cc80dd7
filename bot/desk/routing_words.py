"""Why it is whose task, in words: for the card, the timeline and the console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.desk.community import Community, Role
from bot.desk.routing_search import NEVER, Pick, Search, Why

UNCLEAR = "事项不明确，由受理台分派"
NO_RULE = "没有匹配的派单规则，由受理台分派"
_NO_PLACE = "不知道在哪个街道，由受理台分派"
_NOBODY_HERE = "相应岗位暂无人在岗，由受理台分派"
_ALL_FULL = "能办的人手头工单都满了，按先后排队，有空就派"
_READER_AWAY = "等纪检联络员回来处理"
_NO_READER = "被反映人须回避，等上级指定纪检联络员"

_PASSED = {Why.ABSENT: "因{}请假", Why.FULL: "{}手头工单已满", Why.COMPLAINED_OF: "{}须回避"}
_MOST_NAMES = 3


def given(
    search: Search,
    pick: Pick,
    assistants: Sequence[str],
    watchers: Sequence[str],
    missing: Sequence[Role],
) -> str:
    """幸福里第一网格 · 电梯故障 → 物业维修工程师 刘师傅；因郭经理请假；小李关注。"""
    request, community = search.request, search.community
    area = community.areas.get(request.place.grid or request.place.community or "")
    where = area.name if area else community.name
    matter = community.category(request.matter).name
    parts = [f"{where} · {matter} → {_called(pick, community)} {pick.person.name}"]
    parts += _why_this_one(pick, search)
    if assistants:
        parts.append(_names(assistants, community) + "协办")
    if watchers:
        parts.append(_names(watchers, community) + "关注")
    if missing:
        roles = "、".join(role.chinese for role in missing)
        parts.append(f"协办的{roles}暂无人在岗，请受理台协调")
    return "；".join(parts)


def nobodys(search: Search, told: Sequence[str]) -> str:
    if search.request.is_hidden:
        community = search.community
        anybody = any(community.person(code).holds(Role.DISCIPLINE) for code in told)
        return _READER_AWAY if anybody else _NO_READER
    if search.met_somebody_full:
        return _ALL_FULL
    if search.is_lost:
        return _NO_PLACE
    return f"{_NOBODY_HERE}；已告诉{_names(told, search.community)}" if told else _NOBODY_HERE


def _why_this_one(pick: Pick, search: Search) -> Iterator[str]:
    instead_of = pick.stands_in_for
    if instead_of:
        yield f"{instead_of.name}请假，由{pick.person.name}代办"
    for why, sentence in _PASSED.items():
        names = [
            passed.staff for passed in search.passed
            if passed.why is why and not (instead_of and passed.staff == instead_of.code)
        ]  # fmt: skip
        if names:
            yield sentence.format(_names(list(dict.fromkeys(names)), search.community))
    if pick.since > search.now:
        yield f"现在不在值班时间，{_when(pick.since, search.community)}上班后接单"
    elif pick.among > 1:
        yield "在岗且手头工单最少"


def _called(pick: Pick, community: Community) -> str:
    """The title says more than the role, unless the person acts in another of their roles."""
    person, role = pick.person, pick.role
    roles = {post.role for post in person.posts}
    title = person.title if person.title and roles == {role} else role.chinese
    branch = community.branches.get(person.branch or "")
    if branch and role is Role.SECRETARY:
        return f"{branch.name}书记"
    return f"{branch.name} {title}" if branch and role is Role.PARTY_MEMBER else title


def _names(codes: Sequence[str], community: Community) -> str:
    names = "、".join(community.person(code).name for code in codes[:_MOST_NAMES])
    return names if len(codes) <= _MOST_NAMES else f"{names}等{len(codes)}人"


def _when(moment: datetime, community: Community) -> str:
    local = moment.astimezone(community.zone)
    if moment == NEVER:
        return "下次值班"
    return f"{local.month}月{local.day}日{local:%H:%M}"
