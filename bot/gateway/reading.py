"""What the gateway reads from a message before the engine does, and from the engine's answer."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bot.desk import courtesy, kinds, routing
from bot.desk.community import Place
from bot.gateway.engine_client import Answer
from bot.language import address_alone, address_context, clauses, happened, masking
from bot.language.address_datum import Datum
from bot.services import asking
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.places import Register
from bot.services.unheard import Words

SAY = "say:"  # a button that says its words, as if the person had typed them
_AN_ANSWER = 40  # characters; more is a story of its own
_PLACES = 8  # candidates handed to the engine; more is no question a person wants to read


def words(body: dict[str, Any], tap: str | None) -> tuple[str, str | None]:
    """Text and payload for the engine. A photo or a location alone adds to what was said."""
    if tap and tap.startswith(SAY):
        return tap[len(SAY) :], None
    if tap:
        return "", tap
    text = body.get("text") or body.get("button") or ""
    if text:
        return text, None
    return ("[照片]" if body.get("photo") else "[位置]"), "/add_information"


def answered(letter: Letter, speaker: Speaker, now: datetime) -> str | None:
    """The tap that this message completes, if its writer was asked something and it answers.

    Staff are asked by a deed: whatever they write but courtesy is the answer. Residents may say
    anything at any time, so the engine reads their words; a bare yes or no tells it nothing.
    """
    asked = asking.still(speaker.asked, now)
    text, photo = letter.body.get("text") or "", letter.body.get("photo")
    if asked is None or letter.body.get("location"):
        return None
    if speaker.staff:
        said = bool(photo) or not courtesy.says_nothing_new(text)
    else:
        said = asked.startswith("add:") and courtesy.is_short_answer(text)
    return asked if said else None


def place_of_emergency(letter: Letter, speaker: Speaker, register: Register) -> Place | None:
    """The place in a short answer to "where are you?", if an emergency waits for it."""
    text = letter.body.get("text") or ""
    if speaker.unplaced is None or len(text) > _AN_ANSWER:
        return None
    if letter.body.get("photo") or masking.find_phone(text):
        return None
    place = place_said(letter, speaker, text, register)
    alone = place and address_alone.is_alone(text, [register.describe(place)])
    return place if place and place.building and alone else None


def place_said(letter: Letter, speaker: Speaker, text: str, register: Register) -> Place | None:
    """The place a message names, if it is clear which."""
    places = _places(letter, speaker, text, register)
    clear = places and (len(places) == 1 or places[0].confidence > places[1].confidence)
    return places[0] if clear else None


def _places(letter: Letter, speaker: Speaker, text: str, register: Register) -> list[Place]:
    location = letter.body.get("location")
    if location:
        datum = Datum(letter.body.get("datum", Datum.WGS84))
        found = register.book.locate(location[0], location[1], datum)
        return [found] if found else []
    return address_context.resolve(register.book, text, home=speaker.home, context=speaker.context)


def metadata(letter: Letter, speaker: Speaker, text: str, register: Register) -> dict[str, Any]:
    places = _places(letter, speaker, text, register)
    return {
        "resident": speaker.resident_id,
        "conversation": speaker.conversation_id,
        "places": _as_json(places, register),
        "clauses": _clauses(letter, speaker, text, register),
        "phone": masking.find_phone(text),
        "happened": happened.find(text, letter.received_at.astimezone(register.community.zone)),
        "photos": [letter.body["photo"]] if letter.body.get("photo") else [],
        "home": register.describe(speaker.home) if speaker.home else None,
        "asked": speaker.asked,
    }


def _as_json(places: list[Place], register: Register) -> list[dict[str, Any]]:
    return [
        # The name on a button is the place, without the words around it (楼上, 门口).
        {**asdict(place), "said": register.describe(replace(place, detail=""))}
        for place in places[:_PLACES]
    ]


def _clauses(
    letter: Letter, speaker: Speaker, text: str, register: Register
) -> list[dict[str, Any]]:
    """The place that each clause of a text names; one that names half of it (5号楼) goes on from
    the clause before."""
    found = []
    for clause in clauses.split(text):
        places = _places(letter, speaker, clause, register)
        clear = places and (len(places) == 1 or places[0].confidence > places[1].confidence)
        if clear and places[0].estate:
            speaker = replace(speaker, context=places[0])
        found.append({"text": clause, "places": _as_json(places[:1] if clear else [], register)})
    return found


def is_confidential(answer: Answer) -> bool:
    """Words about the conduct of officials are hidden even before a ticket exists."""
    report = answer.slots.get("report") or {}
    matters = answer.reading["matters"]
    top = matters[0]["code"] if matters else ""
    kind = kinds.OF_INTENT.get(answer.reading["intent"] or "", "")
    return routing.is_confidential(top, kind) or report.get("kind") == kinds.CONDUCT


def moved_the_form(answer: Answer) -> bool:
    return bool({"report_form", "action_cancel_report"} & set(answer.actions))


def unheard(answer: Answer) -> Words | None:
    """The report that this turn leaves open, if it says what the matter is."""
    report = answer.slots.get("report") or {}
    whole = report if report.get("what") else report.get("whole") or {}
    if not whole.get("what") or not answer.slots.get("requested_slot"):
        return None
    others = [part["text"] for part in report.get("rest") or ()]
    return Words(
        key=report["key"],
        text="；".join((whole["what"], *others)),
        kind=report["kind"],  # while parts are asked about: conduct, if one of them is
        matters=tuple(whole.get("matters") or ()),
        place=report.get("place"),
        photos=tuple(report.get("photos") or ()),
        phone=report.get("phone"),
        complete=answer.slots.get("requested_slot") == "same",
        happened=report.get("happened"),
    )


def understood(answer: Answer, metadata: dict[str, Any]) -> dict[str, Any]:
    reading = answer.reading
    matters = reading["matters"]
    kind = kinds.OF_INTENT.get(reading["intent"] or "")
    return {
        "intent": reading["intent"],
        "confidence": reading["confidence"],
        "kind": kind,
        # A greeting is about nothing, whatever its words resemble.
        "matter": matters[0]["code"] if kind and matters else None,
        "reading": {
            "intents": reading["intents"],
            "matters": matters,
            "citations": list(answer.citations),
        },
        "place": metadata["places"][0] if metadata["places"] else None,
        "actions": list(answer.actions),
    }
