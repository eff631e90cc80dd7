"""How alike two short reports of one matter are in their words, whatever else they say."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.language.normal import normalise

# Courtesy, trouble in general, and where it is: what reports of two different things share.
_SAID_OF_ANYTHING = re.compile(
    r"您好|你好|请问|麻烦|谢谢|帮忙|赶紧|尽快|赶快|快点|处理|解决|一下|反映|投诉|报修|希望|问题|情况|"
    r"小区|社区|我们|咱们|你们|他们|这里|那里|这边|那边|这个|那个|已经|现在|今天|昨天|早上|晚上|一直|总是|"
    r"[\d一二三四五六七八九十零〇]+(号楼|号院|号|栋|幢|单元|室|层|楼|天|次|个|点|年|月|日|#)+"
)
_CHARACTER = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_LITTLE = frozenset(
    "的了吗呢吧啊呀着过地得和跟与是在有没不也都就还又很太再要会能可把被给让从到对为上下里外前后中间"
    "我你他她它咱人家个这那些什么怎哪谁几多少大小来去说看坏修好出"
)


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (one says all that the other says).

    Who says less does not disagree, so what they share counts against the shorter one: half of it
    by characters (灯不亮, 路灯灭了), half by pairs of them, which long texts do not share by
    chance.
    """
    first, second = _content(one), _content(other)
    if not first or not second:
        return 0.0
    single = _shared(set(first), set(second))
    double = _shared(_pairs(first), _pairs(second))
    return (single + double) / 2


def _content(text: str) -> str:
    bare = _SAID_OF_ANYTHING.sub(" ", normalise(text))
    return "".join(c for c in bare if c == " " or (_CHARACTER.match(c) and c not in _LITTLE))


def _pairs(text: str) -> set[str]:
    return {a + b for a, b in pairwise(text) if " " not in (a, b)}


def _shared(one: set[str], other: set[str]) -> float:
    one, other = one - {" "}, other - {" "}
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0
