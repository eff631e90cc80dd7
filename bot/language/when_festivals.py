"""When the festivals are that people date things by: 国庆期间, 过年的时候."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_FIRST_YEAR = 2020
# Month and day of the lunar festivals from _FIRST_YEAR on; later years are not understood.
_SPRING = (
    "0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208 0128 0215"
    " 0204 0124 0212"
)
_DRAGON = (
    "0625 0614 0603 0622 0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610 0530 0618"
    " 0607 0527 0614"
)
_MOON = (
    "1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916 1004 0924"
    " 0913 1002 0920"
)


@dataclass(frozen=True)
class _Festival:
    """`days` counts what people call by the name; which days are off is decided every year."""

    days: int
    lunar: str = ""
    month: int = 0
    day: int = 0
    early: int = 0  # days by which it begins before its date: 春节 begins with 除夕


_FESTIVALS = {
    "元旦": _Festival(days=3, month=1, day=1),
    "春节": _Festival(days=8, lunar=_SPRING, early=1),
    "过年": _Festival(days=8, lunar=_SPRING, early=1),
    "除夕": _Festival(days=1, lunar=_SPRING, early=1),
    "大年三十": _Festival(days=1, lunar=_SPRING, early=1),
    "大年初一": _Festival(days=1, lunar=_SPRING),
    "正月初一": _Festival(days=1, lunar=_SPRING),
    "元宵": _Festival(days=1, lunar=_SPRING, early=-14),
    "正月十五": _Festival(days=1, lunar=_SPRING, early=-14),
    "清明": _Festival(days=3, month=4, day=4),
    "五一": _Festival(days=5, month=5, day=1),
    "劳动节": _Festival(days=5, month=5, day=1),
    "端午": _Festival(days=3, lunar=_DRAGON),
    "中秋": _Festival(days=3, lunar=_MOON),
    "国庆": _Festival(days=7, month=10, day=1),
    "十一": _Festival(days=7, month=10, day=1),
    "儿童节": _Festival(days=1, month=6, day=1),
    "妇女节": _Festival(days=1, month=3, day=8),
}
NAMES = tuple(sorted(_FESTIVALS, key=len, reverse=True))


def festival(name: str, year: int) -> tuple[date, date] | None:
    """The first day and the one after the last; None for a lunar one in a year not listed."""
    found = _FESTIVALS[name]
    month, day = found.month, found.day
    if found.lunar:
        at = year - _FIRST_YEAR
        dates = found.lunar.split()
        if not 0 <= at < len(dates):
            return None
        month, day = int(dates[at][:2]), int(dates[at][2:])
    first = date(year, month, day) - timedelta(days=found.early)
    return first, first + timedelta(days=found.days)
