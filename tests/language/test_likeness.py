"""How alike two reports are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import likeness
from bot.language.likeness import Gist, Rarity

WORDS = ["电梯", "按键", "失灵", "路灯", "坏了", "漏水", "天花板", "停电"]
WATER, LAMP = {"漏水": 1.0, "天花板": 1.0}, {"路灯": 1.0, "坏了": 1.0}


def gist(words: dict[str, float], *places: str, matter: str | None = None) -> Gist:
    return Gist(words=words, places=frozenset(places), matter=matter)


def alike(one: Gist, other: Gist) -> float:
    others = [gist({word: 1.0}, place) for word in WORDS for place in ("x1", "x2", "y9")]
    return likeness.likeness(one, other, Rarity.of([one, other, *others]))


def test_the_same_words_are_alike_and_others_are_not() -> None:
    assert alike(gist(WATER), gist(WATER)) == pytest.approx(1.0)
    assert alike(gist(WATER), gist(LAMP)) == 0.0


def test_the_same_words_elsewhere_are_less_alike_than_here() -> None:
    half = {"漏水": 1.0, "路灯": 1.0}
    here = alike(gist(WATER, "x1"), gist(half, "x1"))
    unsaid = alike(gist(WATER, "x1"), gist(half))
    elsewhere = alike(gist(WATER, "x1"), gist(half, "x2"))
    assert here > unsaid > elsewhere > 0


def test_who_says_more_about_the_place_does_not_disagree() -> None:
    assert alike(gist(WATER, "x1"), gist(LAMP | WATER, "x1", "y9")) == pytest.approx(
        alike(gist(WATER, "x1"), gist(LAMP | WATER, "x1"))
    )


def test_the_same_place_alone_makes_nothing_alike() -> None:
    assert alike(gist(WATER, "x1"), gist(LAMP, "x1")) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("utility.water", "utility.water", 1.0),
        ("utility.water", None, 1.0),
        ("utility.water", "utility.power", likeness.OTHER_LEAF),
        ("utility.water", "order.parking", likeness.OTHER_GROUP),
    ],
)
def test_another_matter_is_less_alike(one: str, other: str | None, factor: float) -> None:
    assert likeness.of_matters(one, other) == factor
    found = alike(gist(WATER, matter=one), gist(WATER, matter=other))
    assert found == pytest.approx(factor)


def test_what_nearly_everybody_says_does_not_count() -> None:
    many = [gist({"电话": 1.0, word: 1.0}) for word in WORDS for _ in range(10)]
    rarity = Rarity.of(many)
    assert rarity.word("电话") == 0.0 < rarity.word("漏水")
    assert likeness.likeness(many[0], many[-1], rarity) == 0.0


def test_courtesy_numbers_and_particles_are_no_terms() -> None:
    found = likeness.terms(["请问", "领导", "2019", "三十", "我", "，", "Wifi", "坏了", "的确"])
    assert found == {"wifi": 1}


def test_single_characters_side_by_side_are_a_name_in_pieces() -> None:
    assert likeness.terms(["翡", "翠", "轩", "停电"]) == {"翡翠": 1, "翠轩": 1, "停电": 1}


gists = st.builds(
    gist,
    st.dictionaries(st.sampled_from(WORDS), st.integers(1, 4).map(float), max_size=5),
    matter=st.sampled_from([None, "utility.water", "utility.power", "order.parking"]),
)


@given(gists, gists)
def test_likeness_is_the_same_both_ways_and_within_bounds(one: Gist, other: Gist) -> None:
    found = alike(one, other)
    assert 0.0 <= found <= 1.0
    assert found == pytest.approx(alike(other, one))
