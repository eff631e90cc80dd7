"""What a whole sentence means, danger or not: asked where its words leave the scale undecided.

The embedding of the second opinion (`bot/language/second_opinion.py`, some 20 ms) and a network
with one hidden layer, learnt by `training.py` from the examples of the scale. Without the wheel
the scale alone decides, so that an emergency is heard on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.language import second_opinion
from bot.language.danger.scale import WEIGHTS, told
from bot.language.second_opinion import Floats, Layers

NUMBERS = WEIGHTS / "meaning.npz"
_SUREST = 8.0  # log odds; beyond it a network only shouts


@dataclass(frozen=True)
class Meaning:
    """layers: weights and bias, 384 × hidden and hidden × 1."""

    centre: Floats
    layers: Layers

    def weigh(self, text: str) -> float:
        """Log odds that a cleaned text tells of danger now; 0 where nothing is told."""
        words = told(text)
        if not words:
            return 0.0
        return float(self.odds(second_opinion.embed(words)[None])[0])

    def odds(self, vectors: Floats) -> Floats:
        """The log odds of embeddings, texts × 384."""
        hidden, out = self.layers
        seen = second_opinion.points(vectors, self.centre)
        answers: Floats = (np.maximum(seen @ hidden[0] + hidden[1], 0) @ out[0] + out[1])[:, 0]
        found: Floats = np.clip(answers, -_SUREST, _SUREST)
        return found


@cache
def meaning() -> Meaning | None:
    """The network of this code base, read once a process; None without the wheel."""
    if not second_opinion.available():
        return None
    with np.load(NUMBERS, allow_pickle=False) as kept:
        return Meaning(
            centre=kept["centre"],
            layers=(
                (kept["hidden"].astype(np.float32), kept["hidden_bias"]),
                (kept["weights"].astype(np.float32), kept["bias"]),
            ),
        )
