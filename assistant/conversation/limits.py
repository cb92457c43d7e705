"""How far an answer may go, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``hidden_words`` are neither shown nor said; the voice says about ``spoken_characters`` (0: all)."""

    hidden_words: tuple[str, ...] = ()
    spoken_characters: int = 0


NO_LIMITS = Limits()
