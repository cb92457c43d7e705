"""One HTTP server that a text engine talks to."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2

from assistant.addresses import is_loopback
from assistant.errors import TextEngineError
from assistant.llm.failures import ContextOverflow, Unavailable

_LATER = (408, 409, 425, 429, 500, 502, 503, 504)
_TIMEOUT = httpx2.Timeout(connect=3.0, read=60.0, write=10.0, pool=5.0)
_TOO_LONG = ("context_length_exceeded", "exceed_context_size", "maximum context length", "context size")
_LONGEST_MESSAGE = 300


class Endpoint:
    """Requests and streamed lines of a server at ``url``; ``transport`` replaces the network.

    Every method raises ``Unavailable`` where another try may help and ``TextEngineError`` where not;
    ``remedy`` is what the user can do about a server that does not answer.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        remedy: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._remedy = remedy
        self._client = httpx2.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=_TIMEOUT,
            transport=transport,
            trust_env=not is_loopback(url),  # a proxy cannot know what runs on this machine
        )

    async def lines(self, path: str, body: dict[str, Any]) -> AsyncGenerator[str, None]:
        """The lines of a streamed answer as they come; leaving the iterator closes the connection."""
        try:
            async with self._client.stream("POST", path, json=body) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise self._refusal(response)
                async for line in _lines(response.aiter_bytes()):
                    yield line
        except httpx2.TransportError as error:
            raise self._gone(error) from error

    async def get(self, path: str) -> Any:
        """JSON."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """JSON for JSON."""
        return await self._ask("POST", path, body)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx2.TransportError as error:
            raise self._gone(error) from error
        if response.status_code != 200:
            raise self._refusal(response)
        try:
            return response.json()
        except ValueError as error:
            raise not_json(self.url) from error

    def _gone(self, error: httpx2.TransportError) -> Unavailable:
        what = "takes too long" if isinstance(error, httpx2.TimeoutException) else "cannot be reached"
        return Unavailable(f"The text engine at {self.url} {what}.", self._remedy)

    def _refusal(self, response: httpx2.Response) -> TextEngineError:
        said = error_message(response.text)
        status = response.status_code
        if status in (401, 403):
            return TextEngineError(f"{self.url} refuses the key.", "Set ASSISTANT_TEXT_KEY to the right one.")
        if any(sign in response.text for sign in _TOO_LONG):
            return ContextOverflow(
                "The prompt is longer than the model's context.",
                "Use a model with a longer context, or say: forget everything.",
            )
        if status in _LATER:
            return Unavailable(f"{self.url} cannot answer now ({status}: {said}).", self._remedy)
        if status == 404:
            return NotFound(f"{self.url} knows nothing of it ({said}).", self._remedy)
        return TextEngineError(f"{self.url} refuses ({status}: {said}).", self._remedy)


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[str, None]:
    """Split at line feeds alone: what else Unicode ends a line with may stand in a JSON string as it is."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").removesuffix("\r")
    if rest:
        yield rest.decode(errors="replace")


class NotJson(TextEngineError):
    """An answer cannot be read."""


def not_json(who: str) -> NotJson:
    """What to say of it."""
    return NotJson(f"{who} does not answer in JSON.", "Is it the right address?")


class NotFound(TextEngineError):
    """The server has no such model, or no such path."""


def error_message(text: str) -> str:
    """The sentence in a server's error, whichever of the usual shapes it has."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if isinstance(found, dict):
        found = found.get("error", found)
    if isinstance(found, dict):
        found = found.get("message", found)
    return " ".join(str(found).split())[:_LONGEST_MESSAGE] or "no reason given"
