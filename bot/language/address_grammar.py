"""How people write buildings, units and rooms, as patterns over a prepared text.

Prepared means: normalised, upper case, Chinese numerals of addresses as digits, every known name
replaced by one private-use character (PLACE). Nothing here knows a register: what is read may
not exist. The patterns would rather miss an address than see one in 打了3次电话 or 3号线.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

PLACE = "[\ue000-\uf8ff]"
FIRST_PLACE = 0xE000

_SEP = r"[\s,，、的第-]{0,2}"
_ZONE = r"(?:(?P<zone>(?:[A-Z东西南北中新老前后]|\d)[区期院])的?)?\s?"
_NUMBER = r"(?P<number>[东西南北中甲乙丙丁新老]?\d{1,3}[A-Z甲乙丙丁]?|[A-Z]\d{0,2})\s?"
# 1、2号楼, 1-3号楼: the numbers before the last one.
_LIST = r"(?P<list>(?:\d{1,2}(?:[、,，]|(?:号楼?|栋|#)?[、和及与跟到至~-])){1,9})?"
_UNIT = (
    r"(?:(?P<unit>\d{1,2}|[A-Z])\s?(?:单[元园圆员]|门洞|号?门(?![口前外卫诊铃窗店禁锁面岗])|梯(?![间口]))"
    r"|(?P<dashed>\d{1,2})-(?=\d{3,4}(?!\d)))"
)
_NO_ROOM = (
    r"(?![\d.:%~]|-\d|\s?(?:[元块万千百多米平人家个天年度斤次分点名条位月日路级升种项]|余[户人家]|号楼"
    r"|栋|幢|单元|公[里斤交]|小时|报警|急救|火警|电话|来电))"
)
_ROOM = (
    r"(?:\d{1,2}[楼层]\s?)?(?:(?P<room>\d{3,4}(?:[A-Z](?![A-Z]))?|\d{1,2}(?=室|号房))"
    rf"{_NO_ROOM}\s?(?:号?房间?|室|(?P<households>户)|号(?!楼))?)"
)
_WORD = (
    r"(?P<word>号\s?(?:住宅|公寓|居民|宿舍|别墅)?[楼搂娄](?!梯)|号院|#(?:楼(?!梯))?"
    rf"|座楼?(?={_SEP}\d|[的电门楼]|$)|(?<=[A-Z])座楼?(?![位谈椅])"
    r"|[栋幢](?![房别老旧小高建])(?:楼(?![梯上下顶道前后]))?"
    rf"|楼(?=\s?\d{{1,2}}(?:单|门\d))|号(?={_SEP}\d{{1,2}}单))"
)
_START = r"(?<![\d.A-Z#-])(?<![\d一二三四五六七八九十]月)"
_AFTER_PLACE = rf"(?<={PLACE})\s?的?(?P<number>[A-Z甲乙丙丁]?\d{{1,3}}[甲乙丙丁]?)"

_NUMBERED = tuple(
    re.compile(pattern)
    for pattern in (
        # 3-2-501, but 23-5-2023 is a day
        rf"{_START}(?!\d+-\d+-(?:20[12]|19[89])\d(?![\d室]))(?P<number>[A-Z]?\d{{1,3}})"
        r"-(?P<unit>\d{1,2})-(?P<room>\d{3,4}[A-Z]?)(?![\d-])(?:号?房|室)?",
        # 3号楼2单元501, 3#2-501, 3栋2单元, A区3栋, 1、2号楼
        rf"{_START}{_LIST}{_ZONE}{_NUMBER}{_WORD}(?:{_SEP}{_UNIT})?(?:{_SEP}{_ROOM})?",
        # 幸福里3-2-501 and 幸福里 3 2 501, 幸福里3-2, 幸福里3号501, 幸福里3号
        rf"{_AFTER_PLACE}[-\s](?P<unit>\d{{1,2}})[-\s](?P<room>\d{{3,4}}[A-Z]?)(?!\d)室?",
        rf"{_AFTER_PLACE}-(?P<unit>\d{{1,2}})(?![\d:-])(?:\s?单元)?(?:{_SEP}{_ROOM})?",
        rf"{_AFTER_PLACE}(?:号|-)\s?{_ROOM}",
        rf"{_AFTER_PLACE}(?P<vague>号)(?![线口门车机会电通起到至停前后之以才就要凌晚早上中下那左\d])",
        # 铁路宿舍甲3
        rf"(?<={PLACE})\s?的?(?P<number>[甲乙丙丁]\d{{1,3}}|\d{{1,3}}[甲乙丙丁])(?!\d)",
        # 3-2单元501, 3-501
        rf"{_START}(?P<number>\d{{1,3}})-(?P<unit>\d{{1,2}})单元(?:{_SEP}{_ROOM})?",
        rf"{_START}(?<![第比分])(?P<number>[1-9]\d?)(?P<vague>-){_ROOM}",
    )
)
_NEIGHBOUR = r"(?:(?<=楼上)|(?<=楼下)|(?<=隔壁)|(?<=对门))"
_INSIDE_ONLY = (
    # 单元：3 房号：204, as on a form
    re.compile(
        r"单元号?[：:]\s?(?P<unit>\d{1,2})"
        r"(?:[\s,，、；]*(?:房间?号|室号|门牌号?)[：:]\s?(?P<room>\d{3,4}))?"
    ),
    re.compile(rf"(?<![\d.A-Z-]){_UNIT}(?:{_SEP}{_ROOM})?"),
    re.compile(r"(?<![\d.-])(?P<room>\d{3,4}[A-Z]?)(?:室(?!内|外|友)|号房)"),
    re.compile(rf"(?:{_NEIGHBOUR}|(?<={PLACE}))\s?{_ROOM}"),
)
_HOW_MANY_BEFORE = tuple("这那每同整有哪某另几共前后多盖建造了个剩约近达或为计")
_BETWEEN_AFTER = re.compile("之?间|中间")
_KEY = re.compile(
    rf"{_ZONE}{_NUMBER}(?P<word>号?(?:住宅|公寓|居民|宿舍|别墅)?楼|号院?|[栋幢座]楼?|#楼?)?"
)
_LIVES_BEFORE = re.compile(rf"(?:住在?|我是|本人是|家在)(?:{PLACE})*的?$")
_DENIED_BEFORE = re.compile(rf"(?<!是)(?:不是|并非|不在|不住)在?(?:{PLACE})*的?$")


_FAMILY = (
    "[爸妈父母爷奶姥儿女孙宝娃哥姐弟妹猫狗的]|外[公婆]|孩子|小孩|老[人公婆]|爱人|媳妇|闺女|先生"
    "|低保|户口"
)
_MY = "(?:我们?|咱们?|俺们?|本)"
_HOME = re.compile(
    f"(?P<estate>{_MY}家?这?个?的?(?:小区|院子?里|大院))"
    f"|(?P<community>{_MY}这?个?社区)|(?P<grid>{_MY}这?个?网格)"
    f"|(?P<unit>{_MY}家?这?个?(?:单元|楼道))"
    f"|(?P<building>{_MY}(?:住的)?(?:[这那]一?[栋幢个座]?)?(?:楼(?!梯|层|[上下])|[栋幢]楼?))"
    f"|(?P<flat>{_MY}屋(?!顶|檐)|(?:{_MY}|自己)的?家(?!{_FAMILY}|里?人)|(?<![老人别娘公大婆他她你国店商厂])家里(?!{_FAMILY}|人))"
)
_NOT_IN_THE_FLAT = re.compile("里?的?(?:楼|单元|隔壁|对[面门]|旁|附近|[前后]面|外|门前)")

_DETAIL = re.compile(
    r"(?:负|地下)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:楼(?![梯栋号])|层)(?:[东西南北中]户)?"
    r"|地下(?:车库|室|停车场)?|楼[上下前后顶]|楼(?:道|梯|栋)[间口门]?|[东西中]户"
    r"|[东西南北正后侧]{1,2}(?:大?门口?|[侧边头角])|\d{1,2}号门口?|单元门口?|大?门[口前]|大门|入户门"
    r"|电梯[间口里]?|地库|车[库棚]|停车[场位]|充电桩|花坛|绿化带|草坪|凉亭|健身器材|天台|屋顶|阳台"
    r"|走廊|过道|大[厅堂]|消防通道|垃圾[桶站房]|快递柜|水泵房|配电[室房箱]|[门保]卫室|岗亭|围墙"
    r"|路[口边]|隔壁|对[门面]|旁边|附近|中间|之间|拐角"
    rf"|(?<={PLACE})[前后][面边]"
    # what is left of 3号楼下, 3号楼前面, but not of 3号楼下午, 3号楼下水道
    r"|(?<=\0)(?P<beside>下(?![午周次个月雨水班来去电单大暴])|上(?![午周次个月级班报来去门访水])"
    r"|前(?![天几两段年后台期])|后(?![天来期续])|顶(?!多))[面边]?"
)
_ANCHOR = re.compile(f"{PLACE}|{_HOME.pattern}")
_NEAR = 15  # characters; further away a door or a lift is part of the story


@dataclass(frozen=True, kw_only=True)
class Mention:
    """text[start:end] names a building by number, or only a unit or room (`number` is None)."""

    start: int
    end: int
    number: str | None = None
    zone: str = ""
    unit: str | None = None
    room: str | None = None
    vague: bool = False  # 幸福里3号, 3-501: may be something else
    lives: bool = False  # 我住3号楼: where the writer lives, perhaps not where the trouble is
    denied: bool = False  # 不是3号楼


def mentions(text: str) -> list[Mention]:
    """Every building of the text in the order it stands there; else a lone unit or room."""
    found: list[Mention] = []
    rest = text
    for pattern in _NUMBERED:
        for match in list(pattern.finditer(rest)):
            if not _is_how_many(match):
                found += _listed(match)
                rest = rest[: match.start()] + "\0" * len(match[0]) + rest[match.end() :]
    found.sort(key=lambda mention: mention.start)
    alone = next(filter(None, (pattern.search(rest) for pattern in _INSIDE_ONLY)), None)
    if not alone:
        return found
    if not found:
        return [_mention(alone)]
    apart = min(abs(alone.start() - found[0].end), abs(found[0].start - alone.end()))
    if len(found) == 1 and apart < _NEAR and not (found[0].unit or found[0].room):
        inside = _mention(alone)
        return [replace(found[0], unit=inside.unit, room=inside.room)]
    return found


def home_word(text: str) -> str | None:
    """What of the writer's home is meant: flat, building, unit, estate, community or grid.

    我家楼下 is the unit, not the flat; 我家孩子 is no place.
    """
    found = _HOME.search(text)
    if not found:
        return None
    if found.lastgroup == "flat" and _NOT_IN_THE_FLAT.match(text, found.end()):
        return "unit"
    return found.lastgroup


def detail(text: str, known: list[Mention]) -> str:
    """楼下, 南门, 电梯 and the like: what stands in the text near the place, in order."""
    near = [at for found in _ANCHOR.finditer(text) for at in found.span()]
    for mention in known:
        near += mention.start, mention.end
        text = text[: mention.start] + "\0" * (mention.end - mention.start) + text[mention.end :]
    words: list[str] = []
    end = -1
    for found in _DETAIL.finditer(text):
        word = f"楼{found['beside'][0]}" if found["beside"] else found[0]
        if min((abs(at - found.start()) for at in near), default=0) > _NEAR:
            continue
        if found.start() == end:
            words[-1] += word
        elif word not in words:
            words.append(word)
        end = found.end() + text.startswith("的", found.end())
    return "、".join(words[:3])


def building_key(name: str) -> str | None:
    """What a building is called by: 3号楼, 3栋 and 3# are 3; A座 is A; 综合楼 has no such key."""
    found = _KEY.fullmatch(name)
    if not found:
        return None
    return (found["zone"] or "") + _key(found["number"], found["word"] or "")


def _key(number: str, word: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", number) + ("院" if word.startswith("号院") else "")


def _is_how_many(match: re.Match[str]) -> bool:
    """这3栋, 有3栋, 2栋楼之间: a number of buildings."""
    word = match.groupdict().get("word") or ""
    before = match.string[: match.start()].endswith(_HOW_MANY_BEFORE)
    after = _BETWEEN_AFTER.match(match.string, match.end())
    return word[:1] in ("栋", "幢", "座") and bool(before or after)


def _listed(match: re.Match[str]) -> Iterator[Mention]:
    mention = _mention(match)
    groups = match.groupdict()
    for number in _list(groups.get("list") or "", mention.number or ""):
        yield replace(mention, number=_key(number, groups.get("word") or ""), unit=None, room=None)
    yield mention


def _list(before: str, last: str) -> list[str]:
    """The numbers of a list but the last: 1、2、 → 1, 2; 1- before 4 → 1, 2, 3."""
    numbers = re.findall(r"\d+", before)
    if len(numbers) == 1 and before[-1] in "-~到至" and last.isdecimal():
        return [
            str(number) for number in range(int(numbers[0]), min(int(last), int(numbers[0]) + 30))
        ]
    return numbers


def _mention(match: re.Match[str]) -> Mention:
    groups = match.groupdict()
    unit = groups.get("unit") or groups.get("dashed")
    room = groups.get("room")
    if room and groups.get("households") and not unit:
        room = None  # 3号楼120户停电
    before = match.string[: match.start()][-20:]
    return Mention(
        start=match.start(),
        end=match.end(),
        number=_key(groups["number"], groups.get("word") or "") if groups.get("number") else None,
        zone=groups.get("zone") or "",
        unit=unit.lstrip("0") or None if unit else None,
        room=room,
        vague=bool(groups.get("vague")),
        lives=bool(_LIVES_BEFORE.search(before)),
        denied=bool(_DENIED_BEFORE.search(before)),
    )
