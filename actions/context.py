"""What an action works with: who said what, and the office."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot import bootstrap, settings
from bot.bootstrap import Office
from bot.desk.community import Place
from bot.desk.people import SYSTEM, Person
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session

T = TypeVar("T")

# Intents of our own buttons: the first, second, third of the choices that a message offered.
CHOICES = ("first_choice", "second_choice", "third_choice")


@dataclass(frozen=True, kw_only=True)
class Said:
    """The latest message as the engine and the gateway read it.

    matters: [{"code", "confidence"}], the likeliest first. places: candidates, best first, each
    with "said", its name in words. clauses: [{"text", "matters", "places"}] of a text that has
    several. happened: when, as `bot.language.happened` has it. payload: it was one of our buttons,
    not words. meant: it was a button that says how earlier words were meant; these are those words,
    read that way.
    """

    key: str
    text: str
    intent: str
    confidence: float = 1.0
    matters: tuple[dict[str, Any], ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    phone: str | None = None
    happened: dict[str, Any] | None = None
    photos: tuple[str, ...] = ()
    home: str | None = None
    asked: dict[str, Any] | None = None  # what these words may answer, see bot.services.asking
    resident_id: int | None = None
    conversation_id: int | None = None
    payload: bool = False
    in_form: bool = False
    pending: dict[str, Any] = field(default_factory=dict)
    clauses: tuple[dict[str, Any], ...] = ()
    intents: tuple[dict[str, Any], ...] = ()
    meant: bool = False

    @property
    def place(self) -> Place | None:
        """The place meant, if it is clear: a single candidate, or one well ahead."""
        if not self.places:
            return None
        best = self.places[0]
        if len(self.places) > 1 and best["confidence"] <= self.places[1]["confidence"]:
            return None
        return place_from(best)

    @property
    def person(self) -> Person:
        return Person(resident_id=self.resident_id) if self.resident_id is not None else SYSTEM


def said(tracker: Tracker) -> Said:
    latest = tracker.latest_message
    metadata = latest.get("metadata") or {}
    text = latest.get("text") or ""
    intent = latest.get("intent") or {}
    found = Said(
        key=metadata["message_key"],
        text=text,
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        matters=tuple(latest.get("matters") or ()),
        places=tuple(metadata.get("places") or ()),
        phone=metadata.get("phone"),
        happened=metadata.get("happened"),
        photos=tuple(metadata.get("photos") or ()),
        home=metadata.get("home"),
        asked=metadata.get("asked"),
        resident_id=metadata.get("resident"),
        conversation_id=metadata.get("conversation"),
        payload=text.startswith("/"),
        in_form=bool((tracker.active_loop or {}).get("name")),
        pending=tracker.get_slot("pending") or {},
        clauses=_clauses(latest.get("clauses") or (), metadata.get("clauses") or ()),
        intents=tuple(latest.get("intent_ranking") or ()),
    )
    return _as_meant(found) if found.pending.get("meant_by") == found.key else found


def _as_meant(tap: Said) -> Said:
    """The words that were kept, in the reading that was chosen for them."""
    kept = tap.pending
    return replace(
        tap,
        text=kept["text"],
        intent=kept["meant"],
        confidence=1.0,
        matters=tuple(kept["matters"]),
        places=tuple(kept["places"]),
        photos=tuple(kept["photos"]),
        payload=False,
        pending={},
        meant=True,
    )


def _clauses(
    read: Sequence[dict[str, Any]], placed: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """The engine reads what a clause is about, the gateway where it is: both in one."""
    places = {clause["text"]: clause["places"] for clause in placed}
    return tuple({**clause, "places": places.get(clause["text"], [])} for clause in read)


def likeliest(matters: Sequence[dict[str, Any]]) -> tuple[str, float]:
    """(code, confidence) of the first of ranked matters; other, 0.0 where none was read."""
    if not matters:
        return "other", 0.0
    return str(matters[0]["code"]), float(matters[0]["confidence"])


@cache
def office() -> Office:
    return bootstrap.open_office(settings.read(os.environ), migrated=True)


async def write(work: Callable[[Session, Desk], T]) -> T:
    """Run a service in one transaction, off the event loop."""
    database = office().database
    return await database.in_thread(partial(_once, database.run, work))


async def read(work: Callable[[Session, Desk], T]) -> T:
    database = office().database
    return await database.in_thread(partial(_once, database.read, work))


def _once(run: Callable[[Callable[[Session], T]], T], work: Callable[[Session, Desk], T]) -> T:
    desk = office().desk()
    return run(lambda session: work(session, desk))


def say(dispatcher: CollectingDispatcher, message: Message) -> None:
    buttons = [{"title": button.label, "payload": button.tap} for button in message.buttons]
    dispatcher.utter_message(text=message.text, buttons=buttons)
