"""`route` and `community import` as people script against them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.test_commands import Shell
from tests.conftest import DEMO

KEYS = {
    "matter", "kind", "urgency", "confidence", "address", "when", "against", "rule", "assignee",
    "assistants", "watchers", "told", "queued", "reason", "explanation", "ladder",
}  # fmt: skip
MONDAY = ("--when", "2026-11-23T10:00")


@pytest.fixture(scope="module")
def linli(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("data"))


def test_a_decision_is_explained_as_json(linli: Shell) -> None:
    done = linli("route", "property.leak", "--at", "幸福里小区3号楼2单元501", *MONDAY, "--json")
    answer = json.loads(done.stdout)
    assert set(answer) == KEYS
    assert (answer["assignee"], answer["watchers"]) == ("liushifu", ["xiaoli"])
    assert answer["rule"]["roles"][0] == "property"
    assert answer["address"]["building"] == "xfl-b03"
    assert answer["when"] == "2026-11-23T10:00:00+08:00"
    assert [step["code"] for step in answer["ladder"] if step["branch"]] == [
        "xfl-1-cell",
        "xfl-party",
        "hean-party",
    ]


def test_whoever_is_complained_of_is_passed_over_and_nothing_is_written(linli: Shell) -> None:
    about = ("--kind", "conduct", "--against", "yanjie")
    lines = linli("route", "admin.conduct", *about, *MONDAY, "--explain").stdout.splitlines()
    assert any(line.startswith("passed") and "complained of" in line for line in lines)
    assert any(line.startswith("told") and "zhuren" in line for line in lines)
    assert linli("tickets", "list", "--json").stdout == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--at", "火星"), "火星"),
        (("--at", "3号楼"), "say which"),
        (("--kind", "nice"), "--kind 'nice'"),
        (("--urgency", "soon"), "--urgency 'soon'"),
        (("--when", "tomorrow"), "--when 'tomorrow'"),
        (("--against", "nobody"), "nobody"),
    ],
)
def test_what_is_not_known_is_said_in_one_line(
    linli: Shell, words: tuple[str, ...], reason: str
) -> None:
    done = linli("route", "order.pets", *words)
    assert done.returncode == 1
    assert reason in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_an_import_says_what_it_would_do_and_then_does_it(linli: Shell, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEMO, tmp_path / "mine"))
    path = folder / "staff.csv"
    text = path.read_text("utf-8").replace("小李,网格员", "小李,网格长")
    path.write_text("".join(t for t in text.splitlines(True) if "madaye" not in t), "utf-8")
    linli("community", "import", str(DEMO))
    told = json.loads(linli("community", "import", str(folder), "--dry-run", "--json").stdout)
    assert told["dry_run"] and not told["leavers"] and not told["handed"] and not told["orphans"]
    assert told["changes"] == [
        {
            "noun": "staff", "code": "xiaoli", "name": "小李", "what": "changed",
            "fields": {"title": ["网格员", "网格长"]},
        },
        {"noun": "staff", "code": "madaye", "name": "马大爷", "what": "removed", "fields": {}},
    ]  # fmt: skip
    done = json.loads(linli("community", "import", str(folder), "--json").stdout)
    assert done == {**told, "dry_run": False}
    again = linli("community", "import", str(folder))
    assert (again.stdout, "nothing changes" in again.stderr) == ("", True)
