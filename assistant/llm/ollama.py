"""Ollama through its own interface: only that sets the context's length and how long a model stays loaded.

Source: Ollama's "docs/api.md" (``/api/chat``, ``/api/tags``, ``/api/show``, ``/api/pull``).
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from assistant.errors import TextEngineError
from assistant.llm.calls_by_schema import LONGEST_CALL, call_schema, with_calls_by_schema
from assistant.llm.chat import ChatMessage, chat_messages, tool_schemas
from assistant.llm.endpoint import Endpoint, NotFound, error_message, not_json
from assistant.llm.failures import Unavailable
from assistant.llm.native_calls import read_call
from assistant.llm.openai import estimated_tokens, unknown_model
from assistant.llm.port import Delta, Finished, FinishReason, ModelInfo, Prompt, TextDelta, Usage
from assistant.llm.sampling import Sampling

ADDRESS = "http://localhost:11434"

KEEP_ALIVE = "30m"
"""How long a model stays loaded after a reply; Ollama's own five minutes are short for a conversation."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """One report of a download; ``completed`` of ``total`` bytes of the layer that ``status`` names."""

    status: str
    completed: int = 0
    total: int = 0


class OllamaEngine:
    """``model`` empty takes the first of the installed ones; ``context`` is in tokens."""

    def __init__(
        self, endpoint: Endpoint, model: str = "", *, context: int = 8192, sampling: Sampling | None = None
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._context = context
        self._sampling = sampling or Sampling()
        self._native_tools: bool | None = None

    @property
    def name(self) -> str:
        """For example "ollama llama3.2"."""
        return f"ollama {self._model}".strip()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port."""
        await self.info()
        messages = chat_messages(prompt, native_tools=bool(self._native_tools))
        more = {"tools": tool_schemas(prompt)} if prompt.tools and self._native_tools else {}
        deltas = self._chat(messages, self._sampling.max_tokens, more)
        if prompt.tools and not self._native_tools:
            schema = {"format": call_schema(prompt.tools)}
            deltas = with_calls_by_schema(
                deltas,
                lambda begun: self._chat(
                    [*messages, {"role": "assistant", "content": begun}], LONGEST_CALL, schema
                ),
            )
        async with aclosing(deltas):
            async for delta in deltas:
                yield delta

    async def _chat(
        self, messages: list[ChatMessage], limit: int, more: dict[str, Any]
    ) -> AsyncGenerator[Delta, None]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "stream": True,
            "keep_alive": KEEP_ALIVE,
            "options": {
                "num_ctx": self._context,
                "temperature": self._sampling.temperature,
                "top_p": self._sampling.top_p,
                "num_predict": limit,
            },
            **more,
        }
        try:
            async with aclosing(self._objects("/api/chat", body)) as objects:
                async for each in objects:
                    for delta in _deltas(each):
                        yield delta
                    if each.get("done"):
                        return
        except NotFound as error:
            raise await self._unknown() from error
        raise Unavailable(f"{self._endpoint.url} broke off its answer.", "Is Ollama still running?")

    async def _objects(self, path: str, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """One JSON object a line; an error in the middle of a stream is a line of its own."""
        async with aclosing(self._endpoint.lines(path, body)) as lines:
            async for line in lines:
                if not line.strip():
                    continue
                try:
                    found = json.loads(line)
                except ValueError as error:
                    raise not_json(self._endpoint.url) from error
                if "error" in found:
                    reason = error_message(line)
                    raise TextEngineError(f"Ollama failed: {reason}.", "Its log says more.")
                yield found

    async def models(self) -> list[str]:
        """The installed models, by name."""
        tags = await self._endpoint.get("/api/tags")
        return [str(each.get("name", "")) for each in tags.get("models") or ()]

    async def info(self) -> ModelInfo:
        """The context is what is asked of Ollama for every reply, or the model's own where that is less."""
        if not self._model:
            installed = await self.models()
            if not installed:
                raise TextEngineError("Ollama has no model.", "Get one: assistant models pull llama3.2")
            self._model = installed[0]
        if self._native_tools is None:
            try:
                shown = await self._endpoint.post("/api/show", {"model": self._model})
            except NotFound as error:
                raise await self._unknown() from error
            self._native_tools = "tools" in (shown.get("capabilities") or ())
            lengths = [
                value
                for key, value in (shown.get("model_info") or {}).items()
                if key.endswith(".context_length") and isinstance(value, int)
            ]
            self._context = min([self._context, *lengths])
        return ModelInfo("ollama", self._model, self._context)

    async def count(self, prompt: Prompt) -> int:
        """Estimated: the interface has no tokenizer, and a prompt that is too long is cut in silence."""
        return estimated_tokens(prompt)

    async def pull(self, model: str) -> AsyncGenerator[PullProgress, None]:
        """Download a model, which Ollama resumes and verifies; ends with the status "success"."""
        async with aclosing(self._objects("/api/pull", {"model": model, "stream": True})) as objects:
            async for each in objects:
                yield PullProgress(
                    str(each.get("status", "")), int(each.get("completed") or 0), int(each.get("total") or 0)
                )

    async def close(self) -> None:
        """Close the connections; the model stays loaded for ``KEEP_ALIVE``."""
        await self._endpoint.close()

    async def _unknown(self) -> TextEngineError:
        error = await unknown_model(self._model, self.models)
        remedy = f"{error.remedy} Or get it: assistant models pull {self._model}"
        return TextEngineError(error.message, remedy)


def _deltas(answer: dict[str, Any]) -> list[Delta]:
    message = answer.get("message") or {}
    deltas: list[Delta] = []
    if text := message.get("content"):
        deltas.append(TextDelta(text))
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        deltas.append(read_call(str(function.get("name") or ""), function.get("arguments") or {}))
    if answer.get("done"):
        deltas.append(Usage(answer.get("prompt_eval_count") or 0, answer.get("eval_count") or 0))
        is_cut = answer.get("done_reason") == "length"
        deltas.append(Finished(FinishReason.LENGTH if is_cut else FinishReason.STOP))
    return deltas
