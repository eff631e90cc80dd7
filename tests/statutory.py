"""The statutory days off of 2024 to 2026, written down by hand from the notices.

国务院办公厅关于部分节假日安排的通知: 国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号.
"""

from __future__ import annotations

from datetime import date, timedelta

# The festival, the first and last day off, and the weekend days that are worked for it.
NOTICES: dict[int, list[tuple[str, str, str, tuple[str, ...]]]] = {
    2024: [
        ("元旦", "01-01", "01-01", ()),
        ("春节", "02-10", "02-17", ("02-04", "02-18")),
        ("清明", "04-04", "04-06", ("04-07",)),
        ("劳动节", "05-01", "05-05", ("04-28", "05-11")),
        ("端午", "06-10", "06-10", ()),
        ("中秋", "09-15", "09-17", ("09-14",)),
        ("国庆节", "10-01", "10-07", ("09-29", "10-12")),
    ],
    2025: [
        ("元旦", "01-01", "01-01", ()),
        ("春节", "01-28", "02-04", ("01-26", "02-08")),
        ("清明", "04-04", "04-06", ()),
        ("劳动节", "05-01", "05-05", ("04-27",)),
        ("端午", "05-31", "06-02", ()),
        ("国庆节", "10-01", "10-08", ("09-28", "10-11")),  # and 中秋, which is on the 6th
    ],
    2026: [
        ("元旦", "01-01", "01-03", ("01-04",)),
        ("春节", "02-15", "02-23", ("02-14", "02-28")),
        ("清明", "04-04", "04-06", ()),
        ("劳动节", "05-01", "05-05", ("05-09",)),
        ("端午", "06-19", "06-21", ()),
        ("中秋", "09-25", "09-27", ()),
        ("国庆节", "10-01", "10-07", ("09-20", "10-10")),
    ],
}
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def _days_off() -> dict[date, str]:
    found = {}
    for year, festivals in NOTICES.items():
        for name, first, last, _ in festivals:
            day, end = (date.fromisoformat(f"{year}-{text}") for text in (first, last))
            while day <= end:
                found[day] = name
                day += timedelta(days=1)
    return found


OFF = _days_off()
WORKED = {
    date.fromisoformat(f"{year}-{text}")
    for year, festivals in NOTICES.items()
    for *_, worked in festivals
    for text in worked
}
