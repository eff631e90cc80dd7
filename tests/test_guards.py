"""What keeps the project true when we are tired."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.context import CHOICES
from bot.cli.main import main as commands
from bot.desk.community import Community
from bot.gateway import deeds
from bot.services.outbox import Button
from tests.conftest import CHECKOUT

MOST_BYTES_OF_A_TAP = 64  # Telegram's callback_data


def domain() -> dict[str, Any]:
    return dict(yaml.safe_load((CHECKOUT / "domain.yml").read_text("utf-8")))


def training() -> list[dict[str, Any]]:
    files = sorted((CHECKOUT / "nlu_data").rglob("*.yml"))
    return [yaml.safe_load(path.read_text("utf-8")) for path in files]


def examples() -> list[tuple[str, str]]:
    """(intent, text) of every example."""
    return [
        (block["intent"], line[2:].strip())
        for content in training()
        for block in content.get("nlu", [])
        if "intent" in block
        for line in block["examples"].splitlines()
    ]


def test_every_action_of_the_domain_has_a_class_and_back() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(domain()["actions"])


def test_every_response_that_is_used_exists_and_back() -> None:
    used = {
        step["action"]
        for content in training()
        for part in (*content.get("rules", []), *content.get("stories", []))
        for step in part["steps"]
        if step.get("action", "").startswith("utter_")
    }
    assert used == set(domain()["responses"])


def test_every_intent_has_enough_examples() -> None:
    only_from_buttons = {"hand_over", "skip", "nlu_fallback", "none_of_these", *CHOICES}
    counts = dict.fromkeys(domain()["intents"], 0)
    for intent, _text in examples():
        counts[intent] += 1
    few = {i: n for i, n in counts.items() if n < 40 and i not in only_from_buttons}
    assert not few


def test_no_text_teaches_two_intents() -> None:
    seen: dict[str, str] = {}
    for intent, text in examples():
        assert seen.setdefault(text, intent) == intent, text


def test_no_test_sentence_is_a_training_example() -> None:
    taught = {text for _intent, text in examples()}
    for path in (CHECKOUT / "tests" / "data").glob("heldout_*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            text = yaml.safe_load(line)["text"]
            # "谢谢" and "转人工" are what everybody says; a sentence is not.
            assert len(text) < 5 or text not in taught, line


def test_every_matter_that_is_taught_is_a_category() -> None:
    leaves = yaml.safe_load((CHECKOUT / "demo" / "categories.yml").read_text("utf-8"))["leaves"]
    taught = {
        block["metadata"]["matter"]
        for content in training()
        for block in content.get("nlu", [])
        if "metadata" in block
    }
    assert taught == set(leaves)


def test_every_setting_is_documented() -> None:
    source = (CHECKOUT / "bot" / "settings.py").read_text("utf-8")
    page = (CHECKOUT / "docs" / "settings.md").read_text("utf-8")
    names = set(re.findall(r"LINLI_[A-Z_]+[A-Z]", source))
    assert names == {name.removesuffix("_FILE") for name in re.findall(r"`(LINLI_[A-Z_]+)`", page)}


def test_every_command_is_documented() -> None:
    page = (CHECKOUT / "docs" / "command-line.md").read_text("utf-8")
    names = [c.callback.__name__ for c in commands.registered_commands if not c.hidden]  # type: ignore[union-attr]
    for name in names:
        assert f"./linli {name}" in page, name


@pytest.mark.parametrize("verb", sorted(deeds.DEEDS))
def test_every_tap_fits_into_a_button(verb: str) -> None:
    tap = Button("x", f"{verb}:20261123-123456789:5").tap
    assert len(tap.encode()) <= MOST_BYTES_OF_A_TAP


def test_every_matter_fits_into_a_button(demo: Community) -> None:
    for code in demo.categories:
        assert len(f"refile:20261123-123456789:{code}".encode()) <= MOST_BYTES_OF_A_TAP


def test_class_paths_in_yaml_lead_to_classes() -> None:
    from bot.dialogue import tensorflow_stub

    tensorflow_stub.install()
    from rasa.shared.utils.common import class_from_module_path

    text = "".join(
        (CHECKOUT / name).read_text("utf-8")
        for name in ("config.yml", "endpoints.yml", "credentials.yml")
    )
    paths = re.findall(r"bot\.[\w.]+", text)
    assert len(paths) >= 6
    for path in paths:
        assert class_from_module_path(path), path


def test_no_file_names_this_machine() -> None:
    words = re.compile(r"/(work|root|home/\w+)/|/tmp/bash")
    for path in tracked():
        if path.suffix in (".py", ".md", ".yml", ".toml", ".csv", ".js", ".html", ".lock", ""):
            found = words.search(path.read_text("utf-8", errors="ignore"))
            assert not found, f"{path}: {found}"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True, text=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    paths = [CHECKOUT / name for name in names if name != "tests/test_guards.py"]
    return [path for path in paths if path.exists()]
