"""A monologue's tokens as text, and where in it the speaker's turn ends. Nothing here runs a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.voice.moshi.repetition import SILENT

PAUSE = 2
"""Index of the head that tells whether a pause of two seconds begins."""
TURN_ENDS = 0.6
"""Probability of that pause from which on a turn is over, as in Kyutai's own voice loop (Unmute)."""
UNSETTLED = 12
"""First steps, in which the heads say anything."""
CUT = "\ufffd"
"""What decoding shows for a character of which bytes are still to come."""


class Transcript:
    """Text from tokens, as it grows; ``decode`` is the text tokenizer's."""

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        self.text = ""

    def add(self, token: int) -> str:
        """A step's token; the text that it adds."""
        if token in SILENT:
            return ""
        self._tokens.append(token)
        text = self._decode(self._tokens)
        if text.endswith(CUT):
            return ""
        # A word within a turn begins with a space, which decoding leaves out at the very beginning only.
        added = text[len(self.text) :]
        self.text = text
        return added

    def take(self) -> str:
        """All of the text, which begins anew."""
        text, self.text = self.text, ""
        self._tokens.clear()
        return text


class TurnEnds:
    """Tells the step in which the speaker is done: words were heard, and a pause of two seconds begins."""

    def __init__(self) -> None:
        self._step = 0
        self._words = False

    def over(self, token: int, pauses: Sequence[float]) -> bool:
        """A step's token and its pauses' probabilities."""
        self._step += 1
        self._words = self._words or token not in SILENT
        if not self._words or self._step <= UNSETTLED or pauses[PAUSE] <= TURN_ENDS:
            return False
        self._words = False
        return True
