"""What words amount to by themselves: a matter, one unlike a ticket's, an accusation. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.context import Said
from bot.desk.routing import CONDUCT_MATTER
from bot.language.address_alone import is_alone
from bot.language.conduct import is_accusation

_SURE_OF_MATTER = 0.4
_SURE_OF_ANOTHER = 0.7
_PERHAPS_CONDUCT = 0.5
_ENOUGH = 300  # characters that are looked at for substance
_A_SENTENCE = 8  # characters: "3号楼2单元" is an address, "小区旁边建搅拌站" a matter
_ADDRESS = re.compile(
    r"(?<![\d一二三四五六七八九十零〇])[\d一二三四五六七八九十零〇]{1,8}"
    r"((号楼|号院|号|栋|幢|单元|室|层|楼|#|－|-|—)\d*)+|\d{3,4}|门口|那边|那儿"
)
_ADDING = re.compile(r"补充|对了|还有就是|另外说一下|刚才|我再说|加一句")

# "我要报修", "我想反映个问题": a wish to report, with nothing yet to be reported.
_EMPTY_WORDS = re.compile(
    r"1\d{10}|手机|电话|号码|联系|您好|你好|喂|请问|麻烦|谢谢|帮忙|帮我|帮|我们|我|想要|想|要|需要|"
    r"可以|能|来|这里|这边|一下|一个|一件|个|有|件|点|给|你们|你|向|跟|说|讲|关于|报修|报事|报个修|报一报|报|投诉|反映|"
    r"反应|举报|上报|建议|提|意见|问题|事情|事儿|事|情况|东西|修|处理|的|了|吗|吧|呢|啊|呀|,|,|。|!|\?|\s"
)


def has_substance(text: str) -> bool:
    """Whether a text says what it is about, beyond the wish to say something."""
    return len(_EMPTY_WORDS.sub("", _ADDRESS.sub("", text[:_ENOUGH]))) >= 2


def is_a_report(said: Said) -> bool:
    """Whether words that seemed to be about a ticket say what the matter is, all by themselves."""
    sure = bool(said.matters) and said.matters[0]["confidence"] >= _SURE_OF_MATTER
    return sure and len(said.text) >= _A_SENTENCE and has_substance(said.text)


def is_another_report(said: Said, matter: str) -> bool:
    """Whether words that seem to add to a ticket of `matter` tell of something else instead."""
    if not is_a_report(said) or _ADDING.match(said.text):
        return False
    best = said.matters[0]
    return bool(best["code"] != matter and best["confidence"] >= _SURE_OF_ANOTHER)


def goes_along(said: Said, matter: str, place: dict[str, Any]) -> bool:
    """Whether a photo's caption says more about a ticket of this matter, at this place."""
    elsewhere = said.place and said.place.building not in (None, place.get("building"))
    return not elsewhere and not is_another_report(said, matter)


def about_conduct(said: Said) -> bool:
    """Whether words may be about an official's conduct. In doubt they are: nobody else may read.

    Words that only say where are about nothing, whatever they resemble.
    """
    if said.payload or said.intent == "report_conduct":
        return said.intent == "report_conduct"
    if is_accusation(said.text):
        return True
    if not has_substance(said.text) or is_alone(said.text, _names(said.places)):
        return False
    best = said.matters[0] if said.matters else None
    return bool(best and best["code"] == CONDUCT_MATTER and best["confidence"] >= _PERHAPS_CONDUCT)


def _names(places: Sequence[dict[str, Any]]) -> list[str]:
    return [str(place["said"]) for place in places]
