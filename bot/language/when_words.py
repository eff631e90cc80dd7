"""The words and numbers that dates are said with."""

from __future__ import annotations

from bot.language.numerals import number

NUMERAL = "(?:\\d{1,3}|[零〇一二三四五六七八九十两]{1,3})"
# 号 after a number is mostly a building, a line, a telephone.
NO_DATE = "(?!\\s?[楼院线门房栋幢#座桌窗柜机文厅会展煤梯井]|公寓|住宅|网格|单元|地铁|车)"
NO_DAY = NO_DATE[:-1] + "|\\d)"
WEEKDAYS = {sign: at % 7 for at, sign in enumerate("一二三四五六日123456")} | {"天": 6}
OFFSETS = {"大前天": -3, "前天": -2, "前日": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨儿个": -1}
OFFSETS |= {"昨儿": -1, "今天": 0, "今日": 0, "今儿个": 0, "今儿": 0, "当天": 0}
OFFSETS |= {"明天": 1, "明日": 1, "明儿": 1, "后天": 2, "大后天": 3}
# Said together with the part of the day: 昨晚, 今早, 前晚.
OFFSETS |= {"昨": -1, "今": 0, "前": -2, "明": 1, "当": 0}
VAGUE = {"这几天": 5, "这两天": 2, "近几天": 5, "最近几天": 5, "前几天": 7, "前两天": 3}
VAGUE |= {"最近两天": 2, "这些天": 10, "最近": 14, "近期": 14, "近来": 14, "这段时间": 14}
VAGUE |= {"这阵子": 14, "前一阵子": 60, "前一阵": 60, "前阵子": 60, "前段时间": 60, "前些天": 14}
VAGUE |= {"前一段时间": 60, "前些日子": 30, "最近一段时间": 30, "这一阵子": 14, "这一阵": 14}
YEARS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}


def value(words: str) -> int:
    """二十三 → 23, 两 → 2; 0 for what is no number."""
    if words.isdecimal():
        return int(words)
    return int(number(words.replace("两", "二")) or 0)
