"""Finds fixed strings in text that arrives in pieces: the leftmost, and of those the longest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class LiteralScanner:
    """Yields text and the literals between, in order; the pieces never change what is found.

    Only an end of the text that a literal may begin with is held back.
    """

    def __init__(self, literals: Iterable[str]) -> None:
        longest_first = sorted(set(literals), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        self._beginnings = {each[:end] for each in longest_first for end in range(1, len(each))}
        self._longest = len(longest_first[0]) - 1
        self._held = ""

    def feed(self, piece: str) -> Iterator[tuple[str, bool]]:
        """``(text, is a literal)`` for all that is certain; run it to its end before feeding more."""
        return self._scan(self._held + piece, is_last=False)

    def finish(self) -> Iterator[tuple[str, bool]]:
        """What was held back."""
        return self._scan(self._held, is_last=True)

    def _scan(self, text: str, *, is_last: bool) -> Iterator[tuple[str, bool]]:
        begin = len(text) if is_last else self._first_open(text)
        at = 0
        self._held = ""
        while (found := self._pattern.search(text, at)) and (is_last or found.start() < begin):
            if found.start() > at:
                yield text[at : found.start()], False
            yield found[0], True
            at = found.end()
            begin = max(begin, at)
        if text[at:begin]:
            yield text[at:begin], False
        self._held = text[begin:]

    def _first_open(self, text: str) -> int:
        """Where an end begins that a literal may go on from."""
        for start in range(max(0, len(text) - self._longest), len(text)):
            if text[start:] in self._beginnings:
                return start
        return len(text)
