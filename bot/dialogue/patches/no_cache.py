"""What a training step gave is not put aside for the next training, which starts from nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.engine.training.hooks import TrainingHook

from bot.dialogue.patches.patch import Change, Patch


def _before(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def on_before_node(*_: Any, **__: Any) -> dict[str, Any]:
        return {}

    return on_before_node


def _after(original: Callable[..., None]) -> Callable[..., None]:
    def on_after_node(*_: Any, **__: Any) -> None:
        return None

    return on_after_node


PATCH = Patch(
    name="no_cache",
    why="Rasa hashes and stores what each step takes and gives, for trainings that are not forced.",
    changes=(
        Change(TrainingHook, "on_before_node", _before, "6f65355ef979"),
        Change(TrainingHook, "on_after_node", _after, "f199608136c9"),
    ),
    is_speed=True,
    is_for_training=True,
)
