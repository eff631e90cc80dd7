"""YAML (and JSON, which is YAML) in which every mapping knows its line and no name occurs twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from bot.desk.errors import BadRow

LINE = "__line__"


def load(file: str, text: str) -> Mapping[str, Any]:
    """The names and values of a file; LINE in each mapping is the line it starts on."""
    try:
        values = yaml.load(text, Loader=_LineLoader)  # noqa: S506 a SafeLoader, see below
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadRow(file=file, line=line, reason=str(error.problem)) from None
    if not isinstance(values, Mapping):
        raise BadRow(file=file, line=1, reason="expected names and values")
    return values


class _LineLoader(yaml.SafeLoader):
    """Notes in every mapping on which line it starts."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _value in node.value:
            if key.value in seen:  # YAML would let the last one win, without a word
                problem = f"{key.value!r} occurs twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return {
            **super().construct_mapping(node, deep=deep),
            LINE: node.start_mark.line + 1,
        }


def _mapping(loader: Any, node: Any) -> Any:
    return loader.construct_mapping(node, deep=True)


_LineLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
    _mapping,
)


def _words(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


# A day that does not exist (2027-02-30) is refused by whoever reads it, with its line.
_LineLoader.add_constructor("tag:yaml.org,2002:timestamp", _words)
