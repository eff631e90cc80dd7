"""What a resident thinks of a closed case: five levels (GB/T 39735-2020) and solved or not."""

from __future__ import annotations

import re

LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

_POINTS = r"(星|分(?!钟))"  # 三分 is a level, 三分钟 a time
_LEVEL_WORDS = (
    # The longest first: 非常不满意 contains 不满意, which contains 满意.
    (1, rf"(非常|很|特别|极|太)不满意?|极差|太差|很差|差评|(一|1){_POINTS}|糟透"),
    (2, rf"不(是|算|够|太|怎么)*(很|特别|非常|十分)?(满意|好)|不行|[二两2]{_POINTS}"),
    (3, rf"基本满意|一般|还行|凑合|马马虎虎|过得去|[三3]{_POINTS}"),
    (5, rf"(非常|很|特别|十分|超)满意|太好了|好评|完美|满分|[五5]{_POINTS}"),
    (4, rf"满意|挺好|不错|很好|可以|[四4]{_POINTS}"),
)
_LEVELS_BY_WORDS = tuple((level, re.compile(words)) for level, words in _LEVEL_WORDS)
_UNSOLVED = re.compile(
    r"没(有)?(解决|修好|弄好|办好|好|处理|用|人来|来)|还(是|在)|又(坏|漏|堵|停)|"
    r"白(跑|等|来|忙|修|弄)"
)
_ASKING = re.compile(r"了(吗|没有?|么)[?？]?$")
_SOLVED = re.compile(r"解决了|修好了|好了|弄好了|办好了|处理好了|搞定")


def level_of(text: str) -> int | None:
    """5 (very satisfied) .. 1, or None where the text names no level."""
    return next((level for level, words in _LEVELS_BY_WORDS if words.search(text)), None)


def solved_in(text: str) -> bool | None:
    """Whether the text says that the matter is solved; None where it does not say."""
    if _ASKING.search(text):
        return None
    if _UNSOLVED.search(text):
        return False
    return True if _SOLVED.search(text) else None
