"""An answer in progress: what is written, what was handed to the voice, what was heard."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.conversation.sentences import SentenceCutter
from assistant.conversation.updates import MessageShown
from assistant.engine.protocol import UserTurn
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.port import Message, Purpose

CALLS_A_ROUND = 8
"""Tool calls that a model may make before it is told their results."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a tool call, for the model.

    ``untrusted`` where others wrote it, ``rejected`` where the call itself was wrong and nothing ran.
    """

    name: str
    text: str
    untrusted: bool = False
    rejected: bool = False


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
    spoken_characters: int = 0
    spoken_words: int = 0
    is_cut: bool = False
    """The voice has said where the rest of it is, and says no more."""
    first_sentence_at: float | None = None
    silent: bool = False
    """There is no voice for it: it is read, and counts as heard."""
    is_monologue: bool = False
    """The engine says it by itself: each of its words has been heard when it comes."""
    writing: bool = True
    broken_off: bool = False
    """The text engine failed in the middle of it."""
    ended: bool = False
    """``EndReply`` has been sent."""
    audible: bool = False
    played: bool = False
    """The engine has reported that the voice came to the end."""
    rounds: int = 0
    round_start: int = 0
    """Length of the text when the model was last asked."""
    has_led_in: bool = False
    has_corrected: bool = False
    """The model has been told once that a call of its was wrong."""
    untrusted: bool = False
    """The model has read, for this answer, what a tool brought from elsewhere."""
    recalled: bool = False
    """The model has read notes for it."""
    tools: list[dict[str, Any]] = field(default_factory=list)
    """Name, arguments and result of the tools that were run for it."""
    timings: dict[str, float] = field(default_factory=dict)
    """Latency by stage, in seconds."""
    waiting: set[int] = field(default_factory=set)
    """Tool calls out of this answer that still run."""
    waiting_since: float = 0.0
    results: list[Result] = field(default_factory=list)
    """What the model has not been told yet."""
    scanner: OutputPipeline = field(default_factory=OutputPipeline)
    cutter: SentenceCutter = field(default_factory=SentenceCutter)

    def append(self, text: str) -> list[str]:
        """Add visible text; return the sentences that are ready to be said."""
        self.text += text
        if self.is_monologue:
            self.hear(self.text)
        return self.cutter.feed(text)

    def hear(self, text: str) -> None:
        """Take the engine's word for what has left the speaker; it never shrinks."""
        words = len(text.split())
        if self.is_cut:
            words = min(words, self.spoken_words)
        self.heard_words = max(self.heard_words, words)

    def has_said_enough(self, most: int) -> bool:
        """Whether the voice was given ``most`` characters already; 0 sets no limit."""
        return 0 < most <= self.spoken_characters

    @property
    def has_called_enough(self) -> bool:
        """Whether the model has made as many calls as it may before it hears of them."""
        return len(self.waiting) + len(self.results) >= CALLS_A_ROUND

    def hear_all(self) -> None:
        """It has been played, or read, to its end."""
        self.heard_words = len(self.text.split())

    def begin_round(self, now: float) -> tuple[Result, ...]:
        """The model goes on with these results."""
        results = tuple(self.results)
        self.results.clear()
        self.rounds += 1
        self.round_start = len(self.text)
        self.untrusted = self.untrusted or any(each.untrusted for each in results)
        self.has_corrected = self.has_corrected or any(each.rejected for each in results)
        self.writing = True
        self.last_piece = now
        return results

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

    def message(self, text: str, persona: str, interrupted: bool) -> Message:
        """What is remembered of it, where ``text`` was heard."""
        names = tuple(tool["name"] for tool in self.tools)
        return Message("assistant", text, persona, names, interrupted, self.untrusted)

    def shown(self, persona: str) -> MessageShown:
        """What the faces show while it grows."""
        heard = self.heard_characters
        return MessageShown(
            self.message_id, "assistant", self.text, persona, final=False, heard=heard, source="model"
        )

    def shown_at_last(self, text: str, persona: str, interrupted: bool) -> MessageShown:
        """What stays on the screen of it."""
        shown = MessageShown(self.message_id, "assistant", text, persona, final=True, heard=len(text))
        return replace(shown, interrupted=interrupted and bool(text), source="model")
