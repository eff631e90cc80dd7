"""Names of estates, areas and buildings, found anywhere in a text: exactly, by sound, by one slip.

People write what their input method offered first: 幸福里 becomes 兴福里. GB 2312 lists its 3,755
common characters in the order of their pinyin, so one character for each syllable is all the
data that is needed to know how a character sounds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from operator import ne

from bot.language.numerals import number

# Each syllable with the first of its characters in GB 2312 (made from ICU's Han-Latin data).
_SYLLABLES = (
    "a啊ai埃an鞍ang肮ao凹ba芭bai白ban斑bang邦bao苞bei杯ben奔beng崩bi逼bian鞭biao标bie鳖bin彬"
    "bing兵bo玻bu哺ca擦cai猜can餐cang苍cao操ce厕ceng层cha插chai拆chan搀chang昌chao超che车"
    "chen郴cheng撑chi吃chong充chou抽chu初chuai揣chuan川chuang疮chui吹chun春chuo戳ci疵cong聪"
    "cou凑cu粗cuan蹿cui摧cun村cuo磋da搭dai呆dan耽dang当dao刀de德deng蹬di堤dian颠diao碉die跌"
    "ding丁diu丢dong东dou兜du督duan端dui堆dun墩duo掇e蛾en恩er而fa发fan藩fang坊fei菲fen芬"
    "feng丰fo佛fou否fu夫ga噶gai该gan干gang冈gao篙ge哥gei给gen根geng耕gong工gou钩gu辜gua刮"
    "guai乖guan棺guang光gui瑰gun辊guo锅ha哈hai骸han酣hang夯hao壕he呵hei嘿hen痕heng哼hong轰"
    "hou喉hu呼hua花huai槐huan欢huang荒hui灰hun荤huo豁ji击jia嘉jian歼jiang僵jiao蕉jie揭jin巾"
    "jing荆jiong炯jiu揪ju鞠juan捐jue撅jun均ka喀kai开kan刊kang康kao考ke坷ken肯keng坑kong空"
    "kou抠ku枯kua夸kuai块kuan宽kuang匡kui亏kun坤kuo括la垃lai莱lan蓝lang琅lao捞le乐lei雷leng棱"
    "li厘lia俩lian联liang粮liao撩lie列lin琳ling玲liu溜long龙lou楼lu芦luan峦lue掠lun抡luo萝"
    "ma妈mai埋man瞒mang芒mao猫me么mei玫men门meng萌mi眯mian棉miao苗mie蔑min民ming明miu谬mo摸"
    "mou谋mu拇na拿nai氖nan南nang囊nao挠ne呢nei馁nen嫩neng能ni妮nian蔫niang娘niao鸟nie捏nin您"
    "ning柠niu牛nong脓nu奴nuan暖nue虐nuo挪o哦ou欧pa啪pai拍pan攀pang乓pao抛pei呸pen喷peng砰"
    "pi坯pian篇piao飘pie撇pin拼ping乒po坡pou剖pu扑qi期qia掐qian牵qiang枪qiao橇qie切qin钦"
    "qing青qiong琼qiu秋qu趋quan圈que缺qun裙ran然rang瓤rao饶re惹ren壬reng扔ri日rong戎rou揉ru茹"
    "ruan软rui蕊run闰ruo若sa撒sai腮san三sang桑sao搔se瑟sen森seng僧sha莎shai筛shan珊shang墒"
    "shao梢she奢shen砷sheng声shi师shou收shu蔬shua刷shuai摔shuan栓shuang霜shui水shun吮shuo说"
    "si斯song松sou搜su苏suan酸sui虽sun孙suo蓑ta塌tai胎tan坍tang汤tao掏te特teng藤ti梯tian天"
    "tiao挑tie贴ting厅tong通tou偷tu凸tuan湍tui推tun吞tuo拖wa挖wai歪wan豌wang汪wei威wen瘟"
    "weng嗡wo挝wu巫xi昔xia瞎xian掀xiang相xiao萧xie楔xin薪xing星xiong兄xiu休xu墟xuan轩xue靴"
    "xun勋ya压yan焉yang殃yao邀ye椰yi一yin茵ying英yo哟yong拥you幽yu迂yuan鸳yue曰yun耘za匝zai栽"
    "zan咱zang赃zao遭ze责zei贼zen怎zeng增zha扎zhai摘zhan瞻zhang樟zhao招zhe遮zhen珍zheng蒸"
    "zhi芝zhong中zhou舟zhu珠zhua抓zhuai拽zhuan专zhuang桩zhui锥zhun谆zhuo捉zi兹zong鬃zou邹zu租"
    "zuan钻zui嘴zun尊zuo昨"
)
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))  # what many speakers do not part
# A slip in one of these is another place, not a slip: 东区 is not 西区.
_TELLING = frozenset("东西南北中前后左右上下新老大小甲乙丙丁一二三四五六七八九十0123456789ABCDEFGH")
_PLAIN_ENDING = re.compile("(?:住宅)?小区$|社区$|住宅区$|生活区$")
_ANY_ENDING = re.compile(
    "(?:(?:住宅)?小区|社区|住宅区|生活区|[花家嘉佳名]园|公寓|宿舍|家属院|家属楼|大院|新村|新区|广场|大厦"
    "|[雅名佳嘉花家文馨]苑|[华豪名]庭|[新名]城|国际城?|公馆|丽都)+$"
)
_DIGITS = re.compile(r"\d{1,2}")
_NUMERAL = re.compile("[零〇一二三四五六七八九十]+")
_COUNTED = re.compile(_NUMERAL.pattern + "(?=[期区号院村里网])")
_NUMBER_FOLLOWS = re.compile(
    r"\s*的?(?:(?:\d|[零〇一二三四五六七八九十百])+\s*(?:号|栋|幢|座|#|-|单元)|[A-Z]\d?(?:座|栋|幢))"
)
# What may stand before a building's name: 在小白楼, but 卫生服务中心 is not our 服务中心.
_WORD_BEFORE = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[的在到去从是和与跟住来于这那往向对把被给们咱家离近])$"
)
_NEARLY_READ = 60  # characters of a text in which slips are looked for


class Kind(str, Enum):
    """What a name can stand for."""

    AREA = "area"  # a street, community or grid, by its code
    ESTATE = "estate"  # an estate, by its present or an old name
    BUILDING = "building"  # one building, by its code


@dataclass(frozen=True)
class Target:
    kind: Kind
    code: str


@dataclass(frozen=True)
class Hit:
    """A name in the text: text[start:end]; `exact` is False where sound or a slip decided."""

    start: int
    end: int
    targets: tuple[Target, ...]
    exact: bool = True

    def codes(self, kind: Kind) -> list[str]:
        return [target.code for target in self.targets if target.kind is kind]

    @property
    def in_doubt(self) -> bool:
        """幸福里 may be the estate 幸福里小区 or the community around it."""
        return bool(self.codes(Kind.AREA) and self.codes(Kind.ESTATE))


class NameIndex:
    """Finds names by their first two characters, then the longest; cost grows with the text only.

    `weak` names (和平 of 和平小区) are ordinary words too: they count before a number.
    """

    def __init__(self, names: Mapping[str, tuple[Target, ...]], *, weak: frozenset[str]) -> None:
        self._names = names
        self._weak = weak
        lengths: dict[str, set[int]] = defaultdict(set)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_pair: dict[tuple[int, str], list[str]] = defaultdict(list)
        for name, targets in names.items():
            lengths[name[:2]].add(len(name))
            if len(name) >= 3 and any(target.kind is Kind.ESTATE for target in targets):
                self._by_sound[sounds(name)].append(name)
                if len(_ANY_ENDING.sub("", name)) >= 4:
                    self._by_pair[0, name[:2]].append(name)
                    if not _ANY_ENDING.fullmatch(name[2:4]):  # too common to look for
                        self._by_pair[2, name[2:4]].append(name)
        self._lengths = {pair: sorted(found, reverse=True) for pair, found in lengths.items()}
        self._sound_lengths = sorted({sound.count(" ") for sound in self._by_sound}, reverse=True)

    def find(self, text: str) -> list[Hit]:
        """All names, left to right, none overlapping; slips only if no estate was named well."""
        hits = list(self._exactly(text))
        if any(target.kind is not Kind.AREA for hit in hits for target in hit.targets):
            return hits
        near = self._by_ear(text) or self._by_slip(text)
        free = [hit for hit in near if all(hit.end <= h.start or h.end <= hit.start for h in hits)]
        return sorted(hits + free, key=lambda hit: hit.start)

    def _exactly(self, text: str) -> Iterator[Hit]:
        start = last = 0
        while start < len(text) - 1:
            for length in self._lengths.get(text[start : start + 2], ()):
                hit = self._hit(text, start, start + length)
                if hit and (start == last or self._stands_alone(hit, text)):
                    yield hit
                    start = last = hit.end
                    break
            else:
                start += 1

    def _hit(self, text: str, start: int, end: int) -> Hit | None:
        name = text[start:end]
        if name not in self._names or (name in self._weak and not _NUMBER_FOLLOWS.match(text, end)):
            return None
        return Hit(start, end, self._names[name])

    def _stands_alone(self, hit: Hit, text: str) -> bool:
        """Names of buildings are everyday words; those of estates and areas are not."""
        if any(target.kind is not Kind.BUILDING for target in hit.targets):
            return True
        return bool(_WORD_BEFORE.search(text[: hit.start][-1:]))

    def _by_ear(self, text: str) -> list[Hit]:
        heard = [sound(sign) for sign in text[:_NEARLY_READ]]
        for start in range(len(heard)):
            for length in self._sound_lengths:
                written = text[start : start + length]
                for name in self._by_sound.get("".join(heard[start : start + length]), ()):
                    if len(written) == length and _slips(written, name) * 2 <= length:
                        return [Hit(start, start + length, self._names[name], exact=False)]
        return []

    def _by_slip(self, text: str) -> list[Hit]:
        for start in range(min(len(text), _NEARLY_READ)):
            for offset in (0, 2):
                pair = text[start + offset : start + offset + 2]
                for name in self._by_pair.get((offset, pair), ()):
                    written = text[start : start + len(name)]
                    if len(written) == len(name) and _slips(written, name) == 1:
                        end = start + len(name)
                        return [Hit(start, end, self._names[name], exact=False)]
        return []


def spellings(name: str) -> set[str]:
    """The name as registered, with its numerals as digits, and with its digits as numerals.

    四季花城二期 is also 四季花城2期, and 4季花城2期 for those who write so.
    """
    counted = _COUNTED.sub(_digits, name)
    words = _DIGITS.sub(lambda found: _spell(int(found[0])), name)
    spellings = {name, counted, _NUMERAL.sub(_digits, name), words}
    return {spelling for spelling in spellings if len(spelling) > 1}


def _digits(found: re.Match[str]) -> str:
    return number(found[0]) or found[0]


def short_forms(name: str) -> tuple[str, ...]:
    """What people call 幸福里小区: 幸福里; the first is 和平 (two characters) at the shortest."""
    plain, bare = _PLAIN_ENDING.sub("", name), _ANY_ENDING.sub("", name)
    forms = [plain] if 2 <= len(plain) < len(name) else []
    return (*forms, bare) if 3 <= len(bare) < len(plain) else tuple(forms)


def sounds(name: str) -> str:
    return "".join(map(sound, name))


@cache
def sound(sign: str) -> str:
    """A common character's syllable and a space, 幸 → "xin "; any other sign stands for itself."""
    code = sign.encode("gb2312", "ignore")
    if len(code) != 2 or not b"\xb0\xa1" <= code <= b"\xd7\xf9":
        return sign + " "
    codes, syllables = _syllables()
    return syllables[bisect_right(codes, code) - 1] + " "


@cache
def _syllables() -> tuple[list[bytes], list[str]]:
    pairs = re.findall("([a-z]+)([^a-z])", "".join(_SYLLABLES))
    return [first.encode("gb2312") for _, first in pairs], [_fold(name) for name, _ in pairs]


def _fold(syllable: str) -> str:
    for written, spoken in _FOLDED:
        syllable = syllable.replace(written, spoken)
    return syllable


def _slips(written: str, name: str) -> int:
    """How many characters differ; more than any name has if one of them tells places apart."""
    count: int = sum(map(ne, written, name))
    if count <= len(name) // 2:
        pairs = zip(written, name, strict=True)
        differing = {sign for pair in pairs if pair[0] != pair[1] for sign in pair}
        return count if _TELLING.isdisjoint(differing) else 99
    return count


def _spell(value: int) -> str:
    """3 → 三, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(value, 10)
    head = ("" if tens == 1 else "零一二三四五六七八九"[tens]) + "十" if tens else ""
    return head + ("零一二三四五六七八九"[ones] if ones or not tens else "")
