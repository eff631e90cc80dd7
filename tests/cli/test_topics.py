"""`./linli topics`: JSON lines in, topics out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands import Shell
from tests.language.letters import NOISE, letters


@pytest.fixture(scope="module")
def linli(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("data"))


def written(path: Path, **changed: Any) -> Path:
    """A file of letters; `changed` is put into its third line."""
    rows = [
        {"id": r.id, "text": r.text, "time": f"{r.at:%Y/%m/%d %H:%M:%S}", "user": r.reporter}
        for r in letters(("白桦苑", NOISE, 12))
    ]
    rows[2].update(changed)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def test_topics_of_a_file_are_json_lines(linli: Shell, tmp_path: Path) -> None:
    done = linli("topics", str(written(tmp_path / "letters.jsonl")), "--json", "--top", "2")
    assert done.returncode == 0, done.stderr
    hottest = json.loads(done.stdout.splitlines()[0])
    assert (hottest["rank"], hottest["reporters"], hottest["place"]) == (1, 12, ["白桦苑"])
    assert hottest["size"] == len(hottest["members"]) == 12
    assert {example["id"] for example in hottest["examples"]} <= set(hottest["members"])
    assert set(hottest["heat"]) == {"total", "voices", "growth", "breadth"}
    assert len(done.stdout.splitlines()) <= 2


def test_what_came_later_is_unknown(linli: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "letters.jsonl")
    done = linli("topics", str(path), "--json", "--as-of", "2026-11-02", "--weeks", "1")
    assert done.returncode == 0
    assert all(json.loads(line)["last_at"] < "2026-11-02" for line in done.stdout.splitlines())
    assert "from 2026-10-26 to 2026-11-02" in done.stderr


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"time": "yesterday"}, "letters.jsonl:3: time 'yesterday': expected ISO 8601"),
        ({"time": None}, "letters.jsonl:3: time ''"),
        ({"text": 7}, "letters.jsonl:3: no text"),
    ],
)
def test_a_bad_line_is_named(
    linli: Shell, tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    done = linli("topics", str(written(tmp_path / "letters.jsonl", **changed)))
    assert (done.returncode, done.stdout) == (1, "")
    assert reason in done.stderr


def test_a_fresh_desk_has_no_topics(linli: Shell) -> None:
    done = linli("topics", "--json", "--save")
    assert (done.returncode, done.stdout) == (0, "")
    assert "0 tickets" in done.stderr


def test_a_file_is_not_saved_as_this_desks(linli: Shell, tmp_path: Path) -> None:
    assert linli("topics", str(written(tmp_path / "letters.jsonl")), "--save").returncode == 2
