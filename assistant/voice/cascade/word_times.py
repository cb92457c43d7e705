"""Where the words of a sentence lie in its audio, judged by their length.

The packaged voices give no word times. Speech of one voice keeps an even pace, so a word's share of the
sentence's characters, with a pause for each mark, is its share of the time between first and last sound.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE

_SOUND = 0.01
_CHARS_PER_S = 15.0
_PAUSE_CHARS = 4
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class WordTimes:
    """``ends[i]`` is the sample by which the first ``chars[i]`` characters have been said."""

    ends: tuple[int, ...]
    chars: tuple[int, ...]

    @classmethod
    def of(cls, text: str, pieces: Sequence[Samples], complete: bool) -> WordTimes:
        """Times for 24 kHz ``pieces``; until they are ``complete`` their length is judged by the text."""
        words = list(_WORD.finditer(text))
        weights = [
            len(word.group()) + 1 + (_PAUSE_CHARS if word.group()[-1] in ",;:.!?" else 0) for word in words
        ]
        first, last = _sounding(pieces)
        if not complete:
            last = max(last, first + int(sum(weights) / _CHARS_PER_S * SAMPLE_RATE))
        total = max(sum(weights), 1)
        ends = first + np.cumsum(weights) * ((last - first) / total)
        return cls(tuple(int(end) for end in ends), tuple(word.end() for word in words))

    def heard_chars(self, position: int) -> int:
        """Characters of the text up to the last word that ended before ``position`` samples."""
        count = bisect_right(self.ends, position)
        return self.chars[count - 1] if count else 0


def _sounding(pieces: Sequence[Samples]) -> tuple[int, int]:
    """First and last sample that can be heard."""
    audio = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    loud = np.flatnonzero(np.abs(audio) > _SOUND)
    return (int(loud[0]), int(loud[-1])) if loud.size else (0, len(audio))
