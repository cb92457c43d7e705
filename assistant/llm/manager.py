"""Which text engine is at work: made out of the settings, changed in the middle of a conversation."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import AsyncGenerator, Callable
from importlib.util import find_spec
from pathlib import Path

from assistant.addresses import is_loopback
from assistant.config.settings import Settings
from assistant.errors import TextEngineError
from assistant.llm.files import find_gguf, find_model, is_model_file, is_model_folder
from assistant.llm.plugins import engine_names, make_engine, output_formats
from assistant.llm.port import Delta, ModelInfo, Prompt, ReadsAhead, TextEngine
from assistant.llm.sampling import Sampling
from assistant.llm.scripted.engine import ScriptedEngine

log = logging.getLogger(__name__)

_OLLAMA_PORT = re.compile(r":11434(?:/|$)")


class TextEngineManager:
    """A text engine like any other, whichever it is at the moment.

    ``models`` is the folder where models are looked for by name; ``log_path`` takes what native code
    says. Raises ``TextEngineError`` where the settings name what is not there; nothing is loaded or asked
    before the first reply.
    """

    def __init__(self, settings: Settings, models: Path, log_path: Path) -> None:
        self._settings = settings
        self._models = models
        self._log_path = log_path
        self._sampling = Sampling(settings.text_temperature, max_tokens=settings.text_max_tokens)
        output_formats()  # found now, which takes 10 ms, and not in the first words of a reply
        self.note = ""
        """Why another engine is at work than was asked for; empty where that is not so."""
        self._current: TextEngine = self._make(chosen(settings, models), settings.text_model)

    @property
    def name(self) -> str:
        """The engine's, with its model."""
        return self._current.name

    @property
    def engine(self) -> str:
        """The engine's alone, as the settings name it."""
        return self._current.name.partition(" ")[0]

    def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See the port."""
        return self._current.stream(prompt)

    async def read_ahead(self, prompt: Prompt) -> None:
        """See ``ReadsAhead``; nothing where the engine at work cannot."""
        if isinstance(self._current, ReadsAhead):
            await self._current.read_ahead(prompt)

    async def info(self) -> ModelInfo:
        """See the port."""
        return await self._current.info()

    async def count(self, prompt: Prompt) -> int:
        """See the port."""
        return await self._current.count(prompt)

    async def close(self) -> None:
        """See the port."""
        await self._current.close()

    async def use(self, engine: str, model: str = "") -> str:
        """Change to another engine or model once that is ready; its name.

        Raises ``TextEngineError``, and leaves everything as it is, when that cannot answer.
        """
        new = self._make(engine, model or self._settings.text_model)
        try:
            await new.info()
        except TextEngineError:
            await new.close()
            raise
        old, self._current = self._current, new
        await old.close()
        return new.name

    def _make(self, engine: str, model: str) -> TextEngine:
        self.note = ""
        makers: dict[str, Callable[[str], TextEngine]] = {
            "scripted": lambda model: ScriptedEngine(),
            "llama": self._llama,
            "mlx": self._mlx,
            "openai": self._openai,
            "ollama": self._ollama,
        }
        if engine in makers:
            return makers[engine](model)
        if engine in (others := engine_names()):
            return make_engine(engine, self._settings, model)
        known = ", ".join([*makers, *others])
        raise TextEngineError(f"There is no text engine {engine!r}.", f"There are: {known}.")

    # What an engine needs is imported with it: the dashboard's first paint waits for none of this.

    def _llama(self, model: str) -> TextEngine:
        from assistant.llm.llama.engine import LlamaEngine

        path = find_gguf(model, self._models)
        return LlamaEngine(path, self._log_path, context=self._settings.text_context, sampling=self._sampling)

    def _mlx(self, model: str) -> TextEngine:
        from assistant.llm.llama.gguf import read_header
        from assistant.llm.mlx.engine import MlxEngine
        from assistant.llm.mlx.gguf_support import why_not

        path = find_model(model, self._models)
        if path.suffix == ".gguf" and (reason := why_not(read_header(path))):
            log.warning("%s: %s llama.cpp reads it instead.", path.name, reason)
            self.note = f"{reason} llama.cpp reads it instead."
            return self._llama(str(path))
        return MlxEngine(path, self._log_path, context=self._settings.text_context, sampling=self._sampling)

    def _openai(self, model: str) -> TextEngine:
        from assistant.llm.endpoint import Endpoint
        from assistant.llm.openai import OpenAIEngine

        url = self._settings.text_url
        if not url:
            remedy = "Set ASSISTANT_TEXT_URL, for example to http://localhost:8080/v1."
            raise TextEngineError("The address of the text engine is not set.", remedy)
        self._check_offline(url)
        key = self._settings.text_key.get_secret_value()
        remedy = "Start the server, or say: use the scripted model."
        return OpenAIEngine(Endpoint(url, key=key, remedy=remedy), _on_server(model), sampling=self._sampling)

    def _ollama(self, model: str) -> TextEngine:
        from assistant.llm.endpoint import Endpoint
        from assistant.llm.ollama import ADDRESS, OllamaEngine

        url = self._settings.text_url or ADDRESS
        self._check_offline(url)
        endpoint = Endpoint(url, remedy="Start it with: ollama serve. Or say: use the scripted model.")
        context = self._settings.text_context
        return OllamaEngine(endpoint, _on_server(model), context=context, sampling=self._sampling)

    def _check_offline(self, url: str) -> None:
        if self._settings.offline and not is_loopback(url):
            raise TextEngineError(
                f"{url} is not on this machine, and offline is set.", "Unset ASSISTANT_OFFLINE."
            )


def chosen(settings: Settings, models: Path) -> str:
    """The engine's name; ``auto`` follows what else is set, then what lies in ``models``."""
    if settings.text_engine != "auto":
        return settings.text_engine
    if is_model_folder(settings.text_model):
        return "mlx"
    if settings.text_model.endswith(".gguf"):
        return "mlx" if sys.platform == "darwin" and find_spec("mlx_lm") else "llama"
    if settings.text_url:
        return "ollama" if _OLLAMA_PORT.search(settings.text_url) else "openai"
    is_one = len(list(models.glob("*.gguf"))) == 1 and not settings.text_model
    return "llama" if is_one and find_spec("xllamacpp") else "scripted"


def _on_server(model: str) -> str:
    """Settings name one model; a file of ours is none of a server's."""
    return "" if is_model_file(model) else model
