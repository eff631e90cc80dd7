"""The process that serves has none of what Rasa imports without need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bot.dialogue import unneeded
from bot.settings import CHECKOUT
from tests.dialogue.conftest import Stage

PACKAGES = sorted(package for group in unneeded.UNUSED.values() for package in group)

_LOOK = """
import sys
from bot.dialogue import tensorflow_stub, unneeded
unneeded.install()
import bot.dialogue.engine, bot.dialogue.channel, bot.dialogue.tracker_store
import bot.dialogue.components.classifiers, bot.dialogue.components.tokenizer
for name, module in sorted(sys.modules.items()):
    print(name, tensorflow_stub.is_stand_in(module))
"""


def test_every_package_of_the_list_is_imported_by_rasa_and_gets_a_stand_in() -> None:
    """None is real; and none is on the list that Rasa does not ask for."""
    command = [sys.executable, "-W", "ignore", "-c", _LOOK]
    printed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    loaded = dict(line.split(" ") for line in printed.stdout.splitlines())
    assert {name: loaded.get(name) for name in PACKAGES} == dict.fromkeys(PACKAGES, "True")
    real = {name.split(".")[0] for name, stands_in in loaded.items() if stands_in == "False"}
    assert not real & {*PACKAGES, "tensorflow", "sklearn", "pandas"}
    assert {"rasa", "numpy", "jieba", "sanic"} <= real


def test_the_engine_that_answers_has_none_of_their_libraries_in_memory(stage: Stage) -> None:
    """Asked of the system, about the real process, after it has answered."""
    assert stage.someone().says("3号楼电梯坏了").texts
    engine = next(child for child in stage.supervisor.children if child.name == "engine")
    assert engine.process
    mapped = Path(f"/proc/{engine.process.pid}/maps").read_text("utf-8")
    libraries = set(re.findall(r"site-packages/(\w+)/", mapped))
    assert "numpy" in libraries
    assert not libraries & {*PACKAGES, "tensorflow"}


def test_a_stand_in_that_is_put_to_work_fails_and_can_be_caught() -> None:
    work = """
from bot.dialogue import unneeded
unneeded.install()
import pymongo, redis, scipy.sparse
from botocore.exceptions import BotoCoreError
try:
    raise KeyError("real")
except (BotoCoreError, redis.ConnectionError, pymongo.errors.OperationFailure):
    print("mistaken")
except KeyError:
    print("caught")
assert not isinstance([], scipy.sparse.spmatrix)
try:
    redis.StrictRedis(host="localhost").get("lock")
except AttributeError:
    print("failed")
"""
    command = [sys.executable, "-c", work]
    printed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert printed.stdout.split() == ["caught", "failed"]
