"""A file of examples is checked against its schema without remembering lines and comments."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import rasa.shared.utils.io as rasa_files
from pykwalify.core import Core
from rasa.shared.constants import PACKAGE_NAME, RESPONSES_SCHEMA_FILE, SCHEMA_EXTENSIONS_FILE
from rasa.shared.utils import validation

from bot.dialogue.patches.patch import Change, Patch

Validate = Callable[..., None]


def _validate(original: Validate) -> Validate:
    def validate_yaml_schema(
        yaml_file_content: str, schema_path: str, package_name: str = PACKAGE_NAME
    ) -> None:
        try:
            Core(
                source_data=rasa_files.read_yaml(yaml_file_content),
                schema_data=deepcopy(_schema(schema_path, package_name)),
                extensions=[_path(SCHEMA_EXTENSIONS_FILE, PACKAGE_NAME)],
            ).validate(raise_exception=True)
        except Exception:  # whatever it is: the original knows the line and says it
            original(yaml_file_content, schema_path, package_name)

    return validate_yaml_schema


@cache
def _schema(path: str, package: str) -> dict[str, Any]:
    own: dict[str, Any] = rasa_files.read_yaml_file(_path(path, package))
    return {**own, **rasa_files.read_yaml_file(_path(RESPONSES_SCHEMA_FILE, PACKAGE_NAME))}


def _path(name: str, package: str) -> str:
    return str(files(package) / name)


PATCH = Patch(
    name="plain_check",
    why="Rasa parses each file a second time, slowly, for the line numbers of mistakes it has not.",
    changes=(Change(validation, "validate_yaml_schema", _validate, "e039106753a5"),),
    is_speed=True,
    is_for_training=True,
)
