"""Who writes the replies: whether it can."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

from assistant.config.locations import Locations
from assistant.config.settings import Settings
from assistant.doctor.finding import Finding, Status
from assistant.errors import TextEngineError
from assistant.llm.files import find_gguf, find_model
from assistant.llm.manager import TextEngineManager, chosen

AREA = "text engine"

BETTER = "For free answers: a GGUF model of 0.3 to 5 GB in {folder}, or Ollama (docs/engines.md)."

ANSWER_LIMIT = 5.0
"""Seconds that a server may take to say what it has."""


def check_text_engine(settings: Settings, locations: Locations) -> Finding:
    """The engine of the settings; a file is looked at and a server asked, nothing is loaded."""
    engine = chosen(settings, locations.models)
    try:
        if engine == "scripted":
            detail = "The personas' own lines; no language model is set."
            return Finding(AREA, Status.OK, engine, detail, BETTER.format(folder=locations.models))
        if engine == "llama":
            return _llama(settings, locations)
        if engine == "mlx":
            return _mlx(settings, locations)
        manager = TextEngineManager(settings, locations.models, locations.text_log_file)
        info = asyncio.run(_asked(manager))
    except TextEngineError as error:
        return Finding(AREA, Status.PROBLEM, engine, error.message, error.remedy)
    except TimeoutError:
        return Finding(AREA, Status.PROBLEM, engine, "It does not answer.", "Look at the server.")
    return Finding(AREA, Status.OK, engine, f"It is there, with {info or 'a model of its own choice'}.")


def _llama(settings: Settings, locations: Locations) -> Finding:
    from assistant.llm.llama.engine import INSTALL
    from assistant.llm.llama.gguf import read_header

    path = find_gguf(settings.text_model, locations.models)
    header = read_header(path)
    if find_spec("xllamacpp") is None:
        return Finding(AREA, Status.PROBLEM, "llama", "llama.cpp is not installed.", INSTALL)
    size = path.stat().st_size / 1e6
    return Finding(AREA, Status.OK, "llama", f"{path.name}: {header.architecture}, {size:,.0f} MB.")


def _mlx(settings: Settings, locations: Locations) -> Finding:
    from assistant.llm.llama.gguf import read_header
    from assistant.llm.mlx.engine import INSTALL
    from assistant.llm.mlx.folder import open_folder
    from assistant.llm.mlx.gguf_support import why_not

    path = find_model(settings.text_model, locations.models)
    if path.suffix == ".gguf":
        header = read_header(path)
        if reason := why_not(header):
            return Finding(AREA, Status.WARNING, "llama", reason, "llama.cpp reads it instead.")
        kind = header.architecture
    else:
        kind = str(open_folder(path).config.get("model_type", "a model"))
    if find_spec("mlx_lm") is None:
        return Finding(AREA, Status.PROBLEM, "mlx", "mlx-lm is not installed.", INSTALL)
    return Finding(AREA, Status.OK, "mlx", f"{path.name}: {kind}.")


async def _asked(manager: TextEngineManager) -> str:
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            return (await manager.info()).model
    finally:
        await manager.close()
