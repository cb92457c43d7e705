"""Puts an ellipsis in the place of words that the user does not want to read or hear."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "…"

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_OPEN_WORD = re.compile(r"\w+(?:['’]\w+)*['’]?\Z")


class WordHider:
    """Incremental: whole words, whatever their case; the last word is held back until it is over."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word.casefold() for word in words}
        self._held = ""

    def feed(self, text: str) -> str:
        """The text that is certain."""
        if not self._words:
            return text
        text = self._held + text
        open_word = _OPEN_WORD.search(text)
        end = open_word.start() if open_word else len(text)
        self._held = text[end:]
        return self._hidden(text[:end])

    def finish(self) -> str:
        """What was held back."""
        text, self._held = self._held, ""
        return self._hidden(text)

    def _hidden(self, text: str) -> str:
        return _WORD.sub(lambda word: HIDDEN if word[0].casefold() in self._words else word[0], text)
