"""The examples are read once for one training."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rasa.shared.importers import utils
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.patches.patch import Change, Patch

Read = Callable[[Iterable[str], str], TrainingData]


def _training_data_from_paths(original: Read) -> Read:
    known: dict[tuple[tuple[str, ...], str], TrainingData] = {}

    def training_data_from_paths(paths: Iterable[str], language: str) -> TrainingData:
        # Rasa names the same files in another order each time; sorted, each training reads alike.
        files = tuple(sorted(paths))
        asked = (files, "" if all(map(_is_yaml, files)) else language)
        if asked not in known:
            known[asked] = original(files, language)
        return TrainingData().merge(known[asked])  # a copy: who gets it may change it

    return training_data_from_paths


def _is_yaml(path: str) -> bool:
    """Then the language, which Rasa tells once and guesses once, makes no difference."""
    return Path(path).suffix in (".yml", ".yaml")


PATCH = Patch(
    name="read_once",
    why="Rasa reads and checks all files of examples three times over: a tenth of a training.",
    changes=(Change(utils, "training_data_from_paths", _training_data_from_paths, "3ccd1a740d72"),),
    is_speed=True,
    is_for_training=True,
)
