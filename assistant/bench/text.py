"""``assistant bench text``: a conversation with a text engine, its first tokens warm and cold.

Cold is the last prompt once more behind a beginning that the engine has never seen; warm is what a
conversation has, whose beginning was computed for the turn before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.bench.record import Spread, surroundings, write_record
from assistant.conversation.prompts import build_prompt
from assistant.errors import TextEngineError
from assistant.llm.port import Message, Prompt, Purpose, TextDelta, TextEngine, Usage
from assistant.llm.reply import reply
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry

Say = Callable[[str], object]

QUESTIONS = (
    "Good evening. How was your day?", "Tell me about the sea.", "Why is the sky blue?",
    "What would you cook tonight?", "Do you like music?", "Tell me something about Paris.",
    "How do birds find their way?", "What makes a good friend?", "Which season do you like?",
    "What is a black hole?", "Tell me about old ships.", "What should I read next?",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasuredReply:
    """Times in milliseconds, counts in tokens."""

    first_token_ms: float
    tokens_per_s: float
    prompt: int
    cached: int
    written: int


@dataclass(frozen=True, slots=True)
class TextResult:
    """All that a run found."""

    text_engine: str
    load_ms: float
    turns: tuple[MeasuredReply, ...]
    cold: MeasuredReply
    surroundings: dict[str, Any]

    @property
    def speed_up(self) -> float:
        """How much sooner the first token of the last turn comes warm than cold."""
        return self.cold.first_token_ms / self.turns[-1].first_token_ms

    def as_record(self) -> dict[str, Any]:
        """What is written to disk."""
        first = Spread.of([turn.first_token_ms for turn in self.turns[1:]])
        return {
            "benchmark": "text",
            **self.surroundings,
            "text_engine": self.text_engine,
            "load_ms": round(self.load_ms, 1),
            "first_token_warm_ms": asdict(first),
            "first_token_cold_ms": round(self.cold.first_token_ms, 1),
            "speed_up_at_last_turn": round(self.speed_up, 1),
            "turns": [asdict(turn) for turn in self.turns],
            "cold": asdict(self.cold),
        }


def bench_text(engine: TextEngine, folder: Path, say: Say) -> None:
    """Run, tell the figures, write the record. Raises ``TextEngineError``."""
    result = asyncio.run(run_text(engine))
    say(f"{result.text_engine}: ready after {result.load_ms:.0f} ms")
    say(f"{'turn':>5}{'prompt':>8}{'cached':>8}{'first token':>13}{'tokens/s':>10}")
    for number, turn in enumerate(result.turns, start=1):
        say(_row(str(number), turn))
    say(_row("cold", result.cold))
    say(f"turn {len(result.turns)} begins {result.speed_up:.1f} times sooner than cold")
    say(f"Written to {write_record('text', result.as_record(), folder)}.")


async def run_text(engine: TextEngine) -> TextResult:
    """Twelve turns, each with what was said before, then the last prompt cold."""
    before = surroundings()
    begun = time.perf_counter()
    await engine.info()
    load_ms = (time.perf_counter() - begun) * 1000
    history: list[Message] = []
    turns: list[MeasuredReply] = []
    try:
        for question in QUESTIONS:
            history.append(Message("user", question))
            prompt = _prompt(history)
            measured, text = await _measure(engine, prompt)
            turns.append(measured)
            history.append(Message("assistant", text))
        unseen = replace(prompt, system=f"{time.time_ns()}. {prompt.system}")
        cold, _ = await _measure(engine, unseen)
    finally:
        await engine.close()
    return TextResult(engine.name, load_ms, tuple(turns), cold, before)


def _prompt(history: list[Message]) -> Prompt:
    persona = load_library().default
    return build_prompt(
        Purpose.REPLY, persona, history, default_registry().for_persona(persona).schemas(), ()
    )


async def _measure(engine: TextEngine, prompt: Prompt) -> tuple[MeasuredReply, str]:
    begun = first = last = time.perf_counter()
    pieces: list[str] = []
    usage = Usage(0, 0)
    async with aclosing(reply(engine, prompt)) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                last = time.perf_counter()
                first = last if not pieces else first
                pieces.append(delta.text)
            elif isinstance(delta, Usage):
                usage = delta
    if not pieces:
        raise TextEngineError("The text engine wrote nothing.", "Try another model.")
    speed = (len(pieces) - 1) / (last - first) if last > first else 0.0
    times = MeasuredReply((first - begun) * 1000, speed, usage.prompt, usage.cached, usage.written)
    return times, "".join(pieces)


def _row(name: str, turn: MeasuredReply) -> str:
    return f"{name:>5}{turn.prompt:8}{turn.cached:8}{turn.first_token_ms:10.0f} ms{turn.tokens_per_s:10.1f}"
