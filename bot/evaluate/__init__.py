"""How well is it understood? Held-out sets, figures, baselines, and a report of them."""
