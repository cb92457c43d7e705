"""GGUF files through llama.cpp, whose own server runs in a process of its own behind a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import httpx2

from assistant.errors import TextEngineError
from assistant.llm.chat import chat_messages
from assistant.llm.endpoint import Endpoint
from assistant.llm.failures import Unavailable
from assistant.llm.llama.child import LlamaConfig
from assistant.llm.llama.gguf import read_header
from assistant.llm.openai import OpenAIEngine
from assistant.llm.port import Delta, ModelInfo, Prompt
from assistant.llm.sampling import Sampling

CACHE_MB = 256
"""Prompts that were computed before, of other personas above all, are kept in so much memory."""

START_LIMIT = 120.0
"""Seconds that a model may take to load."""

INSTALL = "Start with ./scripts/run --text-engine llama, or: pip install '.[llama]'."


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    folder: Path
    endpoint: Endpoint
    engine: OpenAIEngine


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
        self._sampling = sampling
        self._server: _Server | None = None
        self._starting = asyncio.Lock()

    @property
    def name(self) -> str:
        """For example "llama SmolLM2-135M-Instruct.Q4_1"."""
        return f"llama {self._path.stem}"

    @property
    def pid(self) -> int | None:
        """The process that holds the model, while there is one."""
        return self._server.process.pid if self._server else None

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port; a process that has died is started again by the next try."""
        server = await self._running()
        async with aclosing(server.engine.stream(prompt)) as deltas:
            async for delta in deltas:
                yield delta

    async def info(self) -> ModelInfo:
        """See the port."""
        return await (await self._running()).engine.info()

    async def count(self, prompt: Prompt) -> int:
        """Exact: by the model's own template and tokenizer."""
        endpoint = (await self._running()).endpoint
        text = await endpoint.post("/apply-template", {"messages": chat_messages(prompt)})
        body = {"content": text["prompt"], "add_special": True, "parse_special": True}
        return len((await endpoint.post("/tokenize", body))["tokens"])

    async def close(self) -> None:
        """End the process."""
        server, self._server = self._server, None
        if server is not None:
            await server.engine.close()
            await asyncio.to_thread(_end, server)

    # --- the process -------------------------------------------------------------------------------

    async def _running(self) -> _Server:
        async with self._starting:
            if self._server is not None and self._server.process.poll() is not None:
                await self.close()
            if self._server is None:
                self._server = await asyncio.to_thread(self._start)
            return self._server

    def _start(self) -> _Server:
        header = read_header(self._path)
        if importlib.util.find_spec("xllamacpp") is None:
            raise TextEngineError("llama.cpp is not installed.", INSTALL)
        folder = Path(tempfile.mkdtemp(prefix="assistant-llama-"))
        config = LlamaConfig(
            path=str(self._path),
            socket=str(folder / "llama.sock"),
            key=secrets.token_hex(16),
            alias=self._path.stem,
            context=min(self._context, header.context or self._context),
            threads=self._threads,
            # A cancelled prefill ends with the batch after the one at work: 1.5 s on a slow processor, a
            # moment on a GPU. Half of 64 makes every prompt cost an eighth more.
            batch=512 if platform.system() == "Darwin" else 64,
            cache_mb=CACHE_MB,
        )
        process, channel = self._spawn()
        try:
            self._wait_until_ready(channel, config)
        except TextEngineError:
            process.kill()
            process.wait()
            channel.close()
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
        return _Server(process, channel, folder, endpoint, engine)

    def _spawn(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs, self._log_path.open("ab") as log_file:
            process = subprocess.Popen(
                [sys.executable, "-m", "assistant.llm.llama.child", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return process, ours

    def _wait_until_ready(self, channel: socket.socket, config: LlamaConfig) -> None:
        channel.settimeout(START_LIMIT)
        try:
            channel.sendall(config.as_json().encode())
            with channel.makefile("r", encoding="utf-8") as file:
                line = file.readline()
        except TimeoutError as error:
            raise Unavailable(f"{self._path.name} takes too long to load.", "Use a smaller model.") from error
        except OSError:
            line = ""
        if not line:
            # What ends llama.cpp without a word (memory, a file it cannot bear) will do so again.
            raise TextEngineError(
                f"llama.cpp ended while it loaded {self._path.name}.", f"{self._log_path} may say why."
            )
        if failed := json.loads(line).get("failed"):
            raise TextEngineError(f"{self._path.name} cannot be loaded: {failed}.", "Use another model.")


def _end(server: _Server) -> None:
    server.channel.close()
    try:
        server.process.wait(2.0)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    with contextlib.suppress(OSError):
        shutil.rmtree(server.folder)
