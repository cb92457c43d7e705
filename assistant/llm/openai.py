"""Any server that speaks OpenAI's chat completions: llama-server, vLLM, LM Studio, mlx_lm.server, exo.

Source: the API reference's "Chat completions" (streaming, tools, ``stream_options.include_usage``).
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import Any

from rapidfuzz import process

from assistant.errors import TextEngineError
from assistant.llm.calls_by_schema import LONGEST_CALL, call_schema
from assistant.llm.chat import chat_messages, tool_schemas
from assistant.llm.endpoint import Endpoint, NotFound, NotJson, error_message, not_json
from assistant.llm.failures import Unavailable
from assistant.llm.native_calls import CallFragments, read_call
from assistant.llm.port import (
    Delta,
    Finished,
    FinishReason,
    MalformedCallDelta,
    ModelInfo,
    Prompt,
    TextDelta,
    Usage,
)
from assistant.llm.sampling import Sampling

_REASONS = {"length": FinishReason.LENGTH, "tool_calls": FinishReason.TOOL_CALLS}
_CONTEXT_KEYS = ("n_ctx", "max_model_len", "context_length", "context_window")


class OpenAIEngine:
    """``model`` empty takes the one that the server offers (the first of several).

    ``extra`` goes into every request beside what the interface names.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str = "",
        *,
        sampling: Sampling | None = None,
        native_tools: bool = True,
        label: str = "openai",
        extra: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._sampling = sampling or Sampling()
        self._native_tools = native_tools
        self._label = label
        self._extra = extra
        self._info: ModelInfo | None = None

    @property
    def name(self) -> str:
        """For example "openai qwen3-8b"."""
        return f"{self._label} {self._model}".strip()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port."""
        info = await self.info()
        body: dict[str, Any] = {
            **({"model": info.model} if info.model else {}),
            "messages": chat_messages(prompt, native_tools=self._native_tools),
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": self._sampling.temperature,
            "top_p": self._sampling.top_p,
            "max_tokens": self._sampling.max_tokens,
            **self._extra,
        }
        if prompt.tools and self._native_tools:
            body["tools"] = tool_schemas(prompt)
        try:
            async with aclosing(self._events(body)) as events:
                async for delta in read_events(events):
                    yield await self._corrected(delta, body, prompt)
        except NotFound as error:
            raise await unknown_model(info.model, self.models) from error

    async def _corrected(self, delta: Delta, body: dict[str, Any], prompt: Prompt) -> Delta:
        """A malformed call is asked for once more, under the schema of the tools where the server can."""
        if not isinstance(delta, MalformedCallDelta) or not prompt.tools:
            return delta
        schema = {"name": "tool_call", "strict": True, "schema": call_schema(prompt.tools)}
        again = {key: value for key, value in body.items() if key not in ("tools", "stream_options")}
        again |= {
            "stream": False,
            "max_tokens": LONGEST_CALL,
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
        try:
            answer = await self._endpoint.post("/chat/completions", again)
            call = json.loads(answer["choices"][0]["message"]["content"])
            return read_call(str(call["name"]), call["arguments"])
        except (TextEngineError, LookupError, TypeError, ValueError):
            return delta

    async def _events(self, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The ``data:`` of a server-sent event stream; raises ``Unavailable`` when it breaks off."""
        async with aclosing(self._endpoint.lines("/chat/completions", body)) as lines:
            async for line in lines:
                if not line.startswith("data:"):
                    continue
                data = line[5:].strip()
                if data == "[DONE]":
                    return
                yield _read(data)
        raise Unavailable(f"{self._endpoint.url} broke off its answer.", "Is it still running?")

    async def models(self) -> list[str]:
        """The names that the server offers."""
        return [str(each.get("id", "")) for each in await self._list()]

    async def info(self) -> ModelInfo:
        """Asked for once; a server without a list is taken at its word."""
        if self._info is None:
            try:
                offered = await self._list()
            except (NotFound, NotJson):  # mlx_lm.server without a cache of models answers with nothing
                offered = []
            self._model = self._model or (str(offered[0].get("id", "")) if offered else "")
            this = next((each for each in offered if each.get("id") == self._model), {})
            self._info = ModelInfo(self._label, self._model, _context(this))
        return self._info

    async def count(self, prompt: Prompt) -> int:
        """Estimated: the interface has no tokenizer."""
        return estimated_tokens(prompt)

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoint.close()

    async def _list(self) -> list[dict[str, Any]]:
        answer = await self._endpoint.get("/models")
        offered = answer.get("data") if isinstance(answer, dict) else None
        return [each for each in offered or [] if isinstance(each, dict)]


async def read_events(events: AsyncGenerator[dict[str, Any], None]) -> AsyncGenerator[Delta, None]:
    """Deltas out of "chat.completion.chunk" objects; thinking that the server has taken out is left out."""
    calls = CallFragments()
    reason: str | None = None
    async for event in events:
        if "error" in event:
            raise TextEngineError("The text engine failed.", error_message(json.dumps(event)))
        if usage := event.get("usage"):
            cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
            yield Usage(usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0), cached)
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            if text := delta.get("content"):
                yield TextDelta(text)
            for fragment in delta.get("tool_calls") or ():
                calls.add(fragment)
            reason = choice.get("finish_reason") or reason
    for call in calls.finish():
        yield call
    yield Finished(_REASONS.get(reason or "", FinishReason.STOP))


async def unknown_model(name: str, models: Any) -> TextEngineError:
    """What to say of a model that the server does not have, with the closest that it has."""
    try:
        offered: list[str] = await models()
    except TextEngineError:
        offered = []
    near = [hit[0] for hit in process.extract(name, offered, limit=3)]
    remedy = f"There are: {', '.join(near)}." if near else "The server offers no model: load one there first."
    return TextEngineError(f"The text engine has no model {name!r}.", remedy)


def estimated_tokens(prompt: Prompt) -> int:
    """About one token for three characters: more than English needs."""
    return sum(len(message["content"]) + 12 for message in chat_messages(prompt)) // 3


def _context(model: dict[str, Any]) -> int:
    known = {**model, **(model.get("meta") or {})}
    return next((int(known[key]) for key in _CONTEXT_KEYS if isinstance(known.get(key), int)), 0)


def _read(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise not_json("The text engine")
    return event
