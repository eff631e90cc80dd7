"""The words of the console that are not in its templates: names of things, times, veils."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk import ratings
from bot.desk.community import Category, Community, Staff
from bot.desk.moves import Move, Status
from bot.desk.parts import KIND_NAMES, Choice
from bot.desk.reasons import Group, Reason, name_of, of
from bot.language.masking import mask
from bot.services import part_cards
from bot.store.tables import TimelineRow

# What stands on a button is told otherwise once it has happened.
_MOVES = {
    Move.ADD: "补充情况",
    Move.REFILE: "改归类",
    Move.RESOLVE: "办完反馈",
    Move.REOPEN: "退回重办",
}
# What residents read of a state is said to them; staff read it about them.
_STATUSES = {
    Status.WAITING: "待居民补充",
    Status.RESOLVED: "已办理，待评价",
    Status.VERIFIED: "已核查，待评价",
}
URGENCIES = {"normal": "", "urgent": "加急", "emergency": "紧急"}
KINDS = {
    "report": "诉求",
    "question": "咨询",
    "suggestion": "建议",
    "praise": "表扬",
    "conduct": "举报",
}
INTENTS = {
    "report": "反映问题",
    "ask_policy": "问政策",
    "check_status": "查进度",
    "urge": "催办",
    "add_information": "补充情况",
    "withdraw": "撤回",
    "rate": "评价",
    "suggest": "提建议",
    "praise": "表扬",
    "report_conduct": "作风举报",
    "my_data": "查我的信息",
    "human": "转人工",
    "help": "求帮助",
    "greet": "问好",
    "goodbye": "告别",
    "thanks": "道谢",
    "affirm": "同意",
    "deny": "否定",
    "correct": "更正",
    "out_of_scope": "闲聊",
    "nlu_fallback": "没听懂",
    "hand_over": "转受理台",
    "skip": "跳过",
    "first_choice": "选第一个",
    "second_choice": "选第二个",
    "third_choice": "选第三个",
    "none_of_these": "都不是",
}
LEVELS = ratings.LEVELS
CHANNELS = {"web": "网页", "telegram": "Telegram", "terminal": "终端", "chat": "终端"}
LOOKED = {"ticket": "工单", "conversation": "对话", "account": "账号"}
DONE = {
    "accept": "接单成功，居民已收到通知。",
    "contact": "记下了：已联系居民。",
    "resolve": "已反馈。要核查的先核查，然后请居民评价。辛苦了！",
    "return": "已退回，由受理台或上级另行安排。",
    "refile": "归类改好了，已按规则转给管这类事的人。",
    "topic": "已立项，牵头人会收到任务，还在等结果的居民会收到通知。",
    "assign": "已派出，相关的人都会收到通知。",
    "arbitrate": "已裁定，相关的人都会收到通知。",
    "decline": "已不予受理，居民已收到原因和该找谁。",
    "ask_more": "已问居民，等回复期间不计时。",
    "resume": "已恢复办理，居民已收到通知。",
    "ask_extension": "申请已送上级，批了或不批都会告诉您。批之前请照常办。",
    "extend": "已同意延期，经办人和居民都知道了。",
    "refuse_extension": "已回复经办人：按原期限办。",
    "ask_hold": "申请已送上级，批了或不批都会告诉您。批之前请照常办。",
    "hold": "已挂账，居民已收到通知。挂账不是办结。",
    "refuse_hold": "已回复经办人：照常办。",
    "supervise": "已督办，经办人和居民都收到了。",
    "urge": "已催办。",
    "verify": "核查通过，已请居民评价。",
    "reject": "已退回经办人重新办。",
    "add": "记下了。",
    "reopen": "已退回重办，经办人会收到通知。",
    "withdraw": "已撤回，经办人会收到通知。",
    "asked": "已通知，对方接受、到场、办好都会告诉您。",
    "part": "记下了，相关的人都会收到通知。",
    "merge": "已并单，居民和经办人都会收到通知。",
    "split": "已拆出，按规则单独派出去了。",
    "password": "密码改好了。",
    "lock": "账号已停用。",
}


STEPS = part_cards.STEP_LABELS
PART_KINDS = {kind.value: name for kind, name in KIND_NAMES.items()}


def instead(choice: Choice) -> str:
    """Who comes for somebody who is away: ，请假，由石工代."""
    if choice.comes is None:
        return "，请假中"
    return "" if choice.comes == choice.person else f"，请假，由{choice.comes.name}代"


def status(value: str) -> str:
    found = Status(value)
    return _STATUSES.get(found, found.chinese)


def move(value: str) -> str:
    found = Move(value)
    return _MOVES.get(found, found.chinese)


def reasons(community: Community, group: Group) -> Sequence[Reason]:
    """What a form offers."""
    return of(community, group)


def reason(value: str, code: str, community: Community) -> str:
    """The reason of a move in words."""
    return name_of(community, Move(value), code)


def moved(entry: TimelineRow, community: Community) -> Iterator[str]:
    """What a move says beyond its note: levels, and deadlines asked for and changed."""
    facts, zone = entry.facts, community.zone
    if entry.move == Move.RATE.value:
        yield LEVELS[int(facts["satisfaction"])] if "satisfaction" in facts else entry.note
    if "until" in facts:
        yield f"申请到{_read(facts['until'], zone)}"
    if "resolve_by_before" in facts:
        before, after = (_read(facts[name], zone) for name in ("resolve_by_before", "resolve_by"))
        yield f"办结期限由{before}改为{after}"
    if entry.move == Move.HOLD.value and facts.get("review_at"):
        yield f"{_read(facts['review_at'], zone)}复查"


def _read(moment_: str, zone: ZoneInfo) -> str:
    return moment(datetime.fromisoformat(moment_), zone)


def day(at: datetime, zone: ZoneInfo) -> str:
    """2026-11-23, as a form's field wants it."""
    return at.astimezone(zone).date().isoformat()


def matter(code: str | None, community: Community) -> str:
    """The name of a matter, also of one that was renamed away since."""
    found: Category | None = community.categories.get(code or "")
    return found.name if found else code or "—"


def actor(label: str, names: Mapping[str, str]) -> str:
    """staff:xiaoli → 小李, resident:17 → 居民, system → 系统."""
    kind, _, code = label.partition(":")
    if kind == "staff":
        return names.get(code, code)
    return "居民" if kind == "resident" else "系统"


def who(person: Staff | None) -> str:
    return f"{person.name}（{person.title}）" if person else "受理台"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """11月23日 10:00"""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def remaining(until: datetime | None, now: datetime) -> str:
    """How long is left: 还剩3小时20分, 已超时2天."""
    if until is None:
        return "不计时"
    minutes = int(abs((until - now).total_seconds()) // 60)
    return ("还剩" if until >= now else "已超时") + _span(minutes)


def is_late(until: datetime | None, now: datetime) -> bool:
    return until is not None and until < now


def veil_name(name: str) -> str:
    """王阿姨 → 王**"""
    return f"{name[0]}**" if name else "没有登记"


def veil_phone(phone: str) -> str:
    """13812345678 → 138****5678; of a short number only the end stays."""
    head = 3 if len(phone) >= 10 else 0
    tail = 4 if len(phone) >= 7 else 1
    return phone[:head] + "*" * (len(phone) - head - tail) + phone[-tail:]


def percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    days, of_day = divmod(hours, 24)
    if days:
        return f"{days}天{of_day}小时" if of_day else f"{days}天"
    if hours:
        return f"{hours}小时{rest}分" if rest else f"{hours}小时"
    return f"{rest}分钟"


FILTERS: dict[str, Callable[..., Any]] = {
    "status": status,
    "move": move,
    "mask": mask,
    "veil_name": veil_name,
    "veil_phone": veil_phone,
    "percent": percent,
}
