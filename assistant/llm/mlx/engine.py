"""Text models on MLX, in a process of their own.

MLX wants one thread to own all its work, and a step in it cannot be broken off: a prompt of some thousand
tokens would hold up every frame of speech behind it. So speech and text share no process.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from assistant.errors import TextEngineError
from assistant.llm.chat import chat_messages
from assistant.llm.llama.gguf import read_header
from assistant.llm.mlx.folder import open_folder
from assistant.llm.mlx.gguf_support import why_not
from assistant.llm.mlx.link import Answer, Link
from assistant.llm.port import UNSAID, Delta, Finished, FinishReason, ModelInfo, Prompt, TextDelta, Usage
from assistant.llm.process import start_model_process
from assistant.llm.reply import fitting
from assistant.llm.sampling import Sampling

CHILD = "assistant.llm.mlx.child"
INSTALL = "Start with ./scripts/run --text-engine mlx, or: pip install '.[mlx]'."


class MlxEngine:
    """``path`` of a folder with safetensors or a GGUF file that MLX reads; ``context`` in tokens at most."""

    def __init__(
        self, path: Path, log_path: Path, *, context: int = 8192, sampling: Sampling | None = None
    ) -> None:
        self._path = path
        self._log_path = log_path
        self._context = context
        self._sampling = sampling or Sampling()
        self._link: Link | None = None
        self._starting = asyncio.Lock()

    @property
    def name(self) -> str:
        """For example "mlx Qwen3-1.7B-4bit"."""
        return f"mlx {self._model}"

    @property
    def pid(self) -> int | None:
        """The process that holds the model, while there is one."""
        return self._link.process.process.pid if self._link else None

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port; a process that has died is started again by the next try."""
        link = await self._running()
        asked = link.ask(
            "reply",
            messages=chat_messages(prompt),
            temperature=self._sampling.temperature,
            top_p=self._sampling.top_p,
            max_tokens=self._sampling.max_tokens,
        )
        async with aclosing(asked) as answers:
            async for answer in answers:
                for delta in _deltas(answer):
                    yield delta

    async def read_ahead(self, prompt: Prompt) -> None:
        """See ``ReadsAhead``; starts no process, as a reply that cancels it would start another."""
        link = self._link
        if link is None or not link.is_usable:
            return
        messages = chat_messages(await fitting(self, prompt))
        async with aclosing(link.ask("read", messages=messages, before=UNSAID)) as answers:
            async for _ in answers:
                pass

    async def info(self) -> ModelInfo:
        """See the port."""
        return ModelInfo("mlx", self._model, (await self._running()).process.told["context"])

    async def count(self, prompt: Prompt) -> int:
        """Exact: by the model's own template and tokenizer."""
        link = await self._running()
        async with aclosing(link.ask("count", messages=chat_messages(prompt))) as answers:
            return int((await anext(answers))["tokens"])

    async def close(self) -> None:
        """End the process."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    @property
    def _model(self) -> str:
        return self._path.stem if self._path.suffix == ".gguf" else self._path.name

    async def _running(self) -> Link:
        async with self._starting:
            if self._link is not None and not self._link.is_usable:
                await self.close()
            if self._link is None:
                config = await asyncio.to_thread(self._checked)
                process = await asyncio.to_thread(
                    start_model_process, CHILD, config, self._path.name, self._log_path
                )
                self._link = await Link.over(process)
            return self._link

    def _checked(self) -> dict[str, Any]:
        """The child's configuration, once the files were looked into. Raises ``TextEngineError``."""
        if self._path.suffix != ".gguf":
            open_folder(self._path)
        elif reason := why_not(read_header(self._path)):
            raise TextEngineError(reason, "Use it with llama.")
        if importlib.util.find_spec("mlx_lm") is None:
            raise TextEngineError("mlx-lm is not installed.", INSTALL)
        return {"path": str(self._path), "context": self._context}


def _deltas(answer: Answer) -> list[Delta]:
    deltas: list[Delta] = []
    if text := answer.get("text"):
        deltas.append(TextDelta(text))
    if usage := answer.get("usage"):
        deltas.append(Usage(*usage))
    if reason := answer.get("finished"):
        deltas.append(Finished(FinishReason(reason)))
    return deltas
