from __future__ import annotations

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.address_datum import Datum, to_gcj02, to_wgs84


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    north, east = one[0] - other[0], (one[1] - other[1]) * cos(radians(one[0]))
    return hypot(north, east) * 111_320


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((39.907333, 116.391083), (39.908735, 116.397326)),  # Tian'anmen
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
    ],
)
def test_known_points_are_shifted_as_the_maps_shift_them(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert metres(to_gcj02(*wgs84), gcj02) < 2
    assert metres(to_wgs84(*gcj02, Datum.GCJ02), wgs84) < 2


@given(st.floats(18, 53), st.floats(74, 135))
def test_there_and_back_is_the_same_point(latitude: float, longitude: float) -> None:
    there = to_gcj02(latitude, longitude)
    assert 10 < metres(there, (latitude, longitude)) < 1500
    assert metres(to_wgs84(*there, Datum.GCJ02), (latitude, longitude)) < 0.1


@pytest.mark.parametrize("point", [(48.8566, 2.3522), (-33.87, 151.2), (0.0, 0.0)])
def test_nothing_is_shifted_outside_china(point: tuple[float, float]) -> None:
    assert to_gcj02(*point) == point
    assert to_wgs84(*point, Datum.GCJ02) == point


def test_what_is_wgs84_stays() -> None:
    assert to_wgs84(39.9, 116.4, Datum.WGS84) == (39.9, 116.4)
