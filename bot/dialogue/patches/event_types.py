"""The class of an event's type is looked up once."""

from __future__ import annotations

from collections.abc import Callable

from rasa.shared.core.events import Event

from bot.dialogue.patches.patch import Change, Patch

Resolve = Callable[..., type[Event] | None]


def _resolve_by_type(original: Resolve) -> Resolve:
    known: dict[str, type[Event]] = {}

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        if type_name not in known:
            found = original(type_name, default)
            if found is None or found is default:
                return found
            known[type_name] = found
        return known[type_name]

    return resolve_by_type


PATCH = Patch(
    name="event_types",
    why="Rasa walks all subclasses of Event for each stored event: half of a long conversation.",
    changes=(Change(Event, "resolve_by_type", _resolve_by_type, "b5cf570fa7f2"),),
    is_speed=True,
)
