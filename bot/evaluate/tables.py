"""Markdown tables, and numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.evaluate.addresses import AddressScore, Share


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def each_share(score: AddressScore) -> Iterator[tuple[str, Share]]:
    """The shares a set asks for, by name."""
    for name, share in score.shares().items():
        if share.total:
            yield name, share
