"""How a model picks its words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """Given to every engine that has a model; ``max_tokens`` bounds one reply."""

    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: int = 300
