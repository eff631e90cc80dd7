"""Where a message goes on to something else."""

from __future__ import annotations

import pytest

from bot.language import clauses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("漏水了，还有楼下停车堵门", ["漏水了", "楼下停车堵门"]),
        ("路灯不亮 另外，垃圾没人收", ["路灯不亮", "垃圾没人收"]),
        ("暖气不热，顺便说一下路灯也灭了", ["暖气不热", "路灯也灭了"]),
        ("楼道灯坏了；有人乱停车", ["楼道灯坏了", "有人乱停车"]),
        ("楼道灯坏了，门禁也坏了", ["楼道灯坏了", "门禁也坏了"]),
        ("電梯壞了，還有樓下半夜唱歌", ["電梯壞了", "樓下半夜唱歌"]),
        ("下水堵了。第二，路灯不亮。第三个事再说", ["下水堵了", "路灯不亮", "第三个事再说"]),
    ],
)
def test_another_thing_begins(text: str, expected: list[str]) -> None:
    assert clauses.split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3号楼电梯坏了，麻烦来修一下",
        "家里还有八十岁的老人要照顾",
        "还有没有低保的名额",
        "停水了，还有多久才来",
        "停水了，还有3天才来吗",
        "书记您好：小区大门口堵得出不去",
        "漏水。谢谢",
        "",
    ],
)
def test_it_is_all_one(text: str) -> None:
    assert clauses.split(text) == []


def test_a_full_stop_begins_nothing_new_in_a_story() -> None:
    story = (
        "我们这栋楼住的大多是老人。平时大家都挺好说话的。就是最近几天晚上楼下的垃圾没有人来收了。"
    )
    assert len(story) > clauses.SHORT
    assert clauses.split(story) == []


def test_a_letter_is_about_one_thing() -> None:
    assert clauses.split("漏水了，还有停车堵门。" + "说来话长" * 30) == []
