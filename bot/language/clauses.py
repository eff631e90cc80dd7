"""Cuts a message where its writer goes on to something else: 漏水，还有楼下停车堵门."""

from __future__ import annotations

import re

# A longer message is a story, and a story is about one thing: of 400 letters of 101 to 500
# characters 5 would be cut into several matters, one of them rightly.
LONGEST = 100
SHORT = 40  # characters; up to here a full stop may begin another thing as well
_LEAST = 3  # Chinese characters of a clause that can say something by itself

# Words that begin another thing, in both scripts; not where they go on with a place, ask or count:
# 家里还有老人, 还有没有, 还有多久, 还有三天, 还有人.
_AND = (
    r"(?<![里上中下内外边头])还有(?!没|多|几|点|些|人|[一二两三四五六七八九十\d]*[天个分小])(?:(?:一|个|件)+事儿?|就是)?"
    r"|(?<![里裡上中下內外邊頭])還有(?!沒|多|幾|點|些|人|[一二兩三四五六七八九十\d]*[天個分小])(?:(?:一|個|件)+事兒?|就是)?"
    r"|另外(?:还有|還有|再)?(?:一件事|说一下|說一下)?|此外|以及"
    r"|(?:顺便|順便|顺带|順帶)(?:再)?(?:说一下|說一下|说一声|說一聲|反映一下|报一下|報一下|问一下)?"
    r"|再(?:一个|一個|有|就是)(?:就是)?|第二(?:件事|个事|個事|点|點)?(?=[，,、：:])|其次|二是"
)
_PAUSE = r"[，,。；;、！!？?：:\s]"
_CUT = rf"{_PAUSE}*(?:{_AND})[，,：:、]?"
_BY_WORDS = re.compile(_CUT)
_BY_STOPS = re.compile(rf"{_CUT}|[。；;！!]\s*|，(?=[^，。；]{{0,10}}也)")
_GREETING = re.compile(
    r".{0,8}(?:您好|你好|您們好|你們好|您们好|你们好|領導|领导|书记|書記|[县縣市区區镇鎮]长)[大人们們]*[：:，,\s]*"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def split(text: str) -> list[str]:
    """The clauses of a text, in its own words, or [] where it is all one."""
    if len(text) > LONGEST:
        return []
    cut = _BY_STOPS if len(text) <= SHORT else _BY_WORDS
    found = [clause for part in cut.split(text) if (clause := part.strip(" ，,。；;、！!"))]
    clauses = [clause for clause in found if _says_something(clause)]
    return clauses if len(clauses) > 1 else []


def _says_something(clause: str) -> bool:
    return len(_CHINESE.findall(clause)) >= _LEAST and not _GREETING.fullmatch(clause)
