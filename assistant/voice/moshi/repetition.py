"""Notices when Moshi's monologue goes round in circles, and names the tokens to hold back for a while.

A known failing of the model: it says one phrase over and over. What is held back is the phrase's tokens, so
that anything else may follow; people do repeat themselves, so that a phrase has to come back several times.
"""

from __future__ import annotations

from collections import deque

SILENT = frozenset({0, 3})
"""Ids of the monologue that are no text: a new word begins, nothing is said."""
LONGEST = 16
"""Tokens of the longest phrase that is noticed."""
ENOUGH = 12
"""Tokens that all the repetitions must make up; a short phrase has to come back more often."""
HELD_STEPS = 50
"""Steps for which tokens are held back: four seconds."""


class RepetitionGuard:
    """Watches the monologue of one conversation."""

    def __init__(self) -> None:
        self._said: deque[int] = deque(maxlen=3 * LONGEST)
        self._held: frozenset[int] = frozenset()
        self._steps_left = 0

    def said(self, token: int) -> frozenset[int]:
        """A step's token of the monologue; the tokens to hold back in the next step."""
        self._steps_left -= 1
        if self._steps_left <= 0:
            self._held = frozenset()
        if token not in SILENT:
            self._said.append(token)
            if not self._held and (phrase := self._repeated()):
                self._held, self._steps_left = frozenset(phrase), HELD_STEPS
                self._said.clear()
        return self._held

    def _repeated(self) -> list[int]:
        said = list(self._said)
        for length in range(1, LONGEST + 1):
            times = max(3, -(-ENOUGH // length))
            if len(said) >= times * length and said[-times * length :] == said[-length:] * times:
                return said[-length:]
        return []
