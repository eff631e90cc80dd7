"""The five kinds of a message, and the intents that say which one it is."""

from __future__ import annotations

REPORT = "report"
QUESTION = "question"
SUGGESTION = "suggestion"
PRAISE = "praise"
CONDUCT = "conduct"

OF_INTENT = {
    "report": REPORT,
    "ask_policy": QUESTION,
    "suggest": SUGGESTION,
    "praise": PRAISE,
    "report_conduct": CONDUCT,
}
