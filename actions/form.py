"""The form's mind: what a message adds to a report, what is still missing, what interrupts.

Pure: a form and a message in, a form out. A report needs what and where; photo and phone are
taken when they come and never asked for before the ticket is open, so that a resident who falls
silent has been heard.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

from actions import parts, same
from actions.context import Said
from actions.parts import Part
from actions.substance import about_conduct, has_substance, is_another_report
from bot.desk import kinds
from bot.services.community import place_from
from bot.services.outbox import Button, Message

# Questions and asides are answered in the middle of a form, if they are clear enough.
INTERRUPTS = frozenset(
    (
        "ask_policy", "check_status", "urge", "rate", "praise", "my_data", "human", "help",
        "greet", "goodbye", "thanks", "out_of_scope", "withdraw",
    )
)  # fmt: skip
_SURE = 0.6
_CANNOT_SAY = re.compile(r"说不清|说不上来|不知道(在|是)?哪|不清楚在?哪|记不(得|清)|不记得")
_SURE_OF_DANGER = 0.9
_OVER = re.compile(
    r"昨[天晚]|前[天几]|上(个)?[周月]|早(就)?[灭好]|已经[^，。]{0,6}(灭|修|换|好|解决)|虚惊|没着火|过期|怎么办[？?]?$"
)
DANGERS = ("safety.fire", "safety.gas", "safety.trapped", "safety.medical")
_AN_ANSWER = 20  # characters
_BUTTONS_AT_MOST = 8


@dataclass(frozen=True, kw_only=True)
class Form:
    """A report being collected. place: a Place as JSON, {} when the resident can't say.

    key: the message it began with. parts: several matters that the resident is asked about;
    until then `what` is open, and `whole` is what the form would be if it were all one matter.
    rest: the others, once they are to be reported as well. ticket: what it adds to instead.
    alike: tickets that may be about the same thing (actions.same), {} when there are none or it has
    been answered, None before they were looked for. same: the number of the one that is.
    """

    key: str = ""
    parts: tuple[Part, ...] = ()
    whole: dict[str, Any] | None = None
    rest: tuple[Part, ...] = ()
    ticket: str | None = None
    alike: dict[str, Any] | None = None
    same: str | None = None

    what: str | None = None
    place: dict[str, Any] | None = None
    kind: str = kinds.REPORT
    matters: tuple[dict[str, Any], ...] = ()
    photos: tuple[str, ...] = ()
    phone: str | None = None
    happened: dict[str, Any] | None = None  # when, as the gateway read it
    candidates: tuple[dict[str, Any], ...] = ()  # places among which the resident is to choose
    asked: int = 0  # how often we asked where, without understanding the answer
    home: str | None = None

    @property
    def missing(self) -> str | None:
        if self.ticket:
            return None
        if self.what is None:
            return "what"
        # A conduct report has no grid: nobody is sent there, and one question less is safer. Danger
        # is told of first, and asked where afterwards.
        if self.place is None and self.kind != kinds.CONDUCT and not self.dangerous:
            return "where"
        return "same" if self.alike else None

    @property
    def dangerous(self) -> bool:
        """Life and limb, as the classifier reads it; the emergency rules found no clear word."""
        if self.kind != kinds.REPORT or not self.matters:
            return False
        best = self.matters[0]
        sure = best["code"] in DANGERS and best["confidence"] >= _SURE_OF_DANGER
        return bool(sure and not _OVER.search(self.what or ""))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def form_from(values: dict[str, Any] | None) -> Form:
    known = {n: v for n, v in (values or {}).items() if n in Form.__dataclass_fields__}
    for name in ("matters", "photos", "candidates", "parts", "rest"):
        known[name] = tuple(known.get(name) or ())
    return Form(**known)


def begin(said: Said) -> Form:
    """A form opened by its first message: a report in words, or a button that hands words on."""
    form = Form(
        kind=kinds.OF_INTENT.get(said.intent, kinds.REPORT),
        photos=said.photos,
        phone=said.phone,
        happened=said.happened,
        home=said.home,
        key=said.key,
    )
    if said.payload:
        pending = said.pending
        form = replace(
            form,
            what=pending.get("text"),
            matters=tuple(pending.get("matters") or ()),
            kind=pending.get("kind") or form.kind,
            photos=tuple(pending.get("photos") or ()),
        )
        return _placed(form, replace(said, places=tuple(pending.get("places") or ())))
    if has_substance(said.text):
        form = replace(form, what=said.text, matters=said.matters)
        if about_conduct(said):
            form = replace(form, kind=kinds.CONDUCT)
    form = _placed(form, said)
    if form.place is None and said.pending.get("location"):
        form = _placed(form, replace(said, places=tuple(said.pending.get("places") or ())))
    found = parts.find(said) if form.what else ()
    return _in_parts(form, found) if found else form


def _in_parts(form: Form, found: tuple[Part, ...]) -> Form:
    """Several matters: which of them to report is asked first, unless one is dangerous."""
    usual = kinds.REPORT if form.kind == kinds.CONDUCT else form.kind
    found = tuple({**part, "kind": part["kind"] or usual} for part in found)
    dangerous = sorted(found, key=lambda part: not _taking(form, (part,)).dangerous)
    if _taking(form, (dangerous[0],)).dangerous:
        return _taking(form, tuple(dangerous))
    whole = {"what": form.what, "matters": form.matters, "kind": form.kind}
    kind = kinds.CONDUCT if parts.is_hidden(found) else form.kind
    return replace(form, parts=found, whole=whole, what=None, kind=kind)


def _taking(form: Form, chosen: tuple[Part, ...]) -> Form:
    """The form for these matters: the first is collected, the others go along."""
    first, *rest = chosen
    own = {"place": first["place"], "candidates": ()} if first["place"] else {}
    return replace(
        form,
        what=first["text"],
        matters=tuple(first["matters"]),
        kind=first["kind"],
        rest=tuple(rest),
        parts=(),
        whole=None,
        asked=0,
        **own,
    )


def go_on(form: Form, said: Said) -> Form | None:
    """The form after another message; None when the message is not for the form."""
    if said.intent == "hand_over":
        return None
    if form.alike and (same.says_which(form.alike, said) is not None or not _interrupts(said)):
        return same.answer(form, said)
    if said.intent == "skip" or (form.missing == "where" and _CANNOT_SAY.search(said.text)):
        return replace(form, place={}, candidates=())
    if _interrupts(said):
        return None
    form = replace(
        form,
        photos=form.photos + said.photos,
        phone=said.phone or form.phone,
        happened=_when(form, said),
        home=said.home,
    )
    if form.parts:
        return _with_choice(form, said)
    if form.missing == "what":
        return _with_what(form, said)
    return _with_where(form, said)


def turns_to_conduct(form: Form, said: Said) -> bool:
    """Whether a conduct report comes up while something else is being reported."""
    return form.what is not None and form.kind != kinds.CONDUCT and about_conduct(said)


def set_aside(form: Form) -> dict[str, Any]:
    """What was reported so far, in the shape of words that a button can hand on."""
    return {
        "text": form.what,
        "matters": list(form.matters),
        "photos": list(form.photos),
        "kind": form.kind,
        "aside": True,
    }


def question(form: Form) -> Message:
    """What to ask for next, in words that fit the kind of message."""
    if form.parts:
        return parts.question(form.parts)
    if form.missing == "what":
        return Message(text=_ASK_WHAT.get(form.kind, _ASK_WHAT[kinds.REPORT]))
    if form.candidates:
        names = [place["said"] for place in form.candidates]
        buttons = [Button(name, f"say:{name}") for name in names]
        return Message(text="有好几个地方叫这个名字，您说的是哪一个？", buttons=tuple(buttons))
    buttons = [Button("就在我家", f"say:{form.home}")] if form.home else []
    buttons.append(Button("说不清位置", "/skip"))
    text = _ASK_WHERE_AGAIN if form.asked else _ASK_WHERE.get(form.kind, _ASK_WHERE["report"])
    return Message(text=text, buttons=tuple(buttons))


def is_news(form: Form, said: Said) -> bool:
    """Whether words in a form that the desk has already are a report of something else."""
    best = form.matters[0]["code"] if form.matters else ""
    return not said.places and is_another_report(said, best)


_ASK_WHAT = {
    kinds.REPORT: "好的，您说，出了什么事？一两句话就行。",
    kinds.SUGGESTION: "好的，您有什么建议？请直接说。",
    kinds.CONDUCT: "请说说是谁、什么事、什么时候。您说的只有纪检联络员能看到。",
}
_ASK_WHERE = {
    kinds.REPORT: "在哪里？告诉我小区、几号楼、几单元就行，我好派给管那儿的人。",
    kinds.QUESTION: "您住哪个小区、几号楼？我好请管您那儿的同事回复您。",
    kinds.SUGGESTION: "您说的是哪个小区、几号楼那边？我好转给管那儿的人。",
}
_ASK_WHERE_AGAIN = (
    "这个地方我没对上。请说小区名和楼号，比如“幸福里小区3号楼”；说不清也没关系，点下面的按钮。"
)


def _interrupts(said: Said) -> bool:
    if said.place or said.places or said.photos or said.phone:
        return False
    return said.intent in INTERRUPTS and said.confidence >= _SURE


def _with_choice(form: Form, said: Said) -> Form:
    """Which of the matters; whoever answers with something else is believed to mean them all."""
    before = form
    form, chosen = _placed(form, said), parts.chosen(form.parts, said)
    if chosen:
        return _taking(form, chosen)
    if chosen == ():
        whole = form.whole or {}
        matters = tuple(whole.get("matters") or ())
        return replace(form, **{**whole, "matters": matters}, parts=(), whole=None, asked=0)
    more = "" if said.payload or not has_substance(said.text) else said.text
    if not more and form.place == before.place and not form.asked:
        return replace(form, asked=1)
    *others, last = form.parts
    if more and said.intent in ("report", "add_information") and not said.places:
        last = {**last, "text": f"{last['text']}；{more}"}
    return _taking(form, (*others, last))


def _with_what(form: Form, said: Said) -> Form:
    if not has_substance(said.text) or said.payload:
        return _placed(form, said)  # where, before what
    form = replace(form, what=said.text, matters=said.matters)
    if about_conduct(said):
        form = replace(form, kind=kinds.CONDUCT)
    return _placed(form, said)


def _with_where(form: Form, said: Said) -> Form:
    if said.intent == "correct" and not said.places and has_substance(said.text):
        # "not a leak, the drain is blocked": another matter, and still no place
        return replace(form, what=said.text, matters=said.matters)
    placed = _placed(form, said)
    if placed.place is not None or placed.candidates:
        return placed
    if said.payload:  # a photo or a location outside the community: nothing to read
        return replace(placed, asked=form.asked + 1 if not said.photos else form.asked)
    if said.intent in ("report", "suggest", "report_conduct") and has_substance(said.text):
        # More about the matter instead of the place: keep it, and ask again.
        return replace(placed, what=f"{form.what}；{said.text}", asked=form.asked + 1)
    if said.happened and len(said.text) <= _AN_ANSWER:  # 昨晚十点多: when, not where
        return replace(placed, what=f"{form.what}；{said.text}")
    if form.asked:  # twice not found: the words themselves are the place, the desk will know
        return replace(placed, place={"detail": said.text, "confidence": 0.0})
    return replace(placed, asked=1)


def _when(form: Form, said: Said) -> dict[str, Any] | None:
    """The time that was said first, until the resident corrects it."""
    if said.happened and (form.happened is None or said.intent == "correct"):
        return said.happened
    return form.happened


def _placed(form: Form, said: Said) -> Form:
    """Take the place if the message names one; if it names several, remember the choice."""
    place = said.place
    if place and not place.building:  # "the one in 书香雅苑": chooses among those we named
        chosen = [p for p in form.candidates if place.estate and p.get("estate") == place.estate]
        if len(chosen) == 1:
            return replace(form, place=asdict(place_from(chosen[0])), candidates=())
    if place:
        return replace(form, place=asdict(place), candidates=())
    offered = said.places[:_BUTTONS_AT_MOST]
    return replace(form, candidates=offered) if offered else form
