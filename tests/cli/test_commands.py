"""The command line as people script against it: JSON on stdout, one line of reason on stderr."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.desk.community import Community
from bot.services import tickets
from bot.services.tickets import Desk, Draft
from bot.store.database import Database
from tests.conftest import CHECKOUT, DEMO, HOME, MONDAY_TEN


@dataclass
class Shell:
    """Runs `python -m bot` with a data folder of its own."""

    folder: Path
    timeout: float = 120.0  # seconds

    def __call__(self, *words: str, given: str = "", **environ: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=CHECKOUT,
            env={**os.environ, "LINLI_DATA_DIR": str(self.folder), **environ},
            input=given,
            capture_output=True,
            text=True,
            timeout=self.timeout,
            check=False,
        )


@pytest.fixture
def linli(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_a_fresh_desk_has_the_demo_community_and_no_ticket(linli: Shell) -> None:
    done = linli("tickets", "list", "--json")
    assert (done.returncode, done.stdout) == (0, "")
    assert "demo community loaded" in done.stderr


def test_check_says_what_is_missing_as_json(linli: Shell) -> None:
    linli("tickets", "list")
    done = linli("check", LINLI_MODELS_DIR=str(linli.folder / "none"), LINLI_ENGINE_PORT="1")
    parts = {line["part"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert parts["database"]["ok"]
    assert not parts["model"]["ok"]
    assert "linli train" in parts["model"]["detail"]
    assert parts["calendar"]["ok"]
    assert "days off known until 20" in parts["calendar"]["detail"]


def test_a_ticket_is_shown_with_the_arithmetic_of_its_deadlines(
    linli: Shell, demo: Community
) -> None:
    linli("tickets", "list")
    desk = Desk(community=demo, describe=str, now=MONDAY_TEN)
    draft = Draft(
        key="a", kind="question", matter="welfare.insurance", text="医保怎么报", place=HOME
    )
    database = Database(f"sqlite:///{linli.folder / 'linli.db'}")
    number = database.run(lambda session: tickets.open_ticket(session, draft, desk).number)
    database.close()
    shown = json.loads(linli("tickets", "show", str(number), "--json").stdout)
    due = shown["deadlines"]["resolve_by"]
    assert due["at"] == "2026-11-26T17:30:00+08:00"
    assert due["steps"][0] == "11月23日10:00起，3个工作日（当日不计）"
    assert "，11月26日17:30到期" in linli("tickets", "show", str(number)).stdout


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LINLI_ENGINE_PORT", "http"),
        ("LINLI_DATABASE_URL", "mysql://x"),
        ("LINLI_LOG_LEVEL", "x"),
        ("LINLI_DATA_DIR", "/dev/null/x"),
    ],
)
def test_a_bad_setting_stops_with_its_name(linli: Shell, variable: str, value: str) -> None:
    done = linli("tickets", "list", **{variable: value})
    assert done.returncode == 1
    assert variable in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_row_is_refused_and_nothing_is_half_loaded(linli: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(DEMO, folder)
    path = folder / "buildings.csv"
    path.write_text(path.read_text("utf-8").replace("39.98993", "北纬"), encoding="utf-8")
    done = linli("community", "import", str(folder))
    assert done.returncode == 1
    assert "buildings.csv:2" in done.stderr
    assert "latitude" in done.stderr


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("not json\n", "standard input:1"),
        ('{"id": 1}\n', "turns"),
        ('{"turns": [{"text": "x"}]}\n', "id is missing"),
        ("[1]\n", "expected a JSON object"),
    ],
)
def test_a_bad_script_is_refused_before_anything_starts(
    linli: Shell, given: str, reason: str
) -> None:
    done = linli("chat", "--script", "-", given=given)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "well after" not in done.stderr


def test_a_file_that_is_not_there_is_named(linli: Shell) -> None:
    done = linli("classify", "nowhere.jsonl")
    assert done.returncode == 1
    assert "nowhere.jsonl" in done.stderr


def test_a_file_that_is_no_text_is_named(linli: Shell, tmp_path: Path) -> None:
    path = tmp_path / "gbk.jsonl"
    path.write_bytes('{"id": 1, "message": "灯坏了"}'.encode("gbk"))
    done = linli("classify", str(path))
    assert done.returncode == 1
    assert "gbk.jsonl: expected text in UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["tickets list", "bench desk --url {url}"])
def test_a_database_that_does_not_answer_is_said_in_one_line(linli: Shell, command: str) -> None:
    url = "postgresql://nobody:secret@127.0.0.1:1/none"
    done = linli(*command.format(url=url).split(), LINLI_DATABASE_URL=url)
    assert done.returncode == 1
    assert "the database does not answer" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_an_unknown_ticket_is_said_in_one_line(linli: Shell) -> None:
    done = linli("tickets", "show", "20260101-0001")
    assert done.returncode == 1
    assert "20260101-0001" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_exit_two(linli: Shell) -> None:
    assert linli("replay").returncode == 2
