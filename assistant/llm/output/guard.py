"""Stops a model that goes round in circles or never comes to an end."""

from __future__ import annotations

LIMIT = 4_000
"""Characters of one reply: four minutes of speech."""

STEP = 16
"""Characters between two looks."""

TIMES = 4
LEAST = 64
"""A loop is anything said ``TIMES`` times in a row, over at least ``LEAST`` characters."""

LONGEST = 240
"""Characters of a loop's unit at most."""


class Guard:
    """Incremental and independent of the pieces; ``ended`` once the reply is cut."""

    def __init__(self) -> None:
        self._tail = ""
        self._count = 0
        self.ended = False

    def feed(self, text: str) -> str:
        """The part of the text that may pass."""
        passed: list[str] = []
        while text and not self.ended:
            size = STEP - self._count % STEP
            piece, text = text[:size], text[size:]
            passed.append(piece)
            self._count += len(piece)
            self._tail = (self._tail + piece)[-LONGEST * TIMES :]
            if self._count % STEP == 0:
                self.ended = self._count >= LIMIT or is_loop(self._tail)
        return "".join(passed)


def is_loop(text: str) -> bool:
    """True when the text ends in the same unit again and again."""
    for size in range(1, len(text) // TIMES + 1):
        times = max(TIMES, -(-LEAST // size))
        unit = text[-size:]
        if size * times <= len(text) and text.endswith(unit * times) and not unit.isspace():
            return True
    return False
