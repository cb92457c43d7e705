"""GGUF files through llama.cpp, whose own server runs in a process of its own behind a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import logging
import os
import platform
import secrets
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from assistant.errors import TextEngineError
from assistant.llm.calls_by_schema import LONGEST_CALL, call_schema, with_calls_by_schema
from assistant.llm.chat import chat_messages
from assistant.llm.endpoint import Endpoint
from assistant.llm.failures import Unavailable
from assistant.llm.llama.child import LlamaConfig
from assistant.llm.llama.gguf import read_header
from assistant.llm.llama.prefill import ChunkedPrefill
from assistant.llm.openai import OpenAIEngine
from assistant.llm.port import UNSAID, Delta, Finished, FinishReason, ModelInfo, Prompt, TextDelta, Usage
from assistant.llm.process import ModelProcess, start_model_process
from assistant.llm.reply import fitting
from assistant.llm.sampling import Sampling

log = logging.getLogger(__name__)

CACHE_MB = 256
"""Prompts that were computed before, of other personas above all, are kept in so much memory."""

CHILD = "assistant.llm.llama.child"

_GUIDANCE = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "lenient": True,
}
"""How a schema becomes a grammar: JSON's white space could else go on for ever, and a keyword that is not
known would silently leave the whole call to the model. Source: llguidance's "docs/json_schema.md"."""

INSTALL = "Start with ./scripts/run --text-engine llama, or: pip install '.[llama]'."


@dataclass(frozen=True, slots=True)
class _Server:
    process: ModelProcess
    folder: Path
    endpoint: Endpoint
    engine: OpenAIEngine
    prefill: ChunkedPrefill


class LlamaEngine:
    """``path`` of a GGUF file; ``context`` in tokens at most; ``threads`` 0: all but one, for speech."""

    def __init__(
        self,
        path: Path,
        log_path: Path,
        *,
        context: int = 8192,
        threads: int = 0,
        sampling: Sampling | None = None,
    ) -> None:
        self._path = path
        self._log_path = log_path
        self._context = context
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._sampling = sampling or Sampling()
        self._server: _Server | None = None
        self._starting = asyncio.Lock()

    @property
    def name(self) -> str:
        """For example "llama SmolLM2-135M-Instruct.Q4_1"."""
        return f"llama {self._path.stem}"

    @property
    def pid(self) -> int | None:
        """The process that holds the model, while there is one."""
        return self._server.process.process.pid if self._server else None

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port; a process that has died is started again by the next try."""
        server = await self._running()
        computed = await server.prefill.for_reply(await _tokens(server.endpoint, prompt))
        deltas = server.engine.stream(prompt)
        if prompt.tools:
            deltas = with_calls_by_schema(deltas, lambda begun: self._call(server.endpoint, prompt, begun))
        async with aclosing(deltas):
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    computed.wrote()
                if isinstance(delta, Usage) and computed.cached is not None:
                    yield replace(delta, cached=computed.cached)
                else:
                    yield delta

    async def read_ahead(self, prompt: Prompt) -> None:
        """See ``ReadsAhead``; starts no process, as a reply that cancels it would start another."""
        server = self._server
        if server is None or server.process.has_died:
            return
        text = await _as_text(server.endpoint, await fitting(self, prompt))
        known, stands_in, _ = text.rpartition(UNSAID)
        if stands_in:
            await server.prefill.ahead(await _tokens_of(server.endpoint, known))

    async def info(self) -> ModelInfo:
        """See the port."""
        return await (await self._running()).engine.info()

    async def count(self, prompt: Prompt) -> int:
        """Exact: by the model's own template and tokenizer."""
        return len(await _tokens((await self._running()).endpoint, prompt))

    async def close(self) -> None:
        """End the process."""
        server, self._server = self._server, None
        if server is not None:
            await server.engine.close()
            await asyncio.to_thread(_end, server)

    async def _call(self, endpoint: Endpoint, prompt: Prompt, begun: str) -> AsyncGenerator[Delta, None]:
        """The call that the reply ``begun`` goes on with, in the grammar that llama.cpp makes of a schema."""
        body: dict[str, Any] = {
            "prompt": await _as_text(endpoint, prompt) + begun,
            "temperature": self._sampling.temperature,
            "top_p": self._sampling.top_p,
            "n_predict": LONGEST_CALL,
            "stream": True,
        }
        schema = call_schema(prompt.tools) | {"x-guidance": _GUIDANCE}
        held = endpoint.lines("/completion", body | {"json_schema": schema})
        try:
            first = await anext(held)
        except Unavailable:
            raise
        except TextEngineError as error:
            # A server of tools may describe them in ways that llama.cpp makes no grammar of.
            log.warning("A tool call is not held to its schema: %s", error)
            held, first = endpoint.lines("/completion", body), ""
        async with aclosing(held) as lines:
            for delta in _completed(first):
                yield delta
            async for line in lines:
                for delta in _completed(line):
                    yield delta
                    if isinstance(delta, Finished):
                        return
        raise Unavailable("llama.cpp broke off its answer.", "Its log may say why.")

    # --- the process -------------------------------------------------------------------------------

    async def _running(self) -> _Server:
        async with self._starting:
            if self._server is not None and self._server.process.has_died:
                await self.close()
            if self._server is None:
                self._server = await asyncio.to_thread(self._start)
            return self._server

    def _start(self) -> _Server:
        header = read_header(self._path)
        if importlib.util.find_spec("xllamacpp") is None:
            raise TextEngineError("llama.cpp is not installed.", INSTALL)
        has_gpu = platform.system() == "Darwin"
        folder = Path(tempfile.mkdtemp(prefix="assistant-llama-"))
        config = LlamaConfig(
            path=str(self._path),
            socket=str(folder / "llama.sock"),
            key=secrets.token_hex(16),
            alias=self._path.stem,
            context=min(self._context, header.context or self._context),
            threads=self._threads,
            # What a cancelled prefill still takes: 0.2 to 1.5 s on a processor, a moment on a GPU. Half of 64
            # makes every prompt cost an eighth more.
            batch=512 if has_gpu else 64,
            cache_mb=CACHE_MB,
            flash_attention=has_gpu,
        )
        try:
            process = start_model_process(CHILD, asdict(config), self._path.name, self._log_path)
        except TextEngineError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        transport = httpx2.AsyncHTTPTransport(uds=config.socket)
        endpoint = Endpoint(
            "http://localhost", key=config.key, remedy="Its log says more.", transport=transport
        )
        engine = OpenAIEngine(
            endpoint,
            config.alias,
            sampling=self._sampling,
            native_tools=False,
            label="llama",
            # It notices that nobody listens any more when it writes; otherwise that is at the first token.
            extra={"return_progress": True},
        )
        prefill = ChunkedPrefill(endpoint, config.batch, config.context)
        return _Server(process, folder, endpoint, engine, prefill)


def _completed(line: str) -> list[Delta]:
    """What a line of the server's own interface for raw prompts says."""
    if not line.startswith("data:"):
        return []
    piece = json.loads(line[5:])
    deltas: list[Delta] = [TextDelta(piece["content"])]
    if piece["stop"]:
        computed, cached = piece["tokens_evaluated"], piece["tokens_cached"]
        deltas += [Usage(computed, piece["tokens_predicted"], min(computed, cached))]
        deltas += [Finished(FinishReason.TOOL_CALLS)]
    return deltas


async def _tokens(endpoint: Endpoint, prompt: Prompt) -> list[int]:
    return await _tokens_of(endpoint, await _as_text(endpoint, prompt))


async def _tokens_of(endpoint: Endpoint, text: str) -> list[int]:
    body = {"content": text, "add_special": True, "parse_special": True}
    return list((await endpoint.post("/tokenize", body))["tokens"])


async def _as_text(endpoint: Endpoint, prompt: Prompt) -> str:
    """The prompt as the model's own template writes it."""
    made = await endpoint.post("/apply-template", {"messages": chat_messages(prompt)})
    return str(made["prompt"])


def _end(server: _Server) -> None:
    server.process.end()
    with contextlib.suppress(OSError):
        shutil.rmtree(server.folder)
