"""How often something may be done: token buckets in memory, for each device and each address."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.web import words

_MOST = 20_000  # buckets kept; full ones are forgotten first


@dataclass(frozen=True)
class Rate:
    """`times` in `seconds`; all of them may come at once."""

    times: int
    seconds: float


# Whole neighbourhoods share one address behind a carrier's gateway, so addresses get more.
RATES = {
    "message": Rate(20, 60),
    "photo": Rate(5, 60),
    "read": Rate(120, 60),
    "code": Rate(5, 600),
    "hello at an address": Rate(30, 3600),
    "code at an address": Rate(20, 3600),
    "message at an address": Rate(300, 60),
}


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limits:
    """Buckets of one process. `clock` gives the aware present."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, what: str, who: str) -> None:
        """Count one `what` by `who`; raises Stop (429) when there were too many."""
        now, rate = self._clock(), RATES[what]
        bucket = self._buckets.setdefault((what, who), _Bucket(rate.times, now))
        self._fill(bucket, rate, now)
        if bucket.left < 1:
            raise words.too_many((1 - bucket.left) * rate.seconds / rate.times)
        bucket.left -= 1
        if len(self._buckets) > _MOST:
            self._forget(now)

    @staticmethod
    def _fill(bucket: _Bucket, rate: Rate, now: datetime) -> None:
        gained = (now - bucket.at).total_seconds() * rate.times / rate.seconds
        bucket.left, bucket.at = min(rate.times, bucket.left + max(0.0, gained)), now

    def _forget(self, now: datetime) -> None:
        for (what, _), bucket in self._buckets.items():
            self._fill(bucket, RATES[what], now)
        newest = sorted(
            (key for key, bucket in self._buckets.items() if bucket.left < RATES[key[0]].times),
            key=lambda key: self._buckets[key].left,
        )
        self._buckets = {key: self._buckets[key] for key in newest[: _MOST // 2]}


def address(host: str | None) -> str:
    """The address as it is counted: one IPv6 customer has a whole /64."""
    try:
        found = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(found)
