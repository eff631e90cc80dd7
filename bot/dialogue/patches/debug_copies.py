"""Nothing is copied for a debug message that nobody reads."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import rasa.core.actions.forms
import rasa.core.policies.rule_policy
import rasa.core.processor

from bot.dialogue.patches.patch import Change, Patch


def _same(value: Any) -> Any:
    return value


def _copy(_original: ModuleType) -> SimpleNamespace:
    # `deepcopy` is all these modules use of `copy`, and only in debug messages: a test reads them.
    return SimpleNamespace(deepcopy=_same)


def _change(module: ModuleType, source: str) -> Change:
    return Change(module, "copy", _copy, source, watched=module)


PATCH = Patch(
    name="debug_copies",
    why="Rasa copies slots, events and states deeply for debug messages, at whatever log level.",
    changes=(
        _change(rasa.core.processor, "f42dfbf26e2f"),
        _change(rasa.core.policies.rule_policy, "952d1a139065"),
        _change(rasa.core.actions.forms, "7cb6c3055011"),
    ),
    is_speed=True,
)
