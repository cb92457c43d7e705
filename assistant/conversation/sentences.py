"""Cuts streamed text into sentences, so that the voice can begin before the answer is written."""

from __future__ import annotations

import re

MAX_SENTENCE = 240
"""Characters after which a sentence is cut at its last clause or word."""

_BOUNDARY = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|[A-Z]))\.$")
_CLAUSE = re.compile(r"[,;:—–](?=\s)")


class SentenceCutter:
    """Incremental: what ``feed`` and ``finish`` return, joined by spaces, is the text fed in."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> list[str]:
        """Take a piece of text; return the sentences that it completed."""
        self._rest += piece
        sentences: list[str] = []
        while (end := self._first_end()) is not None:
            sentence, self._rest = self._rest[:end].strip(), self._rest[end:]
            if sentence:
                sentences.append(sentence)
        return sentences

    def finish(self) -> list[str]:
        """Return what is left as the last sentence and start afresh."""
        sentence, self._rest = self._rest.strip(), ""
        return [sentence] if sentence else []

    def _first_end(self) -> int | None:
        for match in _BOUNDARY.finditer(self._rest):
            if match.end() > MAX_SENTENCE:
                break
            if not _ABBREVIATION.search(self._rest[: match.end()]):
                return match.end()
        if len(self._rest) <= MAX_SENTENCE:
            return None
        window = self._rest[:MAX_SENTENCE]
        clauses = list(_CLAUSE.finditer(window))
        if clauses:
            return clauses[-1].end()
        space = window.rfind(" ")
        return space if space > 0 else MAX_SENTENCE
