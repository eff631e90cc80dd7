"""Which days people mean: 昨天, 上周三, 3月5号, 国庆期间, 上个月, 三天前.

Every reader takes a match and today's date and gives the first day, the one after the last, and
how exact that is. Where the year or week is left open the latest in the past is meant, or the
next one if the words speak of what is to come.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from bot.language.numerals import number
from bot.language.when_festivals import NAMES, festival
from bot.language.when_words import (
    NO_DATE,
    NO_DAY,
    NUMERAL,
    OFFSETS,
    VAGUE,
    WEEKDAYS,
    YEARS,
    value,
)

DAY = timedelta(days=1)


class Precision(str, Enum):
    """How exact a time is; the interval is as long as that."""

    MINUTE = "minute"
    HOUR = "hour"
    PART = "part"  # of a day: 晚上, 凌晨
    DAY = "day"
    DAYS = "days"  # several: 前几天, 国庆期间, 上周末
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True)
class Days:
    first: date
    until: date  # the one after the last
    precision: Precision = Precision.DAY


def read(text: str, start: int, today: date, *, future: bool) -> tuple[int, Days] | None:
    """(where it ends, the days) of an expression that begins at `start`."""
    for pattern, reader in _READERS:
        if found := pattern.match(text, start):
            try:
                days = reader(found, today, future)
            except (ValueError, OverflowError):  # 2月30日, 9999年前
                continue
            if days:
                return found.end(), days
    return None


def _near(found: re.Match[str], today: date, future: bool) -> Days | None:
    offset = OFFSETS[found["near"]]
    day = today + offset * DAY
    return Days(day, day + DAY)


def _vague(found: re.Match[str], today: date, future: bool) -> Days | None:
    back = VAGUE[found["vague"]]
    return Days(today - back * DAY, today + DAY, Precision.DAYS)


def _weekday(found: re.Match[str], today: date, future: bool) -> Days | None:
    monday = today - today.weekday() * DAY
    weeks = _weeks(found["which"])
    if found["end"]:
        first, until = monday + 5 * DAY, monday + 7 * DAY
    else:
        first = monday + WEEKDAYS[found["day"]] * DAY
        until = first + DAY
    if weeks is None:  # 周三: the last one, or the next
        weeks = (first <= today) - 1 if not future else (until <= today)
    precision = Precision.DAYS if found["end"] else Precision.DAY
    return Days(first + 7 * weeks * DAY, until + 7 * weeks * DAY, precision)


def _weeks(which: str | None) -> int | None:
    if not which:
        return None
    return which.count("下") - which.count("上")


def _week(found: re.Match[str], today: date, future: bool) -> Days | None:
    monday = today - today.weekday() * DAY + 7 * (_weeks(found["which"]) or 0) * DAY
    return Days(monday, monday + 7 * DAY, Precision.WEEK)


def _month(found: re.Match[str], today: date, future: bool) -> Days | None:
    """上个月, 本月15号, 上月底."""
    index = today.year * 12 + today.month - 1 + (_weeks(found["which"]) or 0)
    year, month = index // 12, index % 12 + 1
    if found["day"]:
        day = date(year, month, value(found["day"]))
        return Days(day, day + DAY)
    return _part_of_month(year, month, found["part"])


def _part_of_month(year: int, month: int, part: str | None) -> Days:
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    if part in ("初", "上旬"):
        return Days(first, first + 10 * DAY, Precision.DAYS)
    if part in ("中", "中旬"):
        return Days(first + 10 * DAY, first + 20 * DAY, Precision.DAYS)
    if part in ("底", "末", "下旬"):
        return Days(first + 20 * DAY, last + DAY, Precision.DAYS)
    return Days(first, last + DAY, Precision.MONTH)


def _date(found: re.Match[str], today: date, future: bool) -> Days | None:
    """3月5号, 去年3月, 2026年3月5日, 三月份, 3月底."""
    month, day = value(found["month"]), value(found["day"] or "")
    if not 1 <= month <= 12 or (found["day"] and not 1 <= day <= 31):
        return None

    def build(year: int) -> Days:
        if not day:
            return _part_of_month(year, month, found["part"])
        exact = date(year, month, day)
        return Days(exact, exact + DAY)

    return _in_year(found["year"], today, future, build)


def _in_year(
    said: str | None, today: date, future: bool, build: Callable[[int], Days | None]
) -> Days | None:
    """In the year that is said, else the latest in the past, or the next to come.

    What is long past and will soon be again is to come: 国庆 in September, 12月 in November.
    """
    if said:
        return build(_year_of(said, today))
    years = (today.year, today.year + 1) if future else (today.year, today.year - 1)
    for year in years:
        try:
            days = build(year)
        except ValueError:  # 2月29日
            continue
        if days and (days.until > today if future else days.first <= today):
            return _soon(days, build(days.first.year + 1), today) if not future else days
    return None


def _soon(past: Days, coming: Days | None, today: date) -> Days:
    far, near = today - past.until > 270 * DAY, coming and coming.first - today < 45 * DAY
    return coming if coming and far and near else past


def _year_of(said: str, today: date) -> int:
    if said in YEARS:
        return today.year + YEARS[said]
    digits = value(re.sub("\\D", "", said) or number(said.rstrip("年")) or "")
    return digits if digits > 99 else 2000 + digits


def _numbers(found: re.Match[str], today: date, future: bool) -> Days | None:
    """2026-03-05, 2026/3/5, 2026.3.5."""
    day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    return Days(day, day + DAY)


def _day_of_month(found: re.Match[str], today: date, future: bool) -> Days | None:
    """5号晚上: of this month or the last, or of the next if it is to come."""
    number_of_day = value(found["day"])
    if not 1 <= number_of_day <= 31:
        return None
    index = today.year * 12 + today.month - 1
    for step in (0, 1, 2) if future else (0, -1, -2):
        year, month = (index + step) // 12, (index + step) % 12 + 1
        if number_of_day <= monthrange(year, month)[1]:
            day = date(year, month, number_of_day)
            if day >= today if future else day <= today:
                return Days(day, day + DAY)
    return None


def _festival(found: re.Match[str], today: date, future: bool) -> Days | None:
    def build(year: int) -> Days | None:
        span = festival(found["name"], year)
        days = span and (span[1] - span[0]).days
        return Days(*span, Precision.DAYS if days != 1 else Precision.DAY) if span else None

    return _in_year(found["year"], today, future, build)


def _season(found: re.Match[str], today: date, future: bool) -> Days | None:
    """Meteorological seasons; winter is called by the year it begins in."""
    month = {"春": 3, "夏": 6, "秋": 9, "冬": 12}[found["season"]]

    def build(year: int) -> Days:
        until = date(year, month + 3, 1) if month < 12 else date(year + 1, 3, 1)
        return Days(date(year, month, 1), until, Precision.SEASON)

    if found["year"] == "今年" and month == 12 and today.month < 3:
        return build(today.year - 1)
    return _in_year(found["year"], today, future, build)


def _year(found: re.Match[str], today: date, future: bool) -> Days | None:
    year = _year_of(found["year"], today)
    first, until = date(year, 1, 1), date(year + 1, 1, 1)
    part = found["part"]
    if part in ("上半年", "年初", "初"):
        until = date(year, 7 if part == "上半年" else 3, 1)
    if part in ("下半年", "年底", "底", "末"):
        first = date(year, 7 if part == "下半年" else 11, 1)
    return Days(first, until, Precision.DAYS if part else Precision.YEAR)


def _ago(found: re.Match[str], today: date, future: bool) -> Days | None:
    """三天前, 两周前, 半年前, 两三天前; 三天后."""
    sign = -1 if found["way"] in ("前", "以前", "之前") else 1
    most = _most(found["count"])
    least = _least(found["count"])
    unit = found["unit"]
    if "几" in found["count"] and unit not in ("天", "日"):
        days = {"月": 30, "年": 365}.get(unit, 7) * DAY
        ends = sorted((today + sign * days, today + sign * most * days))
        return Days(ends[0], ends[1] + DAY, Precision.DAYS)
    if unit in ("天", "日"):
        ends = sorted((today + sign * least * DAY, today + sign * most * DAY))
        exact = least == most
        return Days(ends[0], ends[1] + DAY, Precision.DAY if exact else Precision.DAYS)
    if unit in ("周", "星期", "礼拜") or (unit == "月" and found["count"] == "半"):
        day = today + sign * (15 if unit == "月" else 7 * most) * DAY
        monday = day - day.weekday() * DAY
        return Days(monday, monday + 7 * DAY, Precision.WEEK)
    if unit == "月":
        index = today.year * 12 + today.month - 1 + sign * most
        return _part_of_month(index // 12, index % 12 + 1, None)
    if found["count"] == "半":
        index = today.year * 12 + today.month - 1 + sign * 6
        return _part_of_month(index // 12, index % 12 + 1, None)
    year = today.year + sign * most
    return Days(date(year, 1, 1), date(year + 1, 1, 1), Precision.YEAR)


def _most(count: str) -> int:
    """两三天 is at most 3, 好几天 at most 7, 半 at most 1."""
    if "几" in count:
        return 7
    if count == "半":
        return 1
    if _PAIR.fullmatch(count):
        return _ONES.index(count[1]) + 1
    return value(count)


def _least(count: str) -> int:
    if "几" in count:
        return 2
    if _PAIR.fullmatch(count):
        return value(count[0])
    return _most(count)


_ONES = "一二三四五六七八九"
_PAIR = re.compile("[一二两三四五六七八九]{2}")
_WHICH = "(?:上{1,3}|下{1,3}|这|本|当)"
_YEAR = (
    f"(?P<year>{'|'.join(YEARS)}|(?:19|20)\\d\\d年"
    "|[一二]?[〇零一二三四五六七八九]{2,3}年|\\d\\d年)"
)
_READERS: tuple[tuple[re.Pattern[str], Callable[..., Days | None]], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (
            r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d-])",
            _numbers,
        ),
        (
            f"(?P<count>{NUMERAL}|半|好?几|十几)个?(?P<unit>天|日|周|星期|礼拜|月|年)"
            "(?:多|来)?(?P<way>以前|之前|前|以后|之后|后)(?![天年门面边])",
            _ago,
        ),
        (
            f"(?:{_YEAR}的?)?(?P<name>{'|'.join(n for n in NAMES if n not in ('五一', '十一'))})"
            "节?(?:期间|假期|长假|小长假|放假|前后|当天|那几?天|的时候|时)?(?![路街村里楼小社门])",
            _festival,
        ),
        (
            f"(?:{_YEAR}的?)?(?P<name>十一|五一)(?:劳动节|国庆节?)?"
            "(?:期间|假期|长假|小长假|放假|前后|节)",
            _festival,
        ),
        (f"(?:{_YEAR}的?)?(?P<name>五一)(?:那几?天|当天|的时候|时)", _festival),
        (f"(?:{_YEAR}的?)?(?P<season>[春夏秋冬])(?:天|季)", _season),
        (
            f"(?:{_YEAR}的?)?(?<![\\d.个])(?P<month>{NUMERAL})月份?"
            f"(?:(?P<day>{NUMERAL})(?:号|日)?{NO_DATE}"
            "|(?P<part>[上中下]旬|[初中底末])|(?![经亮饼子嫂票]))",
            _date,
        ),
        (
            f"(?P<which>{_WHICH})个?月份?"
            f"(?:(?P<day>{NUMERAL})(?:号|日){NO_DATE}|(?P<part>[上中下]旬|[初中底末])|(?!经|亮))",
            _month,
        ),
        ("(?P<which>)(?P<day>)(?:这个)?月(?P<part>[初底末])", _month),
        (f"{_YEAR}(?P<part>上半年|下半年|年初|年底|[初底末](?!\\w))?(?!前|后|多|来|级|龄)", _year),
        (
            f"(?P<which>{_WHICH})?(?:一?个)?(?:周|星期|礼拜)"
            rf"(?:(?P<end>末)|(?P<day>[{''.join(WEEKDAYS)}])(?![个次天周\d]|年|月))",
            _weekday,
        ),
        (f"(?P<which>{_WHICH})一?个?(?:周|星期|礼拜)(?![边围到末])", _week),
        (f"(?P<vague>{'|'.join(sorted(VAGUE, key=len, reverse=True))})", _vague),
        (
            "(?P<near>大前天|大后天|前[天日]|昨[天日]|昨儿个?|今[天日]|今儿个?|当天|明[天日儿]|后天)",
            _near,
        ),
        (
            r"(?<![年目以之午从提当])(?P<near>昨|今|前|明|当)(?=晚|夜|早|晨)(?![早]点|晚点|夜市)",
            _near,
        ),
        (
            "(?:(?<=^)|(?<=[，。！？、；：到至从自 本]))"
            f"(?P<day>\\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:号|日){NO_DAY}",
            _day_of_month,
        ),
        (
            r"(?P<day>\d{1,2}|[一二三四五六七八九十]{2,3})(?:号|日)"
            r"(?=\s?(?:凌晨|早上|上午|中午|下午|晚上|夜里|半夜|开始|那天|左右|前后|当天|以后|之后|起))",
            _day_of_month,
        ),
    )
)
