"""A model as a folder, in Hugging Face's or MLX's layout: what is in it, and whether it may be loaded.

Numbers come out of safetensors files alone. Pickled weights and code of the model's own would run whatever
their author put in: they are refused, and nothing here can be told to trust them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CheckpointError, TextEngineError
from assistant.voice.moshi.header import read_header

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_CODE_KEYS = ("auto_map", "model_file")
_LARGEST_JSON = 64_000_000
"""Bytes; the tokenizers of large vocabularies take about 35 MB."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """``config`` and ``tokenizer`` as their files say; ``template`` is empty where there is none.

    ``context`` is in tokens (0: untold), ``names`` are the special tokens by their role, as text.
    """

    path: Path
    config: dict[str, Any]
    tokenizer_file: Path
    template: str
    context: int
    names: dict[str, str]


def open_folder(path: Path) -> ModelFolder:
    """Look into a folder; nothing of it is run. Raises ``TextEngineError`` that says what is wrong."""
    if not path.is_dir():
        raise TextEngineError(f"There is no folder {path}.", "Name a folder with a model, or a GGUF file.")
    weights = sorted(path.glob("model*.safetensors"))
    if not weights:
        raise _without_weights(path)
    config = _read(path / "config.json", "config.json")
    told = _read(path / "tokenizer_config.json") if (path / "tokenizer_config.json").exists() else {}
    for key in _CODE_KEYS:
        if config.get(key) or told.get(key):
            raise TextEngineError(
                f"{path.name} wants to run code of its own ({key}), which is never done.",
                "Take a model whose architecture mlx-lm knows, without that entry.",
            )
    if not (path / "tokenizer.json").is_file():
        raise TextEngineError(
            f"{path.name} has no tokenizer.json.", "Convert it with mlx_lm.convert, or use a GGUF file."
        )
    for file in weights:
        try:
            read_header(file)
        except CheckpointError as error:
            raise TextEngineError(error.message, error.remedy) from error
    return ModelFolder(
        path, config, path / "tokenizer.json", _template(path, told), _context(config), _names(told)
    )


def _without_weights(path: Path) -> TextEngineError:
    pickled = next((file.name for pattern in _PICKLES for file in sorted(path.glob(pattern))), "")
    if pickled:
        return TextEngineError(
            f"{path.name} holds pickled weights ({pickled}), which can run any code when they are loaded.",
            "Take the model's safetensors files, or a GGUF file.",
        )
    return TextEngineError(
        f"{path} holds no model*.safetensors.", "Name a folder with a model, or a GGUF file."
    )


def _read(path: Path, required: str = "") -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise ValueError
        found = json.loads(path.read_bytes())
        if not isinstance(found, dict):
            raise ValueError
    except FileNotFoundError as error:
        raise TextEngineError(f"{path.parent.name} has no {required}.", "Fetch it again.") from error
    except (OSError, ValueError) as error:
        raise TextEngineError(f"{path} cannot be read.", "Fetch it again.") from error
    return found


def _template(path: Path, told: dict[str, Any]) -> str:
    if (path / "chat_template.jinja").is_file():
        return (path / "chat_template.jinja").read_text(encoding="utf-8")
    found = told.get("chat_template")
    if isinstance(found, list):  # several, by name
        named = {each.get("name"): each.get("template") for each in found if isinstance(each, dict)}
        found = named.get("default")
    return found if isinstance(found, str) else ""


def _context(config: dict[str, Any]) -> int:
    inner = config.get("text_config")
    found = (inner if isinstance(inner, dict) else config).get("max_position_embeddings")
    return found if isinstance(found, int) else 0


def _names(told: dict[str, Any]) -> dict[str, str]:
    names = {}
    for role in ("bos_token", "eos_token", "pad_token", "unk_token"):
        token = told.get(role)
        text = token.get("content") if isinstance(token, dict) else token
        names[role] = text if isinstance(text, str) else ""
    return names
