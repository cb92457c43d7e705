"""``assistant models`` against files and a fake Ollama."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import cli
from assistant.config.settings import Settings
from assistant.llm.models import list_models, progress_line, pull_model
from tests.fakes.http_server import FakeServer
from tests.fakes.ollama_server import FakeOllama
from tests.llm.test_gguf import gguf


async def test_files_and_what_ollama_has_are_listed(tmp_path: Path):
    (tmp_path / "tiny.gguf").write_bytes(gguf())
    (tmp_path / "broken.gguf").write_bytes(b"nothing")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/config.json").write_text("{}")
    (tmp_path / "folder/pytorch_model.bin").touch()
    lines: list[str] = []
    with FakeServer(FakeOllama().answer) as server:
        await list_models(Settings(text_engine="ollama", text_url=server.url), tmp_path, lines.append)
    assert "broken  cannot be used" in lines[0]
    assert "tiny  llama, 0 M parameters" in lines[1]
    assert "mlx     folder  cannot be used: folder holds pickled weights" in lines[2]
    assert lines[3:] == ["ollama  llama3.2:latest", "ollama  qwen3:8b"]


async def test_a_download_tells_bytes_speed_and_time_left():
    lines: list[str] = []
    with FakeServer(FakeOllama().answer) as server:
        await pull_model(Settings(text_url=server.url), "smollm2", lines.append)
    assert lines[0] == "pulling manifest"
    assert "of 2,143 MB" in lines[1]
    assert lines[-1] == "success"
    assert progress_line("pulling x", 500_000_000, 2_000_000_000, 20.0).endswith("25 MB/s, 60 s left")


def test_without_ollama_it_says_how_to_start_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    url = ["--text-url", "http://127.0.0.1:9", "--text-engine", "ollama"]
    listed = CliRunner().invoke(cli.app, [*url, "models"])
    assert "cannot be reached" in listed.output
    pulled = CliRunner().invoke(cli.app, [*url, "models", "pull", "tiny"])
    assert "ollama serve" in str(pulled.exception)
