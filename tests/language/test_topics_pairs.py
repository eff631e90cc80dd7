"""The matrix of likenesses says what `likeness` says of each pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import topics_pairs
from bot.language.likeness import Gist, Rarity, likeness
from bot.language.topics_pairs import FLOOR, Pile

WORDS = ["电梯", "按键", "失灵", "路灯", "坏了", "漏水", "天花板", "停电", "噪音", "施工"]
gists = st.builds(
    Gist,
    words=st.dictionaries(st.sampled_from(WORDS), st.integers(1, 3).map(float), max_size=6),
    places=st.frozensets(st.sampled_from(["x1", "x2", "小区", "东街"]), max_size=3),
    matter=st.sampled_from([None, "utility.water", "utility.power", "order.parking"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(gists, max_size=30))
def test_every_pair_is_as_alike_as_the_two_are(many: list[Gist]) -> None:
    rarity = Rarity.of(many)
    expected = np.zeros((len(many), len(many)))
    for i, one in enumerate(many):
        for j, other in enumerate(many):
            alike = likeness(one, other, rarity)
            expected[i, j] = alike if i != j and alike >= FLOOR else 0.0
    found = Pile.of(many).likenesses().toarray()
    assert found == pytest.approx(expected, abs=1e-6)


def test_many_blocks_are_one_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Gist(words={WORDS[n % 7]: 1.0, WORDS[n % 3]: 2.0}) for n in range(50)]
    whole = Pile.of(many).likenesses().toarray()
    monkeypatch.setattr(topics_pairs, "_ROWS", 7)
    assert Pile.of(many).likenesses().toarray() == pytest.approx(whole)


def test_of_very_many_each_keeps_the_strongest(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Gist(words={"电梯": 1.0, "按键": 1.0, "失灵": 1.0})
    near = Gist(words={"电梯": 1.0, "按键": 1.0})
    far = Gist(words={"电梯": 1.0, "路灯": 1.0, "漏水": 1.0})
    pile = Pile.of([one, near, near, far, far])
    assert np.count_nonzero(pile.likenesses()[0].toarray()) == 4
    monkeypatch.setattr(topics_pairs, "_MOST", 2)
    assert np.flatnonzero(pile.likenesses()[0].toarray()[0]).tolist() == [1, 2]


def test_a_group_speaks_with_the_words_of_all_and_the_place_of_most() -> None:
    many = [
        Gist(words={"电梯": 1.0, word: 1.0}, places=frozenset({"x1", place}))
        for word, place in (("按键", "a"), ("失灵", "b"), ("坏了", "c"))
    ]
    others = [Gist(words={word: 1.0}) for word in WORDS]
    pile = Pile.of([*many, *others])
    group = pile.together([[0, 1, 2], [3]], share=0.5)
    assert group.words.shape[0] == 2
    assert pile.said([0, 1, 2], 0.5) == ["电梯"]
    assert pile.named([0, 1, 2], 0.5) == ["x1"]
    assert group.places.getnnz(axis=1).tolist() == [1, 0]


def test_who_writes_of_another_place_leaves() -> None:
    places = [{"x1"}, {"x1", "东街"}, {"x1"}, {"东街"}, {"x9"}, set()]
    many = [Gist(words={"电梯": 1.0}, places=frozenset(names)) for names in places]
    assert Pile.of(many).at_home(range(6), 0.5) == [0, 1, 2, 3, 5]
    assert Pile.of(many[3:]).at_home(range(3), 0.5) == [0, 1, 2]
