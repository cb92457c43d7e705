"""A long prompt is computed a chunk at a time, so that a cancel waits for one chunk at most.

llama.cpp's server notices that nobody listens any more when it tells of a finished chunk, and has then begun
the next. So it is asked for one chunk after the other: each request finds what was computed in its cache.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.llm.endpoint import Endpoint

_KEPT = 16
"""Prompts that are remembered; the server keeps fewer, by their size."""

_SHARE_AHEAD = 4
"""Ahead of a reply a chunk is so many times smaller: a reply to something else then waits less for it."""


@dataclass(slots=True)
class Computed:
    """``count`` of ``tokens`` and of the reply to them that the server has computed.

    ``cached`` of them it had from before; ``None`` where it was not asked.
    """

    tokens: list[int]
    count: int
    cached: int | None = None

    def wrote(self) -> None:
        """A token of the reply has come, so that all of the prompt was computed."""
        self.count = max(self.count, len(self.tokens)) + 1

    def shared_with(self, tokens: list[int]) -> int:
        """How many of ``tokens`` need not be computed again while the server still has these."""
        if tokens[: len(self.tokens)] == self.tokens:
            return min(self.count, len(tokens))
        common = bisect_left(range(1, len(tokens) + 1), True, key=lambda n: tokens[:n] != self.tokens[:n])
        return min(common, self.count)


class ChunkedPrefill:
    """Over the llama.cpp server at ``endpoint``; ``chunk`` and ``context`` in tokens."""

    def __init__(self, endpoint: Endpoint, chunk: int, context: int) -> None:
        self._endpoint, self._chunk, self._context = endpoint, chunk, context
        self._kept: deque[Computed] = deque(maxlen=_KEPT)
        self._one = asyncio.Lock()

    async def for_reply(self, tokens: list[int]) -> Computed:
        """Have all but the last chunk of ``tokens`` computed; a reply to them is then asked for as ever.

        What does not fit the context is left for the server to refuse.
        """
        async with self._one:
            computed = self._known_of(tokens)
            await self._read(computed, range(computed.count + self._chunk, len(tokens), self._chunk))
            return computed

    async def ahead(self, tokens: list[int]) -> None:
        """Have all of ``tokens`` computed, in chunks that a reply hardly waits for once this is cancelled."""
        async with self._one:
            computed = self._known_of(tokens)
            if computed.count < len(tokens):
                chunk = max(1, self._chunk // _SHARE_AHEAD)
                ends = range(computed.count + chunk, len(tokens), chunk)
                await self._read(computed, (*ends, len(tokens)))

    def _known_of(self, tokens: list[int]) -> Computed:
        known = max((each.shared_with(tokens) for each in self._kept), default=0)
        self._kept.append(Computed(tokens, known))
        return self._kept[-1]

    async def _read(self, computed: Computed, ends: Iterable[int]) -> None:
        if len(computed.tokens) >= self._context:
            return
        for end in ends:
            body = {"prompt": computed.tokens[:end], "n_predict": 0, "cache_prompt": True}
            told = await self._endpoint.post("/completion", body)
            computed.count = end
            if computed.cached is None:
                computed.cached = int(told["timings"]["cache_n"])
