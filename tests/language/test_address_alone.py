"""Words that are an address and nothing else."""

from __future__ import annotations

import pytest

from bot.language.address_alone import is_alone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("书香雅苑的", "书香雅苑"),
        ("我在3号楼2单元这边！", "幸福里小区3号楼"),
        ("就书香那个", "书香雅苑"),
    ],
)
def test_a_bare_place_is_alone(text: str, name: str) -> None:
    assert is_alone(text, [name])


def test_a_place_with_a_matter_is_not() -> None:
    assert not is_alone("书香雅苑的主任收钱", ["书香雅苑"])


def test_words_that_name_no_place_are_no_address() -> None:
    assert not is_alone("三号楼", [])
