"""What the library does not answer, decided before any search: a person's file, medicine, prices …

Tables of words, because a wrong answer here does more harm than an honest no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bot.library import words


class Status(str, Enum):
    ANSWERED = "answered"  # from an article, cited
    NO_ANSWER = "no_answer"  # declined, with the offer of a person
    CLARIFY = "clarify"  # two entries fit; the person chooses
    HANDOVER = "handover"  # a person has to look at it


@dataclass(frozen=True)
class Limit:
    status: Status
    text: str


def _pattern(table: str) -> re.Pattern[str]:
    return re.compile("|".join(table.split()))


_WHO = "(?:我|俺|老人)"  # 我们, 我家, 我妈 … begin with it
_STAFF = "(?:经理|主任|书记|民警|网格员|楼长|保安|保洁|社工|医生|老师|局长|房东|业主|住户|主播)"

_MEDICAL = _pattern(
    """
    (?:药|胰岛素|头孢|布洛芬|阿司匹林).{0,6}(?:停|吃几|能吃|能不能吃|吃多少|换|减量|加量|一起吃|管用)
    [吃用]什么药 能吃(?:药|头孢|布洛芬|阿司匹林)
    (?:要不要|用不用|需要|该不该).{0,4}(?:急诊|住院|手术|看医生|去医院|打针|输液)
    [烧热]到?.{0,3}\\d\\d度? 发[烧热].{0,6}(?:怎么|要紧|严重|办)
    (?:血压|血糖|心率|尿酸).{0,6}(?:\\d|高|低).{0,8}(?:要紧|正常|怎么|严重|办)
    (?:头|牙|肚子|胃|胸口?|腰|腿|嗓子|心脏|关节)[^，。]{0,3}[疼痛].{0,8}(?:药|怎么|缓解|办|要紧|喘)
    喘不上气 胸口?[疼痛闷] 说不出话 (?:CT|ct|化验单|片子|体检).{0,4}报告.{0,4}(?:看|怎么)
    (?:咳嗽|失眠|腹泻|呕吐|过敏|头晕|便秘).{0,6}(?:怎么|吃|要紧|办)
    是不是(?:得了|中风|癌|脑梗) 症状 偏方 副作用 (?:糖尿病|高血压|痛风).{0,6}[吃喝]
    """
)
_PERSONAL_FILE = _pattern(
    f"""
    {_WHO}[^，。？]{{0,16}}(?:批|批下来|批准|审批|审核|通过|办好|办下来|认定下来|下来|到账)了?(?:没有?|吗|么)
    我的[^，。？]{{1,8}}(?:好|完|成|办|迁|到|修|开庭|下来)了(?:没有?|吗|么)
    {_WHO}[^，。？]{{0,16}}(?:审[批核]到|排到第?几|哪一步|办到哪|进度|处理得?怎|处理到哪)
    {_WHO}[^，。？]{{0,10}}(?:补贴|补助|低保|津贴|救助|报销)[^，。？]{{0,8}}没(?:到|有到|收到|发)
    (?:查一?下|查查|查询).{{0,4}}我.{{0,12}}(?:记录|余额|多少|进度|结果|情况|缴)
    (?:昨天|前天|刚才|上次|上周|上个月)我?.{{0,6}}(?:报修|投诉|反映|申请|提交).{{0,8}}(?:怎|哪|吗|没)
    """
)
_LAWSUIT = _pattern(
    """
    胜算 要不要上诉 该不该上诉 签还是不签 律师让我 (?:能|会)判(?:几年|多少年|吗)
    (?:官司|案子|仲裁).{0,8}(?:能赢|会赢|赢不赢|打得赢|几成|判几年)
    """
)
_UNLAWFUL = _pattern(
    """
    撬.{0,8}(?:锁|门) 办假证 假证明怎么
    (?:教我|怎么|咋|如何).{0,6}(?:伪造|造假|做假|办假|逃避|逃税|偷|躲避|骗过|蒙混|报复|毒死|弄死)
    (?:教我|怎么|咋|如何).{0,6}(?:破解|作弊|绕过|不被查|不被发现)
    """
)
_CONTACT = re.compile(
    f"{_STAFF}.{{0,6}}(?:姓啥|姓什么|叫啥|叫什么|微信|手机|电话.{{0,3}}(?:多少|给|号)|在不在|名字|住哪)"
    "|谁举报的"
)
_THIS_YEAR = _pattern(
    """
    (?:今年|明年|去年|现在|目前|最新|这个月|这两年|\\d{4}年).{0,12}(?:多少钱|标准|几块|什么价|基数|涨|几号|几月)
    (?:今年|明年|去年|现在|目前|最新|这个月|这两年|\\d{4}年).{0,12}多少(?![天年岁个小人平户成比月日次条])
    (?:水价|电价|气价|油价|供暖费|暖气费|取暖费).{0,10}(?:多少|几)
    (?:最低工资|低保标准|社保基数|养老金|退休金).{0,6}(?:多少|涨|是几|标准)
    利率(?:是|有|现在)?.{0,2}(?:多少|几) (?:报销比例|报销多少|工资).{0,2}(?:是|有)?多少 房产税
    以旧换新 消费券 摇号 (?:几月|几岁|什么时候|哪年|啥时候)能?退休 延迟退休
    (?:新能源|电动|汽车|购车|家电|换购).{0,6}补贴
    """
)
_THIS_YEAR_BUT = re.compile("罚|赔|违约|抚养费|时效")
_OUT_OF_SCOPE = _pattern(
    """
    (?:房价|房子|楼市|学区房|股票|基金|黄金|利率).{0,12}(?:涨|跌|升值|降|能买|划算|亏)
    现在买房 买房划算 (?:还是|会不会|能不能|会)跌 股票 彩票.{0,4}(?:号码|中奖|开奖) 开奖
    (?:明天|后天|今天|周末|这周).{0,6}(?:下雨|下雪|天气|气温|刮.?风|冷不冷|热不热) 天气怎 气温
    你(?:觉得|认为|喜欢|支持|站谁|是男|是女|叫什么|多大) 素质(?:低|差|高)?.{0,3}[吗呢不]?$
    你说.{0,16}(?:素质|好不好|对不对|讨厌|恶心|好人|坏人) 有什么意思 有一腿 出轨 小三
    是不是.{0,4}(?:离婚|有钱|怀孕|单身) 笑话 写一?[首篇个].{0,12}(?:诗|作文|文章|情书)
    好吃 菜谱 怎么[做炒炖煮].{1,4}[肉鱼菜面饭汤蛋] 推荐一?[个家下款] 哪个牌子 哪家
    个税 增值税 驾照 驾驶证 行驶证 签证 通行证 营业执照 公务员 考研 高考 入党 当兵 信用卡 房贷利率
    怎么坐 坐地铁去 坐几路 有什么好玩 几点(?:开门|关门|下班|上班)
    """
)
_PLACES = re.compile(
    "上海|天津|重庆|深圳|广州|杭州|南京|苏州|成都|武汉|西安|郑州|长沙|青岛|济南|沈阳|大连|厦门|福州|合肥|石家庄|哈尔滨"
    "|广东|浙江|江苏|山东|河北|河南|湖北|湖南|四川|陕西|山西|辽宁|吉林|黑龙江|安徽|江西|福建|云南|贵州|甘肃|青海"
    "|广西|海南|内蒙|新疆|西藏|宁夏|香港|澳门|台湾|北京"
)
_QUOTED_LAW = re.compile("《((?:[^《》]|《[^《》]*》)+)》")
_LAW_BEFORE_ARTICLE = re.compile("([\u4e00-\u9fff]{2,40}?(?:法典|法|条例|办法|规定|解释))第")
_BRACKETS = re.compile("[《》〈〉]")
_ARTICLE = re.compile("([\u4e00-\u9fff]{2,20}?(?:法典|法|条例|办法|规定))第")
_ARTICLE = re.compile("第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十])?")

# In the order in which they are asked: the first that fits decides.
_LIMITS = (
    (_UNLAWFUL, Limit(Status.NO_ANSWER, words.UNLAWFUL)),
    (_MEDICAL, Limit(Status.HANDOVER, words.MEDICAL)),
    (_PERSONAL_FILE, Limit(Status.HANDOVER, words.PERSONAL_FILE)),
    (_LAWSUIT, Limit(Status.HANDOVER, words.LAWSUIT)),
    (_CONTACT, Limit(Status.HANDOVER, words.CONTACT)),
    (_OUT_OF_SCOPE, Limit(Status.NO_ANSWER, words.OUT_OF_SCOPE)),
)


def find_limit(question: str) -> Limit | None:
    """Why a normalised question is not for the library, or None."""
    for pattern, limit in _LIMITS:
        if pattern.search(question):
            return limit
    if _THIS_YEAR.search(question) and not _THIS_YEAR_BUT.search(question):
        return Limit(Status.NO_ANSWER, words.THIS_YEAR)
    return None


def is_elsewhere(question: str, here: str) -> bool:
    """Whether only other places are named: the rules of this one do not answer that."""
    places = set(_PLACES.findall(question))
    return bool(places) and here not in places


@dataclass(frozen=True)
class NamedLaw:
    """A law as a question calls it, and the titles in the library that it may mean, if any."""

    name: str
    titles: frozenset[str]


def named_law(question: str, titles: Iterable[str]) -> NamedLaw | None:
    """The law a question names in 《》 or before an article's number.

    Without 《》 there may be other words before the name (请问民法典), so its end decides.
    """
    before = _LAW_BEFORE_ARTICLE.search(_BRACKETS.sub("", question))
    ended = NamedLaw(before[1], _longest_end(before[1], titles)) if before else None
    if ended and any("《" in title for title in ended.titles):  # 北京市实施《义务教育法》办法第八条
        return ended
    if quoted := _QUOTED_LAW.search(question):
        name = _BRACKETS.sub("", quoted[1])
        return NamedLaw(name, frozenset(title for title in titles if name in _spoken(title)))
    return ended


def named_article(question: str) -> str | None:
    found = _ARTICLE.search(question)
    return found[0] if found else None


def _longest_end(name: str, titles: Iterable[str]) -> frozenset[str]:
    """Of the titles that `name` ends with, the longest; 物业管理条例 may be two."""
    ends = [(spoken, t) for t in titles for spoken in _spoken(t) if name.endswith(spoken)]
    longest = max((len(spoken) for spoken, _ in ends), default=0)
    return frozenset(title for spoken, title in ends if len(spoken) == longest)


def _spoken(title: str) -> frozenset[str]:
    full = _BRACKETS.sub("", title)
    short = full.replace("中华人民共和国", "")
    return frozenset({full, short, short.removeprefix("北京市")})
