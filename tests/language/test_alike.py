"""How alike two reports are in their words."""

from __future__ import annotations

import pytest

from bot.language.alike import likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("电梯坏了", "3号楼2单元电梯不动了，老人下不了楼"),
        ("楼道灯不亮", "楼道里黑漆漆的，灯坏了"),
        ("有人飛線充電", "楼下飞线充电太危险"),
        ("路灯灭了", "路灯不亮"),
        ("占用消防通道停车", "消防通道被车堵了"),
        ("井盖没了", "马路上缺一个井盖，晚上看不见"),
    ],
)
def test_one_thing_in_two_mouths(one: str, other: str) -> None:
    assert likeness(one, other) >= 0.3
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("楼道灯坏了", "单元门关不上，锁坏了"),
        ("物业费太贵", "保安不管事"),
        ("你好，麻烦处理一下", "电梯坏了，麻烦处理一下"),
        ("", "电梯坏了"),
    ],
)
def test_two_things(one: str, other: str) -> None:
    assert likeness(one, other) < 0.3
