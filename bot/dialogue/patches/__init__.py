"""The places where Rasa 3.6.21 is changed: one small file each, with its reason.

`apply` is called once, before the engine starts, `apply_to_training` before it learns. Each patch
can be left out by its name (LINLI_PATCHES_OFF); tests play the same through both sides, and fail
when Rasa changes underneath.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.errors import BadSetting
from bot.dialogue.patches import (
    action_answers,
    action_session,
    action_timeout,
    empty_domain,
    event_types,
    graph,
    last_states,
    loud_actions,
    loud_store,
    no_cache,
    plain_check,
    quick_archive,
    read_once,
    recent_events,
    rule_index,
    slot_copies,
    training_copies,
)
from bot.dialogue.patches.loud_actions import ActionFailed
from bot.dialogue.patches.patch import Patch

__all__ = ["ALL", "ActionFailed", "apply", "apply_to_training", "chosen", "registry"]

ALL = "all"  # every patch that is only there for speed


def registry(action_timeout_seconds: float = 5.0) -> list[Patch]:
    """Every patch there is."""
    return [
        loud_actions.PATCH,
        loud_store.PATCH,
        action_timeout.patch(action_timeout_seconds),
        action_answers.PATCH,
        action_session.PATCH,
        recent_events.PATCH,
        event_types.PATCH,
        graph.PATCH,
        rule_index.PATCH,
        last_states.PATCH,
        slot_copies.PATCH,
        empty_domain.PATCH,
        read_once.PATCH,
        plain_check.PATCH,
        no_cache.PATCH,
        training_copies.PATCH,
        quick_archive.PATCH,
    ]


def chosen(patches: Iterable[Patch], off: Iterable[str]) -> list[Patch]:
    """The patches but those named in `off`; raises BadSetting for a name that is none."""
    known, named = list(patches), set(off)
    unknown = sorted(named - {patch.name for patch in known} - {ALL})
    if unknown:
        raise BadSetting(
            variable="LINLI_PATCHES_OFF",
            value=", ".join(unknown),
            expected=", ".join([ALL, *(patch.name for patch in known)]),
        )
    return [
        patch
        for patch in known
        if patch.name not in named and not (patch.is_speed and ALL in named)
    ]


def apply(*, action_timeout_seconds: float, off: Iterable[str] = ()) -> None:
    """For the process that serves. action_timeout_seconds: how long an action may take."""
    _make(registry(action_timeout_seconds), off, for_training=False)


def apply_to_reading() -> None:
    """For a process that only reads single messages: no store, no actions."""
    _make([graph.PATCH], (), for_training=False)


def apply_to_training(off: Iterable[str] = ()) -> None:
    """For the process that trains."""
    _make(registry(), off, for_training=True)


def _make(patches: list[Patch], off: Iterable[str], *, for_training: bool) -> None:
    for patch in chosen(patches, off):
        if patch.is_for_training is for_training:
            for change in patch.changes:
                change.apply()
