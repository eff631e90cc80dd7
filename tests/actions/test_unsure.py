"""Which readings of unclear words are offered."""

from __future__ import annotations

from typing import Any

from actions import unsure
from actions.context import Said
from bot.desk.community import Community


def heard(*intents: tuple[str, float], matters: tuple[tuple[str, float], ...] = ()) -> Said:
    def ranked(pairs: Any, name: str) -> tuple[dict[str, Any], ...]:
        return tuple({name: label, "confidence": confidence} for label, confidence in pairs)

    return Said(
        key="k",
        text="老样子",
        intent="nlu_fallback",
        intents=ranked(intents, "name"),
        matters=ranked(matters, "code"),
    )


def labels(said: Said, demo: Community) -> list[str]:
    return [choice["label"] for choice in unsure.readings(said, demo.categories)]


def test_a_report_is_offered_by_its_likely_matters(demo: Community) -> None:
    matters = (("property.leak", 0.4), ("property.pipe", 0.3), ("utility.water", 0.2))
    found = labels(heard(("nlu_fallback", 0.3), ("report", 0.25), matters=matters), demo)
    assert found == ["报：房屋漏水渗水", "报：下水堵塞"]


def test_at_most_three_and_never_a_greeting(demo: Community) -> None:
    intents = [(name, 0.2) for name in ("greet", "thanks", "urge", "human", "suggest", "my_data")]
    found = labels(heard(*intents), demo)
    assert found == ["催一催", "找工作人员", "提个建议"]


def test_noise_is_not_offered(demo: Community) -> None:
    assert labels(heard(("report", 0.05), ("urge", 0.01)), demo) == []
    assert labels(heard(("report", 0.3), matters=(("property.leak", 0.02),)), demo) == []
    assert labels(heard(("report", 0.3), matters=(("other", 0.6),)), demo) == []
