"""An answer in progress: what is written, what was handed to the voice, what was heard."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from assistant.conversation.sentences import SentenceCutter
from assistant.engine.protocol import UserTurn
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.port import Purpose

_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class Answer:
    """One answer of one generation, from the first thought to the last word heard."""

    generation: int
    message_id: int
    purpose: Purpose
    started: float
    turn: UserTurn | None = None
    last_piece: float = 0.0
    """When the text engine last wrote something."""
    text: str = ""
    heard_words: int = 0
    sentences: int = 0
    first_sentence_at: float | None = None
    silent: bool = False
    """There is no voice for it: it is read, and counts as heard."""
    writing: bool = True
    broken_off: bool = False
    """The text engine failed in the middle of it."""
    ended: bool = False
    """``EndReply`` has been sent."""
    audible: bool = False
    played: bool = False
    """The engine has reported that the voice came to the end."""
    rounds: int = 0
    tools: list[dict[str, Any]] = field(default_factory=list)
    """Name, arguments and result of the tools that were run for it."""
    timings: dict[str, float] = field(default_factory=dict)
    """Latency by stage, in seconds."""
    waiting: set[int] = field(default_factory=set)
    """Tool calls out of this answer that still run."""
    results: list[tuple[str, str]] = field(default_factory=list)
    """Name and text of the tool results that the model has not seen yet."""
    scanner: OutputPipeline = field(default_factory=OutputPipeline)
    cutter: SentenceCutter = field(default_factory=SentenceCutter)

    def append(self, text: str) -> list[str]:
        """Add visible text; return the sentences that are ready to be said."""
        self.text += text
        return self.cutter.feed(text)

    def hear(self, text: str) -> None:
        """Take the engine's word for what has left the speaker; it never shrinks."""
        self.heard_words = max(self.heard_words, len(text.split()))

    @property
    def heard_characters(self) -> int:
        """How much of ``text`` was heard, up to the end of its last heard word."""
        end = 0
        for count, match in enumerate(_WORD.finditer(self.text), start=1):
            if count > self.heard_words:
                break
            end = match.end()
        return end

    @property
    def heard_text(self) -> str:
        """The heard part of the text."""
        return self.text[: self.heard_characters]
