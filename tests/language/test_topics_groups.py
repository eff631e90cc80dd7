"""Average linkage in rounds gives what joining the nearest one by one gives."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

from bot.language.topics_groups import grouped


def parts(groups: list[int]) -> set[frozenset[int]]:
    return {
        frozenset(at for at, group in enumerate(groups) if group == number)
        for number in set(groups)
    }


def symmetric(size: int, seed: int, empty: float) -> np.ndarray:
    found = np.zeros((size, size))
    dice = random.Random(seed)
    for row in range(size):
        for column in range(row):
            if dice.random() >= empty:
                found[row, column] = found[column, row] = dice.uniform(0.05, 1.0)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_groups_are_those_of_scipys_average_linkage(seed: int) -> None:
    alike = symmetric(40, seed, empty=0.4 if seed % 2 else 0.8)
    distances = squareform(1 - alike - np.eye(40), checks=False)
    expected = fcluster(linkage(distances, "average"), 1 - 0.3, "distance")
    assert parts(list(grouped(csr_matrix(alike), 0.3))) == parts(list(expected))


def test_a_chain_of_neighbours_is_no_group() -> None:
    size = 30
    chain = np.diag(np.full(size - 1, 0.5), 1)
    found = grouped(csr_matrix(chain + chain.T), 0.3)
    assert max(np.bincount(found)) == 2


def test_equals_are_joined_whatever_the_order() -> None:
    same = np.full((6, 6), 0.5) - np.eye(6) * 0.5
    assert set(grouped(csr_matrix(same), 0.4)) == {0}
    assert len(set(grouped(csr_matrix(same), 0.6))) == 6


def test_nothing_is_no_group() -> None:
    assert list(grouped(csr_matrix((0, 0)), 0.3)) == []
    assert list(grouped(csr_matrix((3, 3)), 0.3)) == [0, 1, 2]
