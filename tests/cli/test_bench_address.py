from __future__ import annotations

import json

import pytest

from bot.cli.bench.address import address


def test_the_bench_tells_how_fast_a_small_city_answers(capsys: pytest.CaptureFixture[str]) -> None:
    address(400, True)
    told = json.loads(capsys.readouterr().out)
    assert (told["places"], told["estates"], told["answers"]) == (400, 20, 2000)
    assert 0 < told["cpu_p50_ms"] <= told["cpu_p95_ms"] < 20
