"""What a process that is kept alive finds in its environment."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot import settings
from bot.cli.supervisor import Child, Supervisor

_SAYS = "import os, time; print(os.environ['MALLOC_ARENA_MAX'], flush=True); time.sleep(60)"


@pytest.mark.parametrize(("asked", "expected"), [(None, "1"), ("4", "4")])
def test_one_heap_unless_somebody_asks_for_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str | None, expected: str
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    if asked:
        monkeypatch.setenv("MALLOC_ARENA_MAX", asked)
    own = replace(settings.read({}), data_dir=tmp_path)
    child = Child(
        "talker",
        lambda: "\n" in (own.logs / "talker.log").read_text(),
        [
            sys.executable,
            "-c",
            _SAYS,
        ],
    )
    supervisor = Supervisor(own, [child], lambda _: None)
    supervisor.start(timeout=30)
    try:
        assert (own.logs / "talker.log").read_text().strip() == expected
    finally:
        supervisor.stop()
