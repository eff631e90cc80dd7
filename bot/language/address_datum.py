"""WGS84 and GCJ-02: the same place has other coordinates in Chinese map applications.

GCJ-02 shifts a point by 300 to 700 m, in a way that was never published; the formula below is the
one in general use, found by comparing maps, and right to about a metre. Its ellipsoid is that of
Krasovsky. Outside China nothing is shifted.
"""

from __future__ import annotations

from enum import Enum
from math import cos, pi, sin, sqrt

_RADIUS = 6_378_245.0  # metres, half of the long axis
_ECCENTRICITY = 0.00669342162296594323  # squared
_EXACT = 1e-7  # degrees, about a centimetre
_MOST_STEPS = 10  # two or three are enough


class Datum(str, Enum):
    """What a channel's coordinates mean."""

    WGS84 = "wgs84"  # GPS, browsers, Telegram, and our register
    GCJ02 = "gcj02"  # Chinese map applications and mini programs


def to_wgs84(latitude: float, longitude: float, datum: Datum) -> tuple[float, float]:
    """The point as our register has it."""
    if datum is Datum.WGS84 or not _in_china(latitude, longitude):
        return latitude, longitude
    guess = latitude, longitude
    for _ in range(_MOST_STEPS):
        shifted = to_gcj02(*guess)
        error = latitude - shifted[0], longitude - shifted[1]
        guess = guess[0] + error[0], guess[1] + error[1]
        if max(map(abs, error)) < _EXACT:
            break
    return guess


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """A WGS84 point as a Chinese map application shows it."""
    if not _in_china(latitude, longitude):
        return latitude, longitude
    x, y = longitude - 105, latitude - 35
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _ripple(x)
    north += (20 * sin(pi * y) + 40 * sin(pi / 3 * y)) * 2 / 3
    north += (160 * sin(pi / 12 * y) + 320 * sin(pi / 30 * y)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _ripple(x)
    east += (20 * sin(pi * x) + 40 * sin(pi / 3 * x)) * 2 / 3
    east += (150 * sin(pi / 12 * x) + 300 * sin(pi / 30 * x)) * 2 / 3
    angle = latitude / 180 * pi
    bulge = 1 - _ECCENTRICITY * sin(angle) ** 2
    metres_north = _RADIUS * (1 - _ECCENTRICITY) / (bulge * sqrt(bulge))
    metres_east = _RADIUS / sqrt(bulge) * cos(angle)
    return (
        latitude + north * 180 / (metres_north * pi),
        longitude + east * 180 / (metres_east * pi),
    )


def _ripple(x: float) -> float:
    return (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3


def _in_china(latitude: float, longitude: float) -> bool:
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347
