"""The monologue's tokens as text, piece by piece."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from assistant.voice.moshi.repetition import SILENT

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SPACE = "\u2581"
"""How sentencepiece writes the space before a word."""


class Words:
    """One monologue's text, through the checkpoint's own tokenizer."""

    def __init__(self, tokenizer: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._tokens = SentencePieceProcessor(model_file=str(tokenizer))
        self.reset()

    def reset(self) -> None:
        """Begin a new monologue."""
        self._bytes = codecs.getincrementaldecoder("utf-8")("replace")

    def tokens_of(self, word: str) -> list[int]:
        """A word as its tokens."""
        tokens: list[int] = self._tokens.encode(word)
        return tokens

    def add(self, token: int) -> str:
        """The text that a step's token brings; empty for silence and for a character's first bytes."""
        if token in SILENT or self._tokens.is_control(token) or self._tokens.is_unknown(token):
            return ""
        piece: str = self._tokens.id_to_piece(token)
        if byte := _BYTE.fullmatch(piece):
            return self._bytes.decode(bytes([int(byte[1], 16)]))
        return piece.replace(_SPACE, " ")
