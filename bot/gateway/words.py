"""What the gateway itself says: when something waits, is refused, or is an emergency."""

from __future__ import annotations

from bot.desk.errors import (
    AlreadyDecided,
    BadInput,
    BeingChecked,
    IllegalMove,
    LinliError,
    NobodyThere,
    NobodyToAsk,
    NotAllowed,
    PartOpen,
    Standing,
    TicketAlreadyMoved,
    TooLate,
    UnknownThing,
)
from bot.services.outbox import Message

KEPT = Message(
    text="您的消息已收到并保存好了。系统正忙，恢复后马上处理，并在这里回复您，不用重发。"
    "急事请打社区值班电话；火情119、急救120、报警110。"
)
BUTTON_GONE = Message(text="这个按钮已经过期了。要办什么，直接写给我就行。")
DONE = Message(text="好的，记下了。")
NOT_UNDERSTOOD_BY_MACHINE = (
    "这条消息系统没能处理，我已原样转给社区受理台（编号 {number}），{until}前有人联系您。"
)


def refusal(error: LinliError) -> Message:
    """What a person reads when a tap is refused."""
    if isinstance(error, TicketAlreadyMoved):
        won = f"{_won(error.standing)}。" if error.standing else ""
        return Message(
            text=f"{won}{error.number} 现在由{error.holder or '受理台'}负责，您不用再办了。"
        )
    if isinstance(error, PartOpen):
        return Message(text=f"还不能结：{'、'.join(error.whose)}那部分还没办好。催一催，或先取消。")
    if isinstance(error, NobodyThere):
        there = f"现在在岗的有{'、'.join(error.present)}" if error.present else "请联系受理台"
        return Message(text=f"{error.absent}请假了，也没有人代班。{there}。")
    if isinstance(error, IllegalMove):
        if error.standing is None:
            return Message(text="这一步已经办过了，或者现在还不能办。")
        return Message(text=f"这一步已经办过了，或者现在还不能办：{_won(error.standing)}。")
    if isinstance(error, NotAllowed):
        return Message(text="这一步您不能操作。如果觉得不对，请联系社区受理台。")
    if isinstance(error, UnknownThing):
        return BUTTON_GONE
    for kind, text in _REFUSALS.items():
        if isinstance(error, kind):
            return Message(text=text)
    return Message(text="没有办成，请稍后再试一次，或联系社区受理台。")


def _won(standing: Standing) -> str:
    """小何刚做了“接单”，20261123-0001 现在是“已接单”"""
    return f"{standing.by}先做了“{standing.move}”，{standing.number} 现在是“{standing.status}”"


_REFUSALS = {
    TooLate: "已经过了期限，延期要在到期前申请。请尽快办，需要帮忙请联系社区受理台。",
    AlreadyDecided: "这件事上级已经裁定由您办，不能再退。有困难请联系裁定的上级。",
    BeingChecked: "这件事正在核查。核查完我马上请您评价，不用再点。",
    NobodyToAsk: "这一步没有可以找的人。请打电话联系居民，或联系社区受理台。",
    BadInput: "填的内容对不上，没有办成。请再点一次，按提示写。",
}
