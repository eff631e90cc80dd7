"""Groups of things that are all alike: average linkage over a sparse matrix of likenesses.

Average linkage compares whole groups, so that no chain of neighbours grows into one blob of
strangers. All pairs of groups that are each other's nearest are joined at once, which gives what
joining the nearest one by one gives (reciprocal agglomerative clustering, Sumengen et al. 2021),
in some thirty rounds of matrix arithmetic.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Matrix = Any  # scipy.sparse.csr_matrix, which has no types
Integers = np.ndarray[Any, np.dtype[np.int64]]
Numbers = np.ndarray[Any, Any]


def grouped(alike: Matrix, least: float) -> Integers:
    """The number of the group of each thing.

    alike: symmetric, nothing on the diagonal; what is missing counts as 0. Two groups are joined
    while their members are on average at least `least` alike.
    """
    sums = alike.tocsr().astype(np.float64)
    sizes: Numbers = np.ones(alike.shape[0])
    groups: Integers = np.arange(alike.shape[0])
    while True:
        joined = _joined(_nearest(sums, sizes, least))
        if joined is None:
            return groups
        sums = _join(sums, joined)
        sizes, groups = np.bincount(joined, sizes), joined[groups]


def _nearest(sums: Matrix, sizes: Any, least: float) -> Integers:
    """For each group the one it is most like, -1 where none is alike enough.

    Of several that are equally alike the first counts, and what only the last digits tell apart
    is equal: else three could each prefer the next, and none would be joined.
    """
    count = sums.shape[0]
    rows = np.repeat(np.arange(count), np.diff(sums.indptr))
    means = np.round(sums.data / (sizes[rows] * sizes[sums.indices]), 9)
    best = np.zeros(count)
    np.maximum.at(best, rows, means)
    chosen = (means == best[rows]) & (means >= least)
    nearest = np.full(count, count)
    np.minimum.at(nearest, rows[chosen], sums.indices[chosen])
    nearest[nearest == count] = -1
    return nearest


def _joined(nearest: Integers) -> Integers | None:
    """The new number of each group, or None when no two are each other's nearest."""
    at = np.flatnonzero(nearest >= 0)
    pairs = at[(nearest[nearest[at]] == at) & (at < nearest[at])]
    if not len(pairs):
        return None
    into = np.arange(len(nearest))
    into[nearest[pairs]] = pairs
    joined: Integers = np.unique(into, return_inverse=True)[1]
    return joined


def _join(sums: Matrix, joined: Integers) -> Matrix:
    from scipy.sparse import csr_matrix

    count = len(joined)
    membership = csr_matrix((np.ones(count), (np.arange(count), joined)))
    found = (membership.T @ sums @ membership).tocoo()
    apart = found.row != found.col
    return csr_matrix((found.data[apart], (found.row[apart], found.col[apart])), shape=found.shape)
