"""Which routing rule decides: filed by what it can match, so that a request looks at a handful."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.desk.community import RoutingRule

ANY = "*"
_PLAIN = re.compile(r"[^*?\[\]]+(\.\*)?|\*")  # a leaf, a group such as "property.*", or "*"


class RuleIndex:
    """The routing rules by matter and area, as written there."""

    def __init__(self, rules: Sequence[RoutingRule]) -> None:
        self._filed: dict[tuple[str, str], list[RoutingRule]] = {}
        for rule in rules:
            self._filed.setdefault((rule.matter, rule.area), []).append(rule)
        patterns = {rule.matter for rule in rules}
        self._odd = sorted(p for p in patterns if not _PLAIN.fullmatch(p))

    def deciding(
        self, matter: str, kind: str, urgency: str, areas: Sequence[str], day: date
    ) -> RoutingRule | None:
        """The most specific rule that fits on this local day.

        One for an urgency before one for any; then kind, matter, the nearer of `areas` (most exact
        first), and last the one that came into force later.
        """
        fitting = (
            rule
            for rule in self._fitting(matter, areas)
            if rule.kind in (ANY, kind) and rule.urgency in (ANY, urgency) and rule.holds_on(day)
        )
        return max(fitting, key=lambda rule: _specificity(rule, areas), default=None)

    def _fitting(self, matter: str, areas: Sequence[str]) -> Iterator[RoutingRule]:
        parts = matter.split(".")
        groups = [".".join(parts[:n]) + ".*" for n in range(1, len(parts))]
        odd = [pattern for pattern in self._odd if fnmatchcase(matter, pattern)]
        for pattern in (matter, *groups, *odd, ANY):
            for area in (*areas, ANY):
                yield from self._filed.get((pattern, area), ())


def _specificity(rule: RoutingRule, areas: Sequence[str]) -> tuple[bool, bool, int, int, int, date]:
    # An emergency is one whatever it is about; thanks are thanks; then the matter, then the area.
    exact = 0 if rule.matter == ANY else 1 if not is_leaf(rule.matter) else 2
    near = 0 if rule.area == ANY else len(areas) - areas.index(rule.area)
    since = rule.valid_from or date.min
    return rule.urgency != ANY, rule.kind != ANY, exact, len(rule.matter), near, since


def is_leaf(pattern: str) -> bool:
    return not set("*?[") & set(pattern)
