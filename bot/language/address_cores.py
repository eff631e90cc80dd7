"""Communities called by their bare name beside their area: 东长 of 东华门街道东长社区."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from bot.desk.community import Area, AreaKind
from bot.language.address_names import Hit, Kind, Target, core, office, tidy_once
from bot.language.address_near import BY_SOUND, closest


class Cores:
    """lineage: of every area its own code and those above it, upward."""

    def __init__(self, areas: Mapping[str, Area], lineage: Mapping[str, tuple[str, ...]]) -> None:
        self._areas = areas
        # For each wide area the bare names of its communities with their codes.
        self._by_area: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for area in areas.values():
            if area.kind is AreaKind.COMMUNITY:
                for above in lineage[area.code][1:]:
                    self._by_area[above][core(tidy_once(area.name))].append(area.code)

    def beside(self, text: str, hits: list[Hit]) -> list[Hit]:
        """The hits with 东长 of 东华门街道东长社区: a community read where its area is named.

        A community of another area, so named, is as good as none.
        """
        wide = [hit for hit in hits if self._is_wide(hit)]
        if not wide or any(hit.codes(Kind.ESTATE) or hit.codes(Kind.BUILDING) for hit in hits):
            return hits
        cores = self._cores_within([hit.codes(Kind.AREA) for hit in wide])
        inside = {code for codes in cores.values() for code in codes}
        if any(not inside.isdisjoint(hit.codes(Kind.AREA)) for hit in hits if hit not in wide):
            return hits
        ends = [at for at in range(2, len(text) - 1) if office(text, at) > at]
        free = [
            near
            for near in closest(text, [hit.end for hit in wide], ends, cores)
            if (near.cost <= 2 * BY_SOUND or near.end in ends or len(near.names[0]) > 2)
            and all(hit.end <= near.start or near.end <= hit.start for hit in wide)
        ]
        if not free:
            return hits
        start, end = free[0].start, office(text, free[0].end)
        codes = [code for near in free for code in cores[near.names[0]]]
        targets = tuple(Target(Kind.AREA, code) for code in dict.fromkeys(codes))
        kept = [hit for hit in hits if hit.end <= start or end <= hit.start]
        found = Hit(start, end, targets, exact=not free[0].cost)
        return sorted([*kept, found], key=lambda hit: hit.start)

    def _is_wide(self, hit: Hit) -> bool:
        codes = hit.codes(Kind.AREA)
        return any(self._areas[code].kind is AreaKind.STREET for code in codes)

    def _cores_within(self, areas: list[list[str]]) -> dict[str, list[str]]:
        """Bare names of the communities in all of the areas; each is a choice of codes."""
        found: dict[str, list[str]] = {}
        for at, choice in enumerate(areas):
            below: dict[str, list[str]] = defaultdict(list)
            for code in choice:
                for name, codes in self._by_area.get(code, {}).items():
                    below[name] += codes
            if not at:
                found = below
            elif both := {
                name: kept
                for name, codes in found.items()
                if (kept := [code for code in codes if code in below.get(name, ())])
            }:
                found = both
        return found
