"""Made-up letters to a town, in which a few troubles come back in other words."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

from bot.language.topics import Report
from bot.language.topics_heat import Window

START = datetime(2026, 10, 26, tzinfo=timezone.utc)
FOUR_WEEKS = Window(START, START + timedelta(weeks=4))

NOISE = (
    "{}旁边新开的洗车行每天清早高压水枪轰隆响，觉都睡不好",
    "洗车行的水枪太吵，{}的老人孩子没法休息",
    "举报{}门口洗车行噪音扰民，水枪从六点响到半夜",
    "{}洗车行污水横流，水枪声音又大，请管一管",
    "能不能让洗车行关小水枪？{}整栋楼都听得见",
    "请问{}楼下的洗车行有没有手续，水枪吵得头疼",
)
ORDINARY = (
    "路灯坏了两盏，晚上走路看不清",
    "社保卡丢了怎么补办，要带什么材料",
    "楼道里堆满纸箱，担心着火",
    "想给孩子报暑期托管班，什么时候开始",
    "公交站台的顶棚漏雨，等车淋湿一身",
    "快递柜总是满的，取件要等好久",
    "广场舞音响开得太大，影响孩子写作业",
    "外墙瓷砖掉下来一块，砸到花坛里",
    "老人腿脚不便，能不能上门办理高龄津贴",
    "井盖松动，车子压过去哐当响",
    "自来水发黄，烧开了还有味道",
    "电梯按键失灵，按五楼停在七楼",
    "楼上装修到夜里十点还在砸墙",
    "下水道反味，开窗都散不掉",
    "小广告贴满了单元门，撕都撕不完",
)
_ESTATES = ("丁香苑", "榆树湾", "明德府", "望江庭", "枫叶郡", "石榴园")


def letters(*troubles: tuple[str, tuple[str, ...], int]) -> list[Report]:
    """`ORDINARY` letters from many estates, and for each (place, words, people) what they write."""
    told = [
        (f"neighbour{number}-{estate}", f"{estate}的居民反映，{text}")
        for number, text in enumerate(ORDINARY)
        for estate in (_ESTATES[number % 6], _ESTATES[number % 5 - 2])
    ]
    for place, words, people in troubles:
        told += [
            (f"{place}{number}", words[number % len(words)].format(place))
            for number in range(people)
        ]
    random.Random(7).shuffle(told)
    step = (FOUR_WEEKS.end - START) / len(told)
    return [
        Report(id=str(number), text=text, at=START + number * step, reporter=reporter)
        for number, (reporter, text) in enumerate(told)
    ]
