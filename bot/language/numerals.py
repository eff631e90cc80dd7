"""Chinese numerals in addresses become digits; numerals in ordinary words stay words.

三号楼二单元五零一 → 3号楼2单元501, but 一下, 三天没来 and 一楼 (a floor) are left alone: a numeral
is only touched where an address word stands beside it.
"""

from __future__ import annotations

import re

_DIGITS = {sign: str(digit) for digit, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",  # how 1 is said in house and telephone numbers
}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")  # as on a deed
_SIGN = "[〇零幺一二三四五六七八九十百]"
_NUMBER = f"(?:\\d+|{_SIGN}+)"

# 周三三号楼 is building 3 on a Wednesday, not building 33.
_RUN = re.compile(
    f"(?P<weekday>(?:周|星期|礼拜)[一二三四五六])"
    f"|(?P<dashed>(?<!\\d){_NUMBER}(?:[-杠]{_NUMBER}){{1,3}})"
    f"|(?P<numeral>{_SIGN}+)"
)
_COUNTED = re.compile(r"\s*(?:号[楼搂院门房]|号(?:公寓|住宅|别墅|网格)|栋|幢|单[元园圆]|#|网格)")
_FOLLOWED = re.compile(
    f"\\s*(?:号\\s*(?={_NUMBER})"
    f"|座(?=\\s*(?:[\\d〇零一二三四五六七八九]{{3}}|{_NUMBER}单元))"
    f"|楼(?=\\s*{_NUMBER}(?:单元|门))"
    f"|[期区](?=\\s*{_NUMBER}(?:号|栋|幢|座|#)))"
)
_ROOM_FOLLOWS = re.compile(r"\s*(?:室|号?房)")
_DOOR_FOLLOWS = re.compile(r"\s*(?:门|梯)")
_BUILDING_BEFORE = re.compile(
    r"(?:号[楼搂院]|栋楼?|幢楼?|座|#|楼|单[元园圆]|门|层|\d-)[\s,，、的]*$"
)
_LETTER_BEFORE = re.compile("[\ue000-\uf8ff]的?[甲乙丙丁]$")  # after a name: 铁路宿舍甲三
# 这一栋楼, 有三栋楼: how many, not which.
_HOW_MANY_BEFORE = tuple("这那每同整有哪某另几共前后")
_ONE_OF_ALL_BEFORE = tuple("每同整另某")  # 同一单元
_COMPOUND = re.compile(
    "(?:([一二三四五六七八九])百(零)?)?(?:([一二三四五六七八九]?)(十))?([一二三四五六七八九])?"
)


def to_digits(text: str) -> str:
    """The text with the numerals of its addresses as digits; expects a normalised text.

    二三号楼 names two buildings and becomes 2、3号楼.
    """
    return _RUN.sub(_replace, text.translate(_FORMAL))


def number(numeral: str) -> str | None:
    """The digits of a numeral read alone: 二十三 → 23, 五零一 → 501; None if it is no number."""
    if all(sign in _DIGITS for sign in numeral):
        return "".join(_DIGITS[sign] for sign in numeral) or None
    found = _COMPOUND.fullmatch(numeral)
    if not found:
        return None
    hundreds, zero, tens, ten, ones = found.groups()
    if hundreds and ones and not zero and not ten:
        tens, ten, ones = ones, "十", None  # 一百二 is 120
    total = 100 * _digit(hundreds) + _digit(ones)
    return str(total + 10 * (_digit(tens) or 1) if ten else total)


def _digit(sign: str | None) -> int:
    return int(_DIGITS[sign]) if sign else 0


def _replace(found: re.Match[str]) -> str:
    if found["dashed"]:
        return _dashed(found[0])
    if found["numeral"] and (digits := number(found[0])) and _in_address(found, digits):
        return "、".join(digits) if _is_list(found, digits) else digits
    return found[0]


def _dashed(text: str) -> str:
    """三杠二杠五零一 → 3-2-501; a short pair such as 一-二 may be anything and stays."""
    parts = [part if part.isdecimal() else number(part) for part in re.split("[-杠]", text)]
    if None in parts or (len(parts) == 2 and len(parts[1] or "") < 3):
        return text
    return "-".join(part for part in parts if part)


def _in_address(found: re.Match[str], digits: str) -> bool:
    text, start, end = found.string, found.start(), found.end()
    if counted := _COUNTED.match(text, end):
        several = _HOW_MANY_BEFORE if counted[0].strip() in "栋幢" else _ONE_OF_ALL_BEFORE
        return not text[:start].endswith(several)
    if _FOLLOWED.match(text, end):
        return True
    if _LETTER_BEFORE.search(text, max(0, start - 3), start):
        return True
    if len(digits) >= 3 and _ROOM_FOLLOWS.match(text, end):
        return True
    spelt = all(sign in _DIGITS for sign in found[0]) and len(digits) >= 3
    if spelt and ("0" in digits or _follows_building(text, start)):
        return True
    return bool(_DOOR_FOLLOWS.match(text, end)) and _follows_building(text, start)


def _follows_building(text: str, start: int) -> bool:
    return bool(_BUILDING_BEFORE.search(text, max(0, start - 6), start))


def _is_list(found: re.Match[str], digits: str) -> bool:
    """Whether 二三 before 号楼 is 2 and 3: nobody writes 23 that way, who counts upwards does."""
    if "十" in found[0] or len(digits) < 2 or not _COUNTED.match(found.string, found.end()):
        return False
    return digits in "123456789"
