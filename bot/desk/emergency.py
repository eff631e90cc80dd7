"""The dangers the desk knows: where each is filed, whom to call, and what to tell the resident.

How a message is recognised as one of them is told in `bot/language/danger`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Emergency:
    """What it is (a leaf of the taxonomy), whom to call, and what to tell the resident at once."""

    matter: str
    number: str
    advice: str


def _emergency(matter: str, number: str, do: str) -> Emergency:
    return Emergency(matter, number, f"请马上拨打{number}。{do}我正在通知值班人员。")


_HIDE = "先躲到安全的地方锁好门，别上前、别激怒对方。"

# The most urgent first: of several dangers in one message it gives the number.
EMERGENCIES = {
    "fire": _emergency("safety.fire", "119", "低身捂住口鼻，从楼梯离开，不坐电梯，不回去拿东西。"),
    "gas": _emergency("safety.gas", "119", "别碰开关和明火，开窗关阀，先到室外再打电话。"),
    "collapse": _emergency("safety.hazard", "119", "所有人退到空旷的地方，别靠近、别回去。"),
    "suicide": _emergency(
        "safety.medical",
        "110",
        "陪着他、听他说，别让他一个人；也可以打心理热线12356。",
    ),
    # at home: to the taxonomy a life in danger, not a crime
    "home_violence": _emergency("safety.medical", "110", _HIDE),
    "crime": _emergency("safety.crime", "110", _HIDE),
    "trapped": _emergency("safety.trapped", "119", "别怕，待在原地别扒门、别硬闯，会有人来救。"),
    "missing": _emergency("safety.medical", "110", "不用等24小时，准备好近照和衣着，我们一起找。"),
    # somebody who lives alone and no longer answers
    "silent": _emergency(
        "safety.medical", "120", "请邻居先敲门、从窗外看看，也可以请110一起开门。"
    ),
    "medical": _emergency(
        "safety.medical", "120", "守在伤病的人身边，别随意搬动，看看呼吸和出血。"
    ),
    # a cry for help that does not say what for
    "cry": _emergency("safety.medical", "120", "看看四周，先到安全的地方，告诉我在几号楼。"),
}
