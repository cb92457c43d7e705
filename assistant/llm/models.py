"""``assistant models``: what can be chosen as ``text_model``, and downloads through Ollama."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from assistant.config.settings import Settings
from assistant.errors import TextEngineError
from assistant.llm.endpoint import Endpoint
from assistant.llm.llama.gguf import read_header
from assistant.llm.mlx.folder import open_folder
from assistant.llm.ollama import ADDRESS, OllamaEngine
from assistant.llm.openai import OpenAIEngine

Say = Callable[[str], object]

_EVERY = 1.0
"""Seconds between two reports of a download."""


async def list_models(settings: Settings, folder: Path, say: Say) -> None:
    """One line a model: GGUF files and folders in ``folder``, then those of the server in the settings,
    else of Ollama."""
    for path in sorted(folder.glob("*.gguf")):
        say(_described(path))
    for config in sorted(folder.glob("*/config.json")):
        say(_described_folder(config.parent))
    if settings.text_url and settings.text_engine != "ollama":
        engine = OpenAIEngine(Endpoint(settings.text_url, key=settings.text_key.get_secret_value()))
        await _tell("openai", engine, say)
    else:
        await _tell("ollama", OllamaEngine(Endpoint(settings.text_url or ADDRESS)), say)


async def pull_model(settings: Settings, model: str, say: Say) -> None:
    """Let Ollama download a model; bytes, speed and the time left are told. Raises ``TextEngineError``."""
    url = settings.text_url or ADDRESS
    engine = OllamaEngine(Endpoint(url, remedy="Start it with: ollama serve."))
    begun, told, before = time.monotonic(), 0.0, ""
    try:
        async with aclosing(engine.pull(model)) as reports:
            async for report in reports:
                now = time.monotonic()
                if report.status != before:
                    begun, before = now, report.status
                elif now - told < _EVERY:
                    continue
                told = now
                say(progress_line(report.status, report.completed, report.total, now - begun))
    finally:
        await engine.close()


def progress_line(status: str, completed: int, total: int, seconds: float) -> str:
    """For example "pulling 8eeb52dfb3bb  512 of 2,043 MB, 25 MB/s, 61 s left"."""
    if not total:
        return status
    line = f"{status[:40]}  {completed / 1e6:,.0f} of {total / 1e6:,.0f} MB"
    if not completed or seconds <= 0.0:
        return line
    speed = completed / seconds
    return f"{line}, {speed / 1e6:.0f} MB/s, {(total - completed) / speed:.0f} s left"


def _described(path: Path) -> str:
    try:
        header = read_header(path)
    except TextEngineError as error:
        return f"llama   {path.stem}  cannot be used: {error.message}"
    size = path.stat().st_size / 1e6
    return (
        f"llama   {path.stem}  {header.architecture}, {header.parameters / 1e6:,.0f} M parameters, "
        f"{size:,.0f} MB, {header.context:,} tokens of context"
    )


def _described_folder(path: Path) -> str:
    try:
        found = open_folder(path)
    except TextEngineError as error:
        return f"mlx     {path.name}  cannot be used: {error.message}"
    size = sum(each.stat().st_size for each in path.glob("*.safetensors")) / 1e6
    kind = found.config.get("model_type", "unknown")
    return f"mlx     {path.name}  {kind}, {size:,.0f} MB, {found.context:,} tokens of context"


async def _tell(label: str, engine: OpenAIEngine | OllamaEngine, say: Say) -> None:
    try:
        for name in await engine.models():
            say(f"{label:<7} {name}")
    except TextEngineError as error:
        say(f"{label:<7} {error.message}")
    finally:
        await engine.close()
