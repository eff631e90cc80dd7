"""Is there already a ticket about the same thing? By what it is about, where, and in what words.

Rules of the community say for each matter how far back to look, how near it has to be and how alike
the words (bot.desk.duplicate_rules).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from bot.desk.community import Community, Place
from bot.desk.duplicate_rules import NEVER, USUAL, DuplicateRule, Near

AT_MOST = 3  # more is a list to study, not a tap
_FARTHER = 0.25  # the words have to be so much more alike where only the grid is the same


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is compared of a report. opened_at: aware; of one yet to be opened, the present."""

    matter: str
    place: Place
    text: str
    opened_at: datetime


def rule_for(matter: str, community: Community) -> DuplicateRule:
    """The first rule of the community that fits; a matter that none fits is never asked about."""
    rules = community.duplicates or USUAL
    return next((rule for rule in rules if fnmatchcase(matter, rule.matter)), NEVER)


def matters_to_ask(matter: str, readings: Sequence[str], community: Community) -> list[str]:
    """The matter, and what the words may be about as well, as far as rules ask about them.

    Two neighbours rarely choose the same words, and what they say is read as what it resembles.
    """
    near = [code for code in readings[:AT_MOST] if code.split(".")[0] == matter.split(".")[0]]
    asked = [code for code in dict.fromkeys((matter, *near)) if rule_for(code, community).hours]
    return asked if matter in asked else []


def buildings_to_ask(place: Place, near: Near, community: Community) -> list[str]:
    """Codes of the buildings in which it may have been reported; [] where only the grid counts."""
    if place.building and near is not Near.GRID:
        return [place.building]
    return [b.code for b in community.buildings.values() if place.grid and b.grid == place.grid]


def likeness_of(
    new: Report, known: Report, rule: DuplicateRule, likeness: Callable[[str, str], float]
) -> float:
    """How alike they are, 0..1; 0 where by the rule of the new one's matter they are not."""
    if not rule.hours or known.opened_at < new.opened_at - rule.window:
        return 0.0
    needed = _needed(new.place, known.place, rule)
    if needed is None:
        return 0.0
    alike = likeness(_without_place(new), _without_place(known))
    return alike if alike >= needed else 0.0


def _needed(one: Place, other: Place, rule: DuplicateRule) -> float | None:
    """How alike the words have to be; None where the places are two places."""
    if one.estate and other.estate and one.estate != other.estate:
        return None
    if one.building and other.building:
        if one.building == other.building:
            apart = rule.near is Near.UNIT and one.unit and other.unit and one.unit != other.unit
            return None if apart else rule.alike
        return rule.alike + _FARTHER if rule.near is Near.GRID else None
    if one.grid is None or one.grid != other.grid:
        return None
    # One of them says only roughly where it is.
    return rule.alike if rule.near is Near.GRID else rule.alike + _FARTHER


def _without_place(report: Report) -> str:
    """That both name the estate they live in makes two reports no more alike."""
    estate = report.place.estate or ""
    for name in (estate, estate.removesuffix("小区")):
        text = report.text.replace(name, " ") if len(name) > 1 else report.text
        report = replace(report, text=text)
    return report.text


_CLAUSE = re.compile(r"[，,。；;！!？?、：:\s]+")
# What says who somebody is, and where they live, is not for a neighbour to read.
_PERSONAL = re.compile(
    r"\d{3,}|[\d一二三四五六七八九十零〇]+(室|房|层|楼[上下]?\b)|\*|"
    r"我(是|叫|姓|爸|妈|爱人|老伴|丈夫|妻子|孩子|儿子|女儿|婆婆|公公|父|母|爷|奶|家(里)?(有|老|的))|"
    r"(先生|女士|电话|手机|微信|身份证|姓名|本人|怀孕|残疾|低保|病|癌|瘫)"
)
_SHOWN = 40  # characters


def told(text: str) -> str:
    """What a neighbour may read of somebody's report: its clauses that tell of nobody."""
    clauses: Iterable[str] = (clause for clause in _CLAUSE.split(text) if len(clause) > 1)
    said = "，".join(clause for clause in clauses if not _PERSONAL.search(clause))
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
