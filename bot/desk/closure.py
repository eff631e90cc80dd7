"""The closure form: what the handler reports when the work is done, and who has to check it.

The guide's fields: is it true (属实), is it solved, when was the resident reached, why not where it
is unsolved, the answer that the resident reads, a note that they do not. Photos lie beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from typing import Any

from bot.desk import kinds, reasons
from bot.desk.community import Community
from bot.desk.errors import BadInput
from bot.desk.reasons import Group

STEM = "verification"  # of the community's own file: Community.rules["verification"]
_LONGEST = 500  # characters of an answer or a note


@dataclass(frozen=True, kw_only=True)
class Closure:
    """What is reported. contacted_at: aware. The answer may follow the tap that says done."""

    true: bool = True
    solved: bool = True
    reason_code: str = ""
    answer: str = ""
    note: str = ""
    contacted_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        at = self.contacted_at
        return {
            "true": self.true,
            "solved": self.solved,
            "reason_code": self.reason_code,
            "answer": self.answer,
            "note": self.note,
            "contacted_at": at.astimezone(timezone.utc).isoformat() if at else None,
        }


DONE = Closure()  # one tap: true, and solved


def check(form: Closure, community: Community, *, opened_at: datetime, now: datetime) -> Closure:
    """The form as it is stored; raises BadInput or UnknownThing, saying what does not fit.

    Unsolved needs a reason, and the resident an answer that says so; untrue needs an answer too.
    """
    if form.solved and form.reason_code:
        raise BadInput(f"reason {form.reason_code!r} of a case that is solved, expected none")
    answer = form.answer
    if not form.solved:
        why = reasons.one(community, Group.UNSOLVED, form.reason_code)
        answer = answer or why.text
    if not answer and not (form.true and form.solved):
        raise BadInput("the answer is empty, expected what the resident reads")
    for name, text in (("answer", answer), ("note", form.note)):
        if len(text) > _LONGEST:
            raise BadInput(f"the {name} has {len(text)} characters, expected up to {_LONGEST}")
    if form.contacted_at and not opened_at <= form.contacted_at <= now:
        raise BadInput("contacted_at lies before the ticket or in the future")
    return Closure(**{**form.__dict__, "answer": answer})


def must_be_checked(
    rules: Mapping[str, Any], *, number: str, matter: str, urgency: str, kind: str
) -> bool:
    """Whether somebody else checks before the resident is asked: the first rule that fits says.

    rules: verification.yml, {"rules": [{"matter", "urgency", "share"}]}; share 0..1 is a sample,
    drawn from the number, so that it can be drawn again. Without rules nothing is checked.
    """
    if kind not in (kinds.REPORT, kinds.QUESTION):
        return False
    for rule in rules.get("rules", ()):
        fits = fnmatchcase(matter, str(rule.get("matter", "*")))
        if fits and rule.get("urgency", "*") in ("*", urgency):
            return _drawn(number) < float(rule.get("share", 1))
    return False


def check_rules(own: object) -> Mapping[str, Any]:
    """A community's verification.yml, when it is imported. Raises BadInput."""
    entries = own.get("rules") if isinstance(own, Mapping) else None
    if not isinstance(entries, list):
        raise BadInput(f"{STEM}.yml: expected rules, a list")
    for n, rule in enumerate(entries, 1):
        strange = set(rule) - {"matter", "urgency", "share"} if isinstance(rule, Mapping) else rule
        if strange:
            raise BadInput(f"{STEM}.yml: rule {n}: {strange}, expected matter, urgency, share")
        share = rule.get("share", 1)
        if not isinstance(share, (int, float)) or not 0 <= share <= 1:
            raise BadInput(f"{STEM}.yml: rule {n}: share {share!r}, expected 0 to 1")
    return {"rules": entries}


def _drawn(number: str) -> float:
    """0 ≤ x < 1, always the same for one number."""
    digest = hashlib.sha256(number.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
