"""The states of a ticket, the moves between them, and who may make them.

The loop of the trade: 受理 → 分派 → 签收 → 联系 → 办理 → 反馈 → 核查 → 回访 → 评价 → 归档,
with side moves. The table says what a state and a person allow; what depends on the past (who
returned it already, whether an extension was asked for) is in `bot.desk.past`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.desk.errors import IllegalMove


class Status(str, Enum):
    """Where a ticket stands."""

    TRIAGE = "triage"  # 待分派: no rule could place it; the desk sorts it
    ASSIGNED = "assigned"  # 已派单: a named person has it and has not yet said so
    ACCEPTED = "accepted"  # 已接单: the handler took it
    CONTACTED = "contacted"  # 已联系: the handler reached the resident
    WAITING = "waiting"  # 待补充: it is the resident's turn; the clock stops
    HELD = "held"  # 挂账: a hard case, parked with a review date
    RESOLVED = "resolved"  # 已反馈: the handler says it is done; the resident is asked
    VERIFIED = "verified"  # 已核查: somebody else has checked
    CLOSED = "closed"  # 已归档
    DECLINED = "declined"  # 不予受理, with a reason and a referral
    MERGED = "merged"  # 已并单: follows another ticket
    WITHDRAWN = "withdrawn"  # 已撤回 by the resident

    @property
    def chinese(self) -> str:
        return _STATUS_NAMES[self]

    @property
    def is_open(self) -> bool:
        return self not in _ENDED


class Move(str, Enum):
    """What can be done to a ticket."""

    OPEN = "open"  # 受理
    ASSIGN = "assign"  # 派单, from triage or to another person
    ACCEPT = "accept"  # 接单
    CONTACT = "contact"  # 联系
    ASK_MORE = "ask_more"  # 待补充
    ADD = "add"  # the resident adds words, a photo, a phone number
    CORRECT = "correct"  # the resident corrects place or matter
    REFILE = "refile"  # 改归类: somebody chose another matter
    RETURN = "return"  # 退单
    ARBITRATE = "arbitrate"  # 裁定: a superior says whose it is, after a second return
    ASK_EXTENSION = "ask_extension"  # 申请延期
    EXTEND = "extend"  # 同意延期
    REFUSE_EXTENSION = "refuse_extension"  # 不同意延期
    ASK_HOLD = "ask_hold"  # 申请挂账
    HOLD = "hold"  # 挂账: parked with a review date, which is not closed
    REFUSE_HOLD = "refuse_hold"  # 不同意挂账
    RESUME = "resume"  # back from waiting or held
    URGE = "urge"  # 催办 by the resident
    SUPERVISE = "supervise"  # 督办: a superior orders progress
    WHISTLE = "whistle"  # 吹哨: a department is called to the place
    ASSIST = "assist"  # 协办: somebody else is asked for a part of it
    PART = "part"  # a co-handler's step: accepted, arrived, done, could not
    RESOLVE = "resolve"  # 反馈
    VERIFY = "verify"  # 核查, passed
    REJECT = "reject"  # 核查, not passed: back to the handler
    SOLVED = "solved"  # the resident says it is solved
    RATE = "rate"  # 评价: one of five levels
    EXPLAIN = "explain"  # 差评原因: what was bad about it, also after the second failure
    CLOSE = "close"  # 归档
    REVISIT = "revisit"  # 回访: somebody goes and asks what was wrong
    REOPEN = "reopen"  # 重办
    DECLINE = "decline"  # 不予受理
    MERGE = "merge"  # 并单
    SPLIT = "split"  # 拆单: no duplicate after all
    FOLLOW = "follow"  # 我也遇到
    WITHDRAW = "withdraw"  # 撤回
    REMIND = "remind"  # 提醒 by the clock, before a deadline
    OVERDUE = "overdue"  # 超时
    ESCALATE = "escalate"  # 上报: the next level up is told
    RECKON = "reckon"  # 重算时限: rules or calendar have changed

    @property
    def chinese(self) -> str:
        """What staff read on a button and in the timeline."""
        return _MOVE_NAMES[self]


class Actor(str, Enum):
    """Who makes a move, as the table below knows people."""

    RESIDENT = "resident"  # the reporter
    HANDLER = "handler"  # the assignee
    HELPER = "helper"  # somebody with a part of it: assists, was called, watches
    DESK = "desk"  # the desk or an administrator
    SUPERIOR = "superior"  # the branch secretary or an administrator
    SYSTEM = "system"  # a rule or the worker


@dataclass(frozen=True)
class Rule:
    """A move is legal from these states; it leads to `to` (None: the state stays).

    never: whoever is one of these may not, whatever else they are: nobody checks their own work.
    """

    by: frozenset[Actor]
    sources: frozenset[Status]
    to: Status | None
    never: frozenset[Actor] = frozenset()


_STATUS_NAMES = {
    Status.TRIAGE: "待分派",
    Status.ASSIGNED: "已派单",
    Status.ACCEPTED: "已接单",
    Status.CONTACTED: "已联系",
    Status.WAITING: "待您补充",
    Status.HELD: "挂账跟踪",
    Status.RESOLVED: "已办理，等您评价",
    Status.VERIFIED: "已核查，等您评价",
    Status.CLOSED: "已归档",
    Status.DECLINED: "不予受理",
    Status.MERGED: "已并单",
    Status.WITHDRAWN: "已撤回",
}
_MOVE_NAMES = {
    Move.OPEN: "受理",
    Move.ASSIGN: "派单",
    Move.ACCEPT: "接单",
    Move.CONTACT: "已联系居民",
    Move.ASK_MORE: "请居民补充",
    Move.ADD: "补充",
    Move.CORRECT: "更正",
    Move.REFILE: "归类不对",
    Move.RETURN: "退单",
    Move.ARBITRATE: "裁定",
    Move.ASK_EXTENSION: "申请延期",
    Move.EXTEND: "同意延期",
    Move.REFUSE_EXTENSION: "不同意延期",
    Move.ASK_HOLD: "申请挂账",
    Move.HOLD: "挂账",
    Move.REFUSE_HOLD: "不同意挂账",
    Move.RESUME: "恢复办理",
    Move.URGE: "催办",
    Move.SUPERVISE: "督办",
    Move.WHISTLE: "吹哨",
    Move.ASSIST: "请人协办",
    Move.PART: "协办进展",
    Move.RESOLVE: "完成",
    Move.VERIFY: "核查通过",
    Move.REJECT: "核查不通过",
    Move.SOLVED: "居民说解决了",
    Move.RATE: "评价",
    Move.EXPLAIN: "说明哪里不好",
    Move.CLOSE: "归档",
    Move.REVISIT: "回访",
    Move.REOPEN: "重办",
    Move.DECLINE: "不予受理",
    Move.MERGE: "并单",
    Move.SPLIT: "拆单",
    Move.FOLLOW: "居民也遇到",
    Move.WITHDRAW: "撤回",
    Move.REMIND: "提醒",
    Move.OVERDUE: "超时",
    Move.ESCALATE: "上报",
    Move.RECKON: "重算时限",
}
_ENDED = frozenset({Status.CLOSED, Status.DECLINED, Status.MERGED, Status.WITHDRAWN})
_OPEN = frozenset(Status) - _ENDED
_WORKING = frozenset({Status.ACCEPTED, Status.CONTACTED})
_PARKED = frozenset({Status.WAITING, Status.HELD})
_TO_RATE = frozenset({Status.RESOLVED, Status.VERIFIED})
_UNRESOLVED = _OPEN - _TO_RATE
_R, _H, _D, _S = Actor.RESIDENT, Actor.HANDLER, Actor.DESK, Actor.SYSTEM
_A, _U = Actor.HELPER, Actor.SUPERIOR


def _rule(
    by: set[Actor],
    sources: frozenset[Status],
    to: Status | None = None,
    never: frozenset[Actor] = frozenset(),
) -> Rule:
    return Rule(frozenset(by), sources, to, never)


# Nobody approves what they asked for, or checks what they did themselves.
_NOT_ONES_OWN = frozenset({_H})

MOVES: dict[Move, Rule] = {
    # 分派: the desk and the rules place it. A superior's word after a second return is final.
    Move.ASSIGN: _rule({_D, _S}, _UNRESOLVED, Status.ASSIGNED),
    Move.DECLINE: _rule({_D}, _UNRESOLVED, Status.DECLINED),
    Move.RETURN: _rule({_H}, _WORKING | {Status.ASSIGNED}, Status.TRIAGE),
    Move.ARBITRATE: _rule({_U}, frozenset({Status.TRIAGE}), Status.ASSIGNED),
    Move.REFILE: _rule({_R, _H, _D}, _UNRESOLVED),
    Move.CORRECT: _rule({_R, _D}, _UNRESOLVED),
    # 签收, 联系
    Move.ACCEPT: _rule({_H}, frozenset({Status.ASSIGNED}), Status.ACCEPTED),
    Move.CONTACT: _rule({_H}, frozenset({Status.ACCEPTED}), Status.CONTACTED),
    # 待补充: nobody waits for more on a ticket that nobody has. RESUME goes back to where it
    # was, see `where_it_was`.
    Move.ASK_MORE: _rule({_H, _D}, _WORKING | {Status.ASSIGNED}, Status.WAITING),
    Move.ADD: _rule({_R, _H, _D}, _OPEN),
    Move.RESUME: _rule({_R, _H, _D, _S}, _PARKED, Status.ACCEPTED),
    # 延期, 挂账: the handler asks, somebody else decides. A request outlives a pause.
    Move.ASK_EXTENSION: _rule({_H}, _WORKING),
    Move.EXTEND: _rule({_U, _D}, _WORKING | _PARKED, None, _NOT_ONES_OWN),
    Move.REFUSE_EXTENSION: _rule({_U, _D}, _WORKING | _PARKED, None, _NOT_ONES_OWN),
    Move.ASK_HOLD: _rule({_H}, _WORKING),
    Move.HOLD: _rule({_U, _D}, _WORKING, Status.HELD, _NOT_ONES_OWN),
    Move.REFUSE_HOLD: _rule({_U, _D}, _WORKING, None, _NOT_ONES_OWN),
    # Pressure and company.
    Move.URGE: _rule({_R, _D, _S}, _UNRESOLVED),
    Move.SUPERVISE: _rule({_U, _S}, _UNRESOLVED),
    Move.WHISTLE: _rule({_H, _D, _U}, _WORKING),
    Move.ASSIST: _rule({_H, _D, _U, _S}, _UNRESOLVED),
    Move.PART: _rule({_A, _D, _S}, _OPEN | {Status.CLOSED}),
    # 反馈, 核查, 评价: only the resident says how it was; only the clock closes without a word.
    Move.RESOLVE: _rule({_H, _D}, _WORKING, Status.RESOLVED),
    Move.VERIFY: _rule({_A, _D, _U}, frozenset({Status.RESOLVED}), Status.VERIFIED, _NOT_ONES_OWN),
    Move.REJECT: _rule({_A, _D, _U}, frozenset({Status.RESOLVED}), Status.ACCEPTED, _NOT_ONES_OWN),
    Move.SOLVED: _rule({_R}, _TO_RATE),
    Move.RATE: _rule({_R}, _TO_RATE, Status.CLOSED),
    Move.EXPLAIN: _rule({_R}, _TO_RATE | {Status.CLOSED}),
    Move.CLOSE: _rule({_S}, _TO_RATE | {Status.WAITING}, Status.CLOSED),
    Move.REVISIT: _rule({_D, _U, _S}, _TO_RATE | {Status.CLOSED}),
    Move.REOPEN: _rule({_R, _D, _U}, _TO_RATE | {Status.CLOSED}, Status.ASSIGNED),
    # Duplicates, and the end without work.
    Move.MERGE: _rule({_D}, _UNRESOLVED, Status.MERGED),
    Move.SPLIT: _rule({_D}, frozenset({Status.MERGED}), Status.TRIAGE),
    Move.FOLLOW: _rule({_R}, _OPEN),
    Move.WITHDRAW: _rule({_R, _D}, _UNRESOLVED, Status.WITHDRAWN),
    # By the clock; a visit after a bad rating has a deadline too, when the case is closed.
    Move.REMIND: _rule({_S}, _OPEN | {Status.CLOSED}),
    Move.OVERDUE: _rule({_S}, _OPEN | {Status.CLOSED}),
    Move.ESCALATE: _rule({_S}, _OPEN | {Status.CLOSED}),
    Move.RECKON: _rule({_S}, _OPEN),
}


def after(move: Move, status: Status, actors: frozenset[Actor]) -> Status:
    """The state after `move`; raises IllegalMove when the table does not allow it."""
    rule = MOVES[move]
    if status not in rule.sources:
        raise IllegalMove(f"{move.value} is not possible while the ticket is {status.value}")
    if not actors & rule.by or actors & rule.never:
        raise IllegalMove(f"{move.value} is not for {', '.join(sorted(actors)) or 'a stranger'}")
    return rule.to or status


def where_it_was(*, accepted: bool, contacted: bool) -> Status:
    """Where a ticket goes on that was parked: nobody has taken it by being asked to wait."""
    if not accepted:
        return Status.ASSIGNED
    return Status.CONTACTED if contacted else Status.ACCEPTED
