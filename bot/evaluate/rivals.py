"""The plain rival: TF-IDF of characters and logistic regression, as a library gives them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bot.evaluate.answers import INTENT, KIND, MATTER, Answers, from_ranking, kind_of

if TYPE_CHECKING:
    from bot.dialogue.examples import Example

_SEED = 7


class PlainRival:
    """Learns intents and matters from raw texts; seconds, and nothing of ours is in it.

    One- and two-character TF-IDF, one-against-rest logistic regression with balanced classes
    (without the balance it calls nearly everything a report).
    """

    name = "tfidf_logreg"

    def __init__(self, examples: Sequence[Example]) -> None:
        began = time.perf_counter()
        self._intents = _fit([one.text for one in examples], [one.intent for one in examples])
        with_matter = [(one.text, one.matter) for one in examples if one.matter]
        self._matters = _fit([text for text, _ in with_matter], [m for _, m in with_matter])
        self.train_seconds = round(time.perf_counter() - began, 1)

    def answers(self, texts: list[str]) -> Iterator[Answers]:
        chances = zip(_chances(self._intents, texts), _chances(self._matters, texts), strict=True)
        for intents, matters in chances:
            yield {
                INTENT: from_ranking(intents),
                KIND: kind_of(intents),
                MATTER: from_ranking(matters),
            }


def _fit(texts: list[str], labels: list[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2),
        LogisticRegression(C=10, class_weight="balanced", solver="liblinear", random_state=_SEED),
    )
    return model.fit(texts, labels)


def _chances(model: Any, texts: list[str]) -> Iterator[list[tuple[str, float]]]:
    for row in model.predict_proba(texts):
        yield list(zip(model.classes_, map(float, row), strict=True))
