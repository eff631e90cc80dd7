"""The engine process: trains the assistant, serves it, reads a message without a conversation.

The entry points install the TensorFlow stub before they import this module.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rasa.core.run
import structlog
from rasa.core.agent import Agent
from rasa.core.utils import AvailableEndpoints

from bot.desk.errors import Unavailable
from bot.dialogue import patches
from bot.dialogue.fingerprint import model_name
from bot.settings import CHECKOUT, Settings

_KEPT_MODELS = 3


def train(models: Path, *, patches_off: Iterable[str] = ()) -> Path:
    """Train from nothing; the finished model appears under its name all at once."""
    import rasa.model_training  # seconds, which serving need not pay

    _be_quiet()
    patches.apply_to_training(off=patches_off)
    models.mkdir(parents=True, exist_ok=True)
    name = model_name()
    with tempfile.TemporaryDirectory(dir=models) as scratch:
        result = rasa.model_training.train(
            domain=str(CHECKOUT / "domain.yml"),
            config=str(CHECKOUT / "config.yml"),
            training_files=[str(CHECKOUT / "nlu_data")],
            output=scratch,
            fixed_model_name=name.removesuffix(".tar.gz"),
            force_training=True,
        )
        if result.model is None:
            raise Unavailable("training gave no model; the messages above say why")
        target = models / name
        shutil.move(result.model, target)
    _forget_old(models, keep=target)
    return target


def serve(settings: Settings, model: Path) -> None:
    """Answer messages on loopback until the process is told to stop."""
    _be_quiet()
    patches.apply(action_timeout_seconds=settings.action_timeout, off=settings.patches_off)
    endpoints = AvailableEndpoints.read_endpoints(str(CHECKOUT / "endpoints.yml"))
    rasa.core.run.serve_application(
        model_path=str(model),
        interface="127.0.0.1",
        port=settings.engine_port,
        credentials=str(CHECKOUT / "credentials.yml"),
        endpoints=endpoints,
        enable_api=False,
    )


class Reader:
    """Reads single messages with the trained model, without server or conversation."""

    def __init__(self, model: Path) -> None:
        _be_quiet()
        patches.apply_to_reading()
        self._agent = Agent.load(model)

    async def read(self, text: str) -> dict[str, Any]:
        """Rasa's parse: intent, intent_ranking, matters."""
        parsed: dict[str, Any] = await self._agent.parse_message(text)
        return parsed


def _forget_old(models: Path, keep: Path) -> None:
    old = sorted(models.glob("linli-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for path in old[:-_KEPT_MODELS]:
        if path != keep:
            path.unlink()


def _be_quiet() -> None:
    """Rasa and its libraries warn about themselves at length; errors still show."""
    warnings.simplefilter("ignore")
    for name in ("rasa", "matplotlib", "jieba", "sanic.root", "sanic.access", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,  # otherwise it is built anew for every line not written
    )
