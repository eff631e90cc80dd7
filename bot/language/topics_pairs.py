"""The likeness of every two of many reports, as one sparse matrix.

What is reckoned is `likeness.likeness`; a test holds the two together. Two texts meet only where
they share a term that is not too common, and only what is likely enough to matter is kept, so that
a hundred thousand reports fit into memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.language import likeness
from bot.language.likeness import Gist

FLOOR = 0.08  # less alike than this counts as not alike at all
_MOST = 400  # kept of a text; who is like more of them is like enough
_SEVERAL = 3  # what fewer say may be one person's own
_ROWS = 256  # at a time

Matrix = Any  # scipy.sparse.csr_matrix, which has no types
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Pile:
    """Many gists as matrices, a row each.

    words: rows of length one. places: the square roots of the weights, so that a product of two
    rows is the weight of what they share. leaves, groups: a number for the matter and for its
    group, -1 for none. terms, names: what the columns of words and places stand for, with the
    rarity of each.
    """

    words: Matrix
    places: Matrix
    leaves: Numbers
    groups: Numbers
    terms: Sequence[str]
    names: Sequence[str]
    rarity_of_terms: Numbers
    rarity_of_names: Numbers

    @classmethod
    def of(cls, gists: Iterable[Gist]) -> Pile:
        words, places = _Rows(), _Rows()
        matters: list[str | None] = []
        for gist in gists:
            words.add({term: likeness.damp(count) for term, count in gist.words.items()})
            places.add(dict.fromkeys(gist.places, 1.0))
            matters.append(gist.matter)
        said, named = words.matrix(), places.matrix()
        held, rarity = _rarity(said)
        rarity[held > likeness.too_common(len(matters))] = 0.0
        rarity[held == 1] *= likeness.ALONE
        rarity_of_names = _rarity(named)[1]
        return cls(
            words=_of_length_one(_weighed(said, rarity)),
            places=_weighed(named, np.sqrt(rarity_of_names)),
            leaves=_codes(matters),
            groups=_codes([matter and matter.split(".")[0] for matter in matters]),
            terms=words.names(),
            names=places.names(),
            rarity_of_terms=rarity,
            rarity_of_names=rarity_of_names,
        )

    def together(self, parts: Sequence[Sequence[int]], share: float) -> Pile:
        """These groups of rows, each as one text: its members' words added up, and the places that
        at least `share` of them name."""
        from scipy.sparse import csr_matrix

        rows = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        columns = np.concatenate([*map(np.asarray, parts), np.array([], int)]).astype(int)
        shape = (len(parts), self.words.shape[0])
        member = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        sizes = np.array([len(part) for part in parts])
        named = (member @ self.places.sign()).tocsr()
        named.data = (named.data >= share * np.repeat(sizes, np.diff(named.indptr))).astype(float)
        named.eliminate_zeros()
        none = np.full(len(parts), -1)
        return Pile(
            words=_of_length_one((member @ self.words).tocsr()),
            places=_weighed(named, np.sqrt(self.rarity_of_names)),
            leaves=none,
            groups=none,
            terms=self.terms,
            names=self.names,
            rarity_of_terms=self.rarity_of_terms,
            rarity_of_names=self.rarity_of_names,
        )

    def said(self, rows: Sequence[int], share: float) -> list[str]:
        """The terms that at least `share` of these rows say, the most telling first."""
        return _common(self.words[rows], self.terms, self.rarity_of_terms, share)

    def named(self, rows: Sequence[int], share: float) -> list[str]:
        return _common(self.places[rows], self.names, self.rarity_of_names, share)

    def at_home(self, rows: Sequence[int], share: float) -> list[int]:
        """These rows without those that are about another place: they name places, but none that
        any of the rows names together with the main ones, which `share` of the rows name."""
        named = self.places[rows].sign()
        held = np.bincount(named.indices, minlength=named.shape[1])
        main = held >= max(share * len(rows), _SEVERAL)
        there = named @ main > 0
        near = named[there].sum(axis=0).A1 > 0
        stay = there | (named @ near > 0) | (np.diff(named.indptr) == 0) | (not main.any())
        return [row for row, stays in zip(rows, stay, strict=True) if stays]

    def likenesses(self, *, same_place: float = likeness.SAME_PLACE) -> Matrix:
        """Every two rows that are at least `FLOOR` alike: symmetric, nothing on the diagonal."""
        from scipy.sparse import csr_matrix, vstack

        size = self.words.shape[0]
        if not size:
            return csr_matrix((0, 0))
        blocks = [self._block(first, same_place) for first in range(0, size, _ROWS)]
        found = vstack(blocks, format="csr")
        return found.maximum(found.T).tocsr()

    def _block(self, first: int, same_place: float) -> Matrix:
        from scipy.sparse import csr_matrix

        size = self.words.shape[0]
        rows = np.arange(first, min(first + _ROWS, size))
        alike = (self.words[rows] @ self.words.T).tocoo()
        keep = alike.data * same_place >= FLOOR
        mine, theirs, values = rows[alike.row[keep]], alike.col[keep], alike.data[keep]
        values = np.minimum(values * self._factors(mine, theirs, same_place), 1.0)
        keep = (values >= FLOOR) & (mine != theirs)
        at = (mine[keep] - first, theirs[keep])
        kept = values[keep].astype(np.float32)  # half the memory, and exact enough
        return _strongest(csr_matrix((kept, at), shape=(len(rows), size)))

    def _factors(self, mine: Numbers, theirs: Numbers, same_place: float) -> Numbers:
        """The factors of place and matter of as many pairs."""
        somewhere = np.diff(self.places.indptr) > 0
        both = somewhere[mine] & somewhere[theirs]
        factors = np.where(somewhere[mine] | somewhere[theirs], likeness.NO_PLACE, 1.0)
        weight = _sums(self.places.multiply(self.places))
        shared = _sums(self.places[mine[both]].multiply(self.places[theirs[both]]))
        agree = shared / np.minimum(weight[mine[both]], weight[theirs[both]])
        factors[both] = likeness.OTHER_PLACE + (same_place - likeness.OTHER_PLACE) * agree
        filed = (self.leaves[mine] >= 0) & (self.leaves[theirs] >= 0)
        group = filed & (self.groups[mine] != self.groups[theirs])
        leaf = filed & (self.leaves[mine] != self.leaves[theirs]) & ~group
        factors[leaf] *= likeness.OTHER_LEAF
        factors[group] *= likeness.OTHER_GROUP
        return factors


class _Rows:
    """Collects rows of named numbers."""

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}
        self._at, self._values, self._ends = array("i"), array("d"), array("q", [0])

    def add(self, row: dict[str, float]) -> None:
        for name, value in row.items():
            self._at.append(self._columns.setdefault(name, len(self._columns)))
            self._values.append(value)
        self._ends.append(len(self._at))

    def names(self) -> list[str]:
        return list(self._columns)

    def matrix(self) -> Matrix:
        from scipy.sparse import csr_matrix

        shape = (len(self._ends) - 1, max(len(self._columns), 1))
        return csr_matrix(
            (np.array(self._values), np.array(self._at, dtype=np.int32), np.array(self._ends)),
            shape=shape,
        )


def _rarity(matrix: Matrix) -> tuple[Numbers, Numbers]:
    """How many rows hold each column, and its rarity, as `likeness.Rarity` has it."""
    held = np.maximum(np.bincount(matrix.indices, minlength=matrix.shape[1]), 1)
    return held, np.log1p((matrix.shape[0] + likeness.UNSEEN) / held)


def _weighed(matrix: Matrix, weights: Numbers) -> Matrix:
    """Every column times its weight."""
    matrix.data = matrix.data * weights[matrix.indices]
    matrix.eliminate_zeros()
    return matrix


def _of_length_one(matrix: Matrix) -> Matrix:
    lengths = np.sqrt(_sums(matrix.multiply(matrix)))
    matrix.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(matrix.indptr))
    return matrix


def _sums(matrix: Matrix) -> Numbers:
    sums: Numbers = np.asarray(matrix.sum(axis=1)).ravel()
    return sums


def _common(rows: Matrix, names: Sequence[str], rarity: Numbers, share: float) -> list[str]:
    """What many say tells more than what is rare: else the quotation of a law would win."""
    held = np.bincount(rows.indices, minlength=rows.shape[1])
    columns = np.flatnonzero(held >= max(share * rows.shape[0], _SEVERAL))
    telling = held[columns] ** 2 * rarity[columns]
    return [names[column] for column in columns[np.argsort(-telling, kind="stable")]]


def _codes(names: list[str | None]) -> Numbers:
    """A number for every name, -1 for none."""
    known: dict[str, int] = {}
    return np.array([-1 if n is None else known.setdefault(n, len(known)) for n in names], int)


def _strongest(rows: Matrix) -> Matrix:
    """Only the `_MOST` highest of each row."""
    for row in np.flatnonzero(np.diff(rows.indptr) > _MOST):
        values = rows.data[rows.indptr[row] : rows.indptr[row + 1]]
        values[values < np.partition(values, -_MOST)[-_MOST]] = 0.0
    rows.eliminate_zeros()
    return rows
