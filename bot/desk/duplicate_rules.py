"""How duplicates are looked for, matter by matter.

What a matter needs differs: two broken lifts are two matters though they stand in one building,
one band that plays at night is heard in a whole grid. No hours switch the question off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Near(str, Enum):
    """What has to be the same for one thing to be the same thing."""

    UNIT = "unit"  # one entrance, one lift, one stairwell
    BUILDING = "building"
    GRID = "grid"


@dataclass(frozen=True, kw_only=True)
class DuplicateRule:
    """The first rule that fits a matter decides.

    hours: how far back to look, 0 never. alike: how alike the words have to be, 0..1.
    """

    code: str
    matter: str = "*"
    hours: float = 72.0
    near: Near = Near.BUILDING
    alike: float = 0.3

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.hours)


# Where a community has no rules of its own. What is private or delicate is nobody else's business:
# who is poor, who quarrels with whom, what somebody accuses somebody of.
USUAL = (
    DuplicateRule(code="hazard", matter="safety.hazard", hours=72),
    DuplicateRule(code="safety", matter="safety.*", hours=0),
    DuplicateRule(code="welfare", matter="welfare.*", hours=0),
    DuplicateRule(code="neighbours", matter="neighbour.*", hours=0),
    DuplicateRule(code="administration", matter="admin.*", hours=0),
    DuplicateRule(code="participation", matter="participation.*", hours=0),
    DuplicateRule(code="other", matter="other", hours=0),
    DuplicateRule(code="lift", matter="property.elevator", hours=72, near=Near.UNIT, alike=0.15),
    DuplicateRule(code="leak", matter="property.leak", hours=72, near=Near.UNIT),
    DuplicateRule(code="drain", matter="property.pipe", hours=72, near=Near.UNIT),
    DuplicateRule(code="property", matter="property.*", hours=168, near=Near.UNIT),
    DuplicateRule(code="streetlight", matter="utility.streetlight", hours=168, near=Near.GRID),
    DuplicateRule(code="manhole", matter="utility.manhole", hours=168, near=Near.GRID),
    DuplicateRule(code="utilities", matter="utility.*", hours=48, alike=0.2),
    DuplicateRule(code="noise", matter="environment.noise_*", hours=168, near=Near.GRID),
    DuplicateRule(code="smell", matter="environment.air", hours=168, near=Near.GRID),
    DuplicateRule(code="vendors", matter="order.vendors", hours=168, near=Near.GRID),
    DuplicateRule(code="environment", matter="environment.*", hours=168),
    DuplicateRule(code="order", matter="order.*", hours=168),
    DuplicateRule(code="traffic", matter="traffic.*", hours=168, near=Near.GRID),
)
NEVER = DuplicateRule(code="never", hours=0)
