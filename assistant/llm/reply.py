"""One reply of any text engine: tried again until it begins, and made to fit the model's context."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from assistant.errors import TextEngineError
from assistant.llm.failures import ContextOverflow, Unavailable
from assistant.llm.port import Delta, Dropped, Prompt, TextEngine
from assistant.llm.summary import summary_with
from assistant.memory.context import BLOCK, LEAST

BACK_OFF = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try."""

ROOM = 512
"""Tokens of the context that are kept for the reply."""

_BROKEN_OFF = "The text engine broke off in the middle of its answer."


async def reply(engine: TextEngine, prompt: Prompt) -> AsyncGenerator[Delta, None]:
    """What ``engine`` writes. A reply that has begun is never begun again.

    Raises ``TextEngineError`` with the remedy. ``Dropped`` comes first where history had to go.
    """
    for pause in (*BACK_OFF, None):
        has_begun = False
        try:
            async with aclosing(_fitting(engine, prompt)) as deltas:
                async for delta in deltas:
                    has_begun = True
                    yield delta
            return
        except Unavailable as error:
            if has_begun:
                raise TextEngineError(_BROKEN_OFF, error.remedy) from error
            if pause is None:
                raise
        await asyncio.sleep(pause)


async def fitting(engine: TextEngine, prompt: Prompt) -> Prompt:
    """The prompt as a reply of ``engine`` to it would first be asked for. Raises ``TextEngineError``."""
    return _without(prompt, await _surplus(engine, prompt))


async def _fitting(engine: TextEngine, prompt: Prompt) -> AsyncGenerator[Delta, None]:
    dropped = await _surplus(engine, prompt)
    while True:
        has_begun = False
        fitting = _without(prompt, dropped)
        try:
            async with aclosing(engine.stream(fitting)) as deltas:
                async for delta in deltas:
                    if dropped and not has_begun:
                        yield Dropped(dropped)
                    has_begun = True
                    yield delta
            return
        except ContextOverflow:
            if has_begun or len(fitting.messages) <= LEAST:
                raise
            dropped = _further(prompt, dropped)


async def _surplus(engine: TextEngine, prompt: Prompt) -> int:
    """How many of the oldest messages cannot be in the prompt, in blocks."""
    limit = (await engine.info()).context - ROOM
    dropped = 0
    if limit < 0 or _characters(prompt) <= 2 * limit:
        return 0  # no known tokenizer makes more than one token of two characters of speech
    while len(prompt.messages) - dropped > LEAST:
        if await engine.count(_without(prompt, dropped)) <= limit:
            break
        dropped = _further(prompt, dropped)
    return dropped


def _without(prompt: Prompt, dropped: int) -> Prompt:
    """The prompt with a summary in place of its oldest ``dropped`` messages."""
    summary = summary_with(prompt.summary, prompt.messages[:dropped])
    return replace(prompt, messages=prompt.messages[dropped:], summary=summary)


def _further(prompt: Prompt, dropped: int) -> int:
    return min(dropped + BLOCK, len(prompt.messages) - LEAST)


def _characters(prompt: Prompt) -> int:
    said = (*(each.text for each in prompt.summary), *(each.text for each in prompt.messages))
    texts = (prompt.system, *said, *prompt.pinned, *prompt.notes)
    return sum(map(len, texts)) + sum(len(str(tool)) for tool in prompt.tools)
