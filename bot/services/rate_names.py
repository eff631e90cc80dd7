"""How the groups of figures are called, for people."""

from __future__ import annotations

from bot.desk.community import Community
from bot.desk.rates import NOBODY, By

_NOBODYS = {By.GRID: "没有网格", By.PERSON: "还没有人负责"}


def group(by: By, code: str, community: Community) -> str:
    """A code that is gone since stays readable as it is."""
    if by is By.ALL:
        return "全部"
    if code == NOBODY:
        return _NOBODYS.get(by, "—")
    if by is By.GRID:
        area = community.areas.get(code)
        return area.name if area else code
    if by is By.PERSON:
        person = community.staff.get(code)
        return person.name if person else code
    if by is By.MATTER:
        category = community.categories.get(code)
        return category.name if category else code
    year, month, *day = code.split("-")
    return f"{year}年{int(month)}月" + (f"{int(day[0])}日那周" if day else "")
