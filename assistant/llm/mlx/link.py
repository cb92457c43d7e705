"""The parent's questions to the process that MLX runs in, and its answers, several at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncGenerator
from typing import Any

from assistant.errors import TextEngineError
from assistant.llm.failures import ContextOverflow, Unavailable
from assistant.llm.process import ModelProcess

Answer = dict[str, Any]


class Link:
    """Over ``process``'s channel; made and used in one event loop."""

    def __init__(
        self, process: ModelProcess, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self._writer = writer
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Queue[Answer | None]] = {}
        self._is_gone = False
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def over(cls, process: ModelProcess) -> Link:
        """Take over the channel of a process that is ready."""
        process.channel.setblocking(False)
        return cls(process, *await asyncio.open_connection(sock=process.channel))

    @property
    def is_usable(self) -> bool:
        """False once the process is gone."""
        return not self._is_gone and not self.process.has_died

    async def ask(self, what: str, **fields: Any) -> AsyncGenerator[Answer, None]:
        """The answers to one question; leaving the iterator cancels it.

        Raises ``Unavailable`` when the process dies, ``ContextOverflow`` and ``TextEngineError``.
        """
        number, is_over = next(self._numbers), False
        answers = self._waiting[number] = asyncio.Queue()
        try:
            self._send({"id": number, "do": what, **fields})
            while not is_over:
                answer = None if self._is_gone and answers.empty() else await answers.get()
                is_over = answer is None or bool(answer.get("last"))
                yield _checked(answer)
        finally:
            del self._waiting[number]
            if not is_over:
                self._send({"cancel": number})

    async def close(self) -> None:
        """End the process."""
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        await asyncio.to_thread(self.process.end)

    def _send(self, message: dict[str, Any]) -> None:
        if not self._is_gone:
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            async for line in reader:
                answer = json.loads(line)
                if waiting := self._waiting.get(answer["id"]):
                    waiting.put_nowait(answer)
        except (OSError, ValueError):
            pass  # as good as gone
        finally:
            self._is_gone = True
            for waiting in self._waiting.values():
                waiting.put_nowait(None)


def _checked(answer: Answer | None) -> Answer:
    if answer is None:
        raise Unavailable("The process that MLX runs in has ended.", "Its log may say why.")
    if "overflow" in answer:
        raise ContextOverflow(
            "The prompt is longer than the model's context.",
            "Use a model with a longer context, or say: forget everything.",
        )
    if "failed" in answer:
        raise TextEngineError(answer["failed"], answer.get("remedy", "Its log may say more."))
    return answer
