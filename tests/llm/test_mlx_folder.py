"""Model folders and GGUF files that MLX must not or cannot load, each with its reason."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from assistant.config.settings import Settings
from assistant.errors import TextEngineError
from assistant.llm.llama.gguf import GgufHeader
from assistant.llm.manager import TextEngineManager, chosen
from assistant.llm.mlx.folder import open_folder
from assistant.llm.mlx.gguf_support import why_not
from tests.llm.test_gguf import ENTRIES, gguf

SAFETENSORS = struct.pack("<Q", 2) + b"{}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tiny"
    path.mkdir()
    (path / "config.json").write_text('{"model_type": "llama", "max_position_embeddings": 512}')
    (path / "tokenizer.json").write_text("{}")
    (path / "model.safetensors").write_bytes(SAFETENSORS)
    return path


def test_a_whole_folder_is_read(folder: Path):
    told = {"eos_token": {"content": "<|end|>"}, "chat_template": "{{ messages }}"}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    found = open_folder(folder)
    assert (found.context, found.template, found.names["eos_token"]) == (512, "{{ messages }}", "<|end|>")


def test_several_templates_come_with_a_default(folder: Path):
    named = [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "yes"}]
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
    assert open_folder(folder).template == "yes"
    (folder / "chat_template.jinja").write_text("its own file")
    assert open_folder(folder).template == "its own file"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "model.ckpt"])
def test_pickled_weights_are_refused(folder: Path, name: str):
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(b"\x80\x04")
    with pytest.raises(TextEngineError, match=r"pickled weights .* run any code") as caught:
        open_folder(folder)
    assert "safetensors" in caught.value.remedy


@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("config.json", {"auto_map": {"AutoModel": "modeling.Evil"}}),
        ("config.json", {"model_file": "evil.py"}),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["tok.Evil", None]}}),
    ],
)
def test_code_of_the_models_own_is_never_run(folder: Path, file: str, entry: dict[str, Any]):
    (folder / "evil.py").write_text("raise SystemExit")
    (folder / file).write_text(json.dumps({"model_type": "llama", **entry}))
    with pytest.raises(TextEngineError, match=f"code of its own .{next(iter(entry))}"):
        open_folder(folder)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("config.json", None, "has no config.json"),
        ("config.json", b"[1]", "cannot be read"),
        ("tokenizer.json", None, "no tokenizer.json"),
        ("model.safetensors", None, "holds no model"),
        ("model.safetensors", SAFETENSORS[:9], "cut short"),
    ],
)
def test_what_is_missing_or_broken_is_named(folder: Path, name: str, data: bytes | None, reason: str):
    (folder / name).write_bytes(data) if data is not None else (folder / name).unlink()
    with pytest.raises(TextEngineError, match=reason):
        open_folder(folder)


def header(*, types: tuple[int, ...] = (0, 8), architecture: str = "llama", **more: object) -> GgufHeader:
    values = {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "qwen2"}
    values |= {key.replace("__", "."): value for key, value in more.items()}
    return GgufHeader(architecture, "Tiny", 512, 1, frozenset(types), values)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (header(), ""),
        (header(tokenizer__ggml__model="llama", tokenizer__ggml__pre="default"), ""),
        (header(types=(0, 12, 14)), "no Q4_K, Q6_K"),
        (header(types=(0, 29)), "type 29"),
        (header(architecture="gemma3"), "gemma3"),
        (header(llama__expert_count=8), "experts"),
        (header(llama__rope__scaling__type="yarn"), "yarn"),
        (header(tokenizer__ggml__pre="tekken"), "pre-tokenizer, 'tekken'"),
        (header(tokenizer__ggml__model="bert"), "'bert'"),
    ],
)
def test_what_mlx_cannot_read_is_named(found: GgufHeader, reason: str):
    assert reason in why_not(found)
    assert bool(reason) == bool(why_not(found))


def manager(folder: Path, **settings: Any) -> TextEngineManager:
    return TextEngineManager(Settings(**settings), folder, folder / "log")


def test_another_gguf_goes_to_llama_and_that_is_said(tmp_path: Path):
    (tmp_path / "tiny.gguf").write_bytes(gguf(ENTRIES))
    engines = manager(tmp_path, text_engine="mlx", text_model="tiny")
    assert engines.engine == "llama"
    assert engines.note == "Its kind of vocabulary, None, is not known to MLX. llama.cpp reads it instead."


def test_a_folder_is_a_model_for_mlx(folder: Path):
    assert chosen(Settings(text_model=str(folder)), folder.parent) == "mlx"
    assert manager(folder.parent, text_model=str(folder)).name == "mlx tiny"
    assert manager(folder.parent, text_engine="mlx", text_model="tin").name == "mlx tiny"
