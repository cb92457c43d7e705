"""What our own layers cost between a server's bytes and the session, in processor time."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import httpx2
import pytest

from assistant.conversation.effects import ReplyPiece
from assistant.conversation.requests import TypedTurn
from assistant.conversation.session import Session
from assistant.llm.endpoint import Endpoint
from assistant.llm.openai import OpenAIEngine
from assistant.llm.port import TextDelta
from assistant.llm.reply import reply
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.llm.prompts import prompt
from tests.llm.test_openai import DONE, MODELS, event

TOKENS = 5_000
A_REPLY = 250
"""Tokens of one answer; a longer one is cut."""


class Stream(httpx2.AsyncByteStream):
    """A server's answer, one event a piece, as a socket gives it."""

    def __init__(self) -> None:
        head = {"id": "chatcmpl-1", "created": 1, "model": "tiny", "object": "chat.completion.chunk"}
        words = (event({"content": f" word{number}"}, None, **head) for number in range(A_REPLY))
        self._pieces = [piece.encode() for piece in (*words, DONE)]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def answer(request: httpx2.Request) -> httpx2.Response:
    if request.url.path.endswith("/models"):
        return httpx2.Response(200, json=json.loads(MODELS))
    return httpx2.Response(200, stream=Stream())


@pytest.mark.long  # a timing, and coverage would be measured with it
async def test_a_token_costs_less_than_a_third_of_a_millisecond():
    endpoint = Endpoint("http://localhost/v1", transport=httpx2.MockTransport(answer))
    engine = OpenAIEngine(endpoint)
    await engine.info()
    session = Session(load_library(), default_registry(), "default", greets=False)
    asked, firsts = prompt("Tell me a story."), []
    begun = time.process_time()
    for _ in range(TOKENS // A_REPLY):
        session.handle(TypedTurn("Tell me a story, in your own words."), 0.0)
        generation, start, seen = session.generation, time.process_time(), 0
        async for delta in reply(engine, asked):
            if isinstance(delta, TextDelta):
                session.handle(ReplyPiece(generation, delta.text), 0.0)
                seen += 1
            if seen == 1:
                firsts.append(time.process_time() - start)
        assert seen == A_REPLY
    cost = (time.process_time() - begun) / TOKENS
    await engine.close()
    first = sorted(firsts)[len(firsts) // 2]
    print(f"{cost * 1e6:.0f} µs a token, {first * 1e3:.1f} ms to the first")
    assert cost < 0.0003
    assert first < 0.005
