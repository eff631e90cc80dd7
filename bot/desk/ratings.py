"""What a resident thinks of a closed case: five levels (GB/T 39735-2020) and solved or not."""

from __future__ import annotations

import re

LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

_LEVEL_WORDS = (
    # The longest first: 非常不满意 contains 不满意, which contains 满意.
    (
        1,
        re.compile(r"(非常|很|特别|极|太)不满意?|极差|太差|很差|差评|(一|1)(星|分)|糟透"),
    ),
    (2, re.compile(r"不(是很|太|怎么)?满意|不行|不好|[二两2](星|分)")),
    (3, re.compile(r"基本满意|一般|还行|凑合|马马虎虎|过得去|[三3](星|分)")),
    (5, re.compile(r"(非常|很|特别|十分|超)满意|太好了|好评|完美|满分|[五5](星|分)")),
    (4, re.compile(r"满意|挺好|不错|很好|可以|[四4](星|分)")),
)
_UNSOLVED = re.compile(r"没(有)?(解决|修好|弄好|办好|处理|用|人来|来)|还(是|在)|又(坏|漏|堵|停)|白")
_SOLVED = re.compile(r"解决了|修好了|好了|弄好了|办好了|处理好了|搞定")


def level_of(text: str) -> int | None:
    """5 (very satisfied) .. 1, or None where the text names no level."""
    return next((level for level, words in _LEVEL_WORDS if words.search(text)), None)


def solved_in(text: str) -> bool | None:
    """Whether the text says that the matter is solved; None where it does not say."""
    if _UNSOLVED.search(text):
        return False
    return True if _SOLVED.search(text) else None
