"""A question beside a report, in one breath: 灯坏了，另外医保怎么报销？ Both are served. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.context import Said
from actions.parts import is_another, is_clear

_SURE = 0.6
_ASKS = "ask_policy"
_ASIDE = re.compile(r"顺便|顺带|另外|(还|也)(想|要)?(问|咨询)|再(问|咨询)")
_TELLS = ("report", "suggest", "report_conduct")


def split(said: Said) -> tuple[str, Said] | None:
    """The question, and the message without it; None where there is not just that to tell apart.

    A question about the very matter that is reported (灯坏了。什么时候能修？) belongs to it, unless
    it is put as one of its own (暖气不热，顺便问下供暖费能退吗).
    """
    asking = [clause for clause in said.clauses if _asks(clause)]
    others = [clause for clause in said.clauses if not _asks(clause)]
    told = [clause for clause in others if _tells(clause, in_form=said.in_form)]
    if len(asking) != 1 or not told or said.payload:
        return None
    (question,) = asking
    if not is_clear(question["matters"][0]):
        return None
    if not _ASIDE.search(said.text) and not all(is_another(o, question) for o in told):
        return None
    clearest = max(told, key=lambda clause: float(clause["matters"][0]["confidence"]))
    rest = replace(
        said,
        text="，".join(clause["text"] for clause in others),
        matters=tuple(clearest["matters"]),
        clauses=tuple(others) if len(others) > 1 else (),
        intent=said.intent if said.intent in _TELLS else clearest["intent"]["name"],
    )
    return question["text"], rest


def _asks(clause: dict[str, Any]) -> bool:
    return _is_surely(clause, (_ASKS,))


def _tells(clause: dict[str, Any], *, in_form: bool) -> bool:
    """Of a greeting beside a question there is nothing to serve."""
    return _is_surely(clause, (*_TELLS, "add_information") if in_form else _TELLS)


def _is_surely(clause: dict[str, Any], intents: tuple[str, ...]) -> bool:
    intent = clause.get("intent") or {}
    return intent.get("name") in intents and intent["confidence"] >= _SURE
