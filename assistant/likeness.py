"""How alike two names are, by their letters and by their sound: a pure function over plain words."""

from __future__ import annotations

from functools import lru_cache

_SOUND_WEIGHT = 0.12
"""Weight of the sound for each letter of the Metaphone key, up to ``_SOUND_LIMIT``."""

_SOUND_LIMIT = 0.5


def alike(first: str, second: str) -> float:
    """0.0 to 1.0 for two names in lower-case letters, spaces aside.

    The better of the normalised indel similarity of the letters and of its mean with that of the Metaphone
    keys (the consonants as they sound).
    """
    from rapidfuzz.distance import Indel

    one, other = first.replace(" ", ""), second.replace(" ", "")
    spelling = Indel.normalized_similarity(one, other)
    key, other_key = _sound(one), _sound(other)
    weight = min(_SOUND_WEIGHT * min(len(key), len(other_key)), _SOUND_LIMIT)
    sound = Indel.normalized_similarity(key, other_key)
    return float(max(spelling, (1 - weight) * spelling + weight * sound))


@lru_cache(maxsize=4096)
def _sound(letters: str) -> str:
    from jellyfish import metaphone

    return str(metaphone(letters))
