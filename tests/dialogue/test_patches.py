"""Every function of Rasa that is replaced is the one the patch was written for."""

from __future__ import annotations

import hashlib
import inspect

import pytest

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

import rasa  # noqa: E402
from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.processor import MessageProcessor  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.shared.core.events import Event  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

REPLACED = {
    MessageProcessor._run_action: "6d383d0179ef",
    Agent._create_tracker_store: "97499b594b45",
    RemoteAction._validate_action_result: "f8cdb4be6812",
    RemoteAction.run: "ccabf6f1160d",
    DaskGraphRunner.run: "45f0f52f574f",
    EndpointConfig.session: "e55aa13d9d4f",
    Event.resolve_by_type: "b5cf570fa7f2",
}


def test_rasa_is_the_version_the_patches_were_written_for() -> None:
    assert rasa.__version__ == "3.6.21"


@pytest.mark.parametrize("function", REPLACED, ids=lambda f: f.__qualname__)
def test_a_patched_function_is_still_the_one_we_know(function: object) -> None:
    source = inspect.getsource(function)  # type: ignore[arg-type]
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    assert digest == REPLACED[function], (
        f"{function} of Rasa has changed: read it again, and bot/dialogue/patches.py with it"
    )
