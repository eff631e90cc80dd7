"""Hide what identifies a person before a text reaches a log or a console list.

Everything is searched in a copy of the same length in which full-width signs, odd dashes and
spelt-out digits are plain ASCII; the stars then go into the original, at the same positions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_GAP = r"[ \-]{0,2}"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_AREA = r"10|2\d|[3-9]\d\d"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SIGN = "a-hj-np-z0-9"  # of a number plate: no I and no O
_LAST = "挂学警港澳"
_DOT = r"[·.•‧・\- ]{0,2}"  # what people put between the signs of a plate


@dataclass(frozen=True)
class _Rule:
    """What to look for; `head` and `tail` of the signs of its group `hide` stay readable."""

    name: str
    pattern: re.Pattern[str]
    head: int
    tail: int


def _rule(name: str, pattern: str, *, head: int = 99, tail: int = 0) -> _Rule:
    return _Rule(name, re.compile(pattern, re.IGNORECASE), head, tail)


# In this order; what a rule has found, no later rule sees. Without `head` a thing is protected.
_RULES = (
    _rule("email", r"(?P<hide>[a-z0-9._%+\-]{1,64})@(?:[a-z0-9\-]{1,63}\.)+[a-z]{2,}", head=1),
    _rule("ticket", rf"(?<!\d)(?<!\d{{6}}[ \-])(?P<hide>20\d\d{_DAY}-\d{{4}})(?!\d)"),
    _rule(
        "id card",
        rf"(?<!\d)(?P<hide>[1-9](?:{_GAP}\d){{5}}{_GAP}(?:18|19|20)(?:{_GAP}\d){{9}}{_GAP}[\dx])"
        r"(?!\d)",
        head=3,
        tail=4,
    ),
    _rule(
        "bank card in groups",
        r"(?<!\d)(?=\d(?:[ \-]?\d){14,18}(?![ \-]?\d))(?!\d{4,8}[ \-]1[3-9]\d{9}(?!\d))"
        r"(?P<hide>[3-9]\d{3,}(?:[ \-]\d{4,}){1,4}(?:[ \-]\d{1,3})?)(?!\d)",
        head=4,
        tail=4,
    ),
    _rule(
        "landline",
        rf"(?<![\d+])(?:\(?0|\(?\+?86{_GAP}0?)(?P<area>{_AREA})\)?{_GAP}"
        r"(?P<hide>[2-8]\d{2,3}[ \-]?\d{4})(?!\d)",
        head=0,
        tail=4,
    ),
    _rule("date", r"(?<!\d)(?P<hide>(?:19|20)\d\d([\-/.])\d{1,2}\2\d{1,2})(?!\d)"),
    _rule("date without signs", rf"(?<!\d)(?P<hide>20\d\d{_DAY})(?!\d)"),
    _rule(
        "mobile",
        rf"(?<!\d)(?:(?:00)?86{_GAP}|0)?"
        rf"(?!\d{{1,2}}-\d{{1,2}}-\d{{3,4}}(?![\d\-]))(?P<hide>1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d)",
        head=3,
        tail=4,
    ),
    _rule(
        "long number",
        rf"(?<!\d)(?!20\d\d{_DAY}(?:\d{{4}}|\d{{6}})(?!\d))(?P<hide>\d{{12,}})",
        head=4,
        tail=4,
    ),
    _rule(
        "local number",
        r"(?:电话|座机|热线|号码|致电|拨打|联系方式|tel)[^\d\n]{0,4}"
        r"(?P<hide>[2-8]\d{2,3}[ \-]?\d{4})(?!\d)",
        head=0,
        tail=4,
    ),
    _rule(
        "plate",
        rf"(?<![a-z])(?P<hide>[{_PROVINCES}]{_DOT}[a-z]{_DOT}(?:"
        rf"[a-hjk]{_DOT}[{_SIGN}](?:{_DOT}\d){{4}}|\d(?:{_DOT}\d){{4}}{_DOT}[a-hjk]"  # 新能源
        rf"|[{_SIGN}]{{4,5}}[{_SIGN}{_LAST}]|[{_SIGN}](?:{_DOT}[{_SIGN}]){{3}}{_DOT}[{_SIGN}{_LAST}]"
        r"))(?![a-z0-9])",
        head=2,
        tail=1,
    ),
)

_SPELT = re.compile(r"[\d〇零幺一二三四五六七八九]{7,}")
_SPELT_DIGITS = str.maketrans("〇零幺一二三四五六七八九", "001123456789")


def mask(text: str) -> str:
    """The text with stars in numbers of people: 138****5678, 010-****1234, 京A****5.

    Ticket numbers (20261123-0007) and dates stay; so do amounts, rooms and building numbers.
    """
    signs = list(text)
    for rule, found in _findings(text):
        start, end = found.span("hide")
        places = [place for place in range(start, end) if text[place].isalnum()]
        for place in places[rule.head : len(places) - rule.tail]:
            signs[place] = "*"
    return "".join(signs)


@dataclass(frozen=True)
class Number:
    """A telephone or a plate at text[span[0]:span[1]]: 01088881234, 京A12345."""

    kind: str  # phone, plate
    value: str
    span: tuple[int, int]


def find_numbers(text: str) -> list[Number]:
    """Every telephone and plate of a text, in its order, pointing into the text itself."""
    found = [number for rule, match in _findings(text) if (number := _number(rule, match))]
    return sorted(found, key=lambda number: number.span)


def find_phone(text: str) -> str | None:
    """The first mobile number as 11 digits, else the first landline with its area code."""
    landline = None
    for rule, found in _findings(text):
        number = _number(rule, found)
        if number and rule.name == "mobile":
            return number.value
        if number and number.kind == "phone":
            landline = landline or number.value
    return landline


def _number(rule: _Rule, found: re.Match[str]) -> Number | None:
    if rule.name == "plate":
        plate = re.sub(f"[^a-z0-9{_PROVINCES}{_LAST}]", "", found["hide"].lower())
        return Number("plate", plate.upper(), found.span("hide"))
    digits = re.sub(r"\D", "", found["hide"])
    if rule.name == "landline":
        return Number("phone", f"0{found['area']}{digits}", (found.start(), found.end("hide")))
    if rule.name in ("mobile", "local number"):
        return Number("phone", digits, found.span("hide"))
    return None


def _findings(text: str) -> Iterator[tuple[_Rule, re.Match[str]]]:
    plain = "".join(map(_plain, text))
    plain = _SPELT.sub(lambda found: found[0].translate(_SPELT_DIGITS), plain)
    for rule in _RULES:
        for found in list(rule.pattern.finditer(plain)):
            yield rule, found
            plain = plain[: found.start()] + "\0" * len(found[0]) + plain[found.end() :]


@cache
def _plain(sign: str) -> str:
    """One sign for one sign: ３ → 3, every dash → -, what nobody sees → a space."""
    category = unicodedata.category(sign)
    if category == "Pd" or sign in "−":
        return "-"
    if category in ("Cf", "Zs", "Mn") or sign in "\u2800\u3164":
        return " "
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 else sign
