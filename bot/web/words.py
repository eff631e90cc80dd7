"""What a resident reads when something cannot be done."""

from __future__ import annotations

import math

from starlette.exceptions import HTTPException

NO_KEY = "这台设备还没有登记，或者登记已经失效。请刷新页面再试。"
FOREIGN = "这个请求不是从本页面发出的，没有处理。"
TOO_LONG = "这段话太长了，请分成几段发。"
TOO_LARGE = "内容太大了。照片请选 10 MB 以内的，或者截个图发来。"
TOO_MANY = "发得太快了，请过{wait}再试。急事请直接打电话：报警110、火情119、急救120。"
NO_PHOTO = "没有收到照片，请重新选一张。"
NO_PLACE = "没有读到位置，请再试一次，或者直接写地址。"
CODE_REFUSED = "这个验证码不对，或者已经用过、过期了。请向社区再要一个。"
BUTTON_GONE = "这个按钮已经过期了。要办什么，直接写给我就行。"
BAD_INPUT = "这条消息不完整，没有收下。请再发一次。"
NOT_FOUND = "这里没有您要找的内容。"
UNAVAILABLE = "系统正忙，请过一会儿再试。急事请打电话。"
BROKEN = "系统出了点问题，没有办成。请过一会儿再试；急事请打电话。"


class Stop(HTTPException):
    """A refusal whose detail is written for the resident."""


def too_many(seconds: float) -> Stop:
    """429, with the seconds after which it works again."""
    wait = max(1, math.ceil(seconds))
    spoken = f"{wait}秒" if wait < 60 else f"{math.ceil(wait / 60)}分钟"
    return Stop(429, TOO_MANY.format(wait=spoken), headers={"Retry-After": str(wait)})
