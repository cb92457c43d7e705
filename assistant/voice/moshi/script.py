"""Words that Moshi is to say exactly, as tokens of its monologue. Pure; asked and told once a step.

Moshi speaks what stands in its monologue, whoever wrote it there. When a word begins is left to the model,
within limits: it chooses between beginning one and a pad, as in Kyutai's speech synthesis, whose placement
this follows token for token (``StateMachine`` in ``moshi_mlx.models.tts``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

NEW_WORD = 0
"""Text token before a word."""
PAD = 3
"""Text token of a frame in which nothing begins."""
FREELY = -1
"""Instead of a token: the model's own."""
PAD_OR_WORD = -2
"""Instead of a token: ``NEW_WORD`` where that is the model's own, else ``PAD``."""

INITIAL_PADS = 2
"""Steps before the first word, so that it is not cut."""
MOST_PADS = 6
"""Steps after which the next word begins, counted from the word before."""
FINAL_PADS = 4
"""Steps after the last word, in which it is still being spoken."""


class Script:
    """Words in their order; more may come at any time."""

    def __init__(self) -> None:
        self._words: deque[Sequence[int]] = deque()
        self._queued: deque[int] = deque()
        self._forced = self._left = INITIAL_PADS
        self._since = 0
        self.said = 0
        """Words of which all tokens are placed."""

    def add(self, words: Iterable[Sequence[int]]) -> None:
        """Go on with these words, each as its tokens, none of which may be empty."""
        self._words.extend(words)

    @property
    def is_over(self) -> bool:
        """True once every word so far is said, and its sound has had its time."""
        return not self._words and not self._queued and self._since >= FINAL_PADS

    def wanted(self) -> int:
        """The next step's text token, or ``PAD_OR_WORD``."""
        if self._queued:
            return self._queued[0]
        if self._forced > 0 or not self._words:
            return PAD
        return PAD_OR_WORD if self._left > 0 else NEW_WORD

    def placed(self, token: int) -> None:
        """What became of ``wanted`` in that step."""
        is_queued = bool(self._queued)
        if token == NEW_WORD and not is_queued:
            self._queued.extend(self._words.popleft())
            self._left, self._since = MOST_PADS, 0
            return
        self._forced, self._left = max(0, self._forced - 1), max(0, self._left - 1)
        if is_queued:
            self._queued.popleft()
            self.said += not self._queued
        else:
            self._since += 1
