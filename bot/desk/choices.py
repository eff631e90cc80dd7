"""Which matters to offer when the one a ticket is filed under is wrong, or not sure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.community import Category, Community
from bot.desk.routing import NO_MATTER

AT_MOST = 3  # more is a list to study, not a tap


def matters(
    readings: Iterable[str], community: Community, *, instead_of: str | None = None
) -> list[Category]:
    """As the words were read, the likeliest first; then the neighbours of what it is not."""
    group = f"{(instead_of or NO_MATTER).split('.')[0]}."
    near = (code for code in community.categories if code.startswith(group))
    known = (code for code in dict.fromkeys((*readings, *near)) if code in community.categories)
    found = [code for code in known if code not in (instead_of, NO_MATTER)]
    return [community.category(code) for code in found[:AT_MOST]]
