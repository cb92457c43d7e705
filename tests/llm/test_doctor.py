"""What the doctor says of the text engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.config.locations import Locations
from assistant.config.settings import Settings
from assistant.doctor.finding import Status
from assistant.doctor.text import check_text_engine
from tests.fakes.http_server import FakeServer
from tests.fakes.ollama_server import FakeOllama
from tests.llm.smollm import needs_smollm, smollm_path
from tests.llm.test_gguf import gguf


def check(folder: Path, **settings: Any) -> tuple[Status, str, str]:
    found = check_text_engine(Settings(**settings), Locations(folder, folder))
    return found.status, found.detail, found.remedy


def test_without_a_model_nothing_is_wrong(tmp_path: Path):
    status, detail, _ = check(tmp_path)
    assert (status, "no language model" in detail) == (Status.OK, True)


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"text_engine": "llama"}, "ASSISTANT_TEXT_MODEL"),
        ({"text_engine": "openai"}, "ASSISTANT_TEXT_URL"),
        ({"text_engine": "ollama", "text_url": "http://127.0.0.1:9"}, "ollama serve"),
        ({"text_url": "http://127.0.0.1:9/v1"}, "Start the server"),
    ],
)
def test_what_is_missing_comes_with_its_remedy(tmp_path: Path, settings: dict[str, str], remedy: str):
    status, _, found = check(tmp_path, **settings)
    assert (status, remedy in found) == (Status.PROBLEM, True)


def test_a_broken_file_is_named(tmp_path: Path):
    (tmp_path / "models").mkdir()
    file = tmp_path / "models" / "tiny.gguf"
    file.write_bytes(gguf()[:90])
    status, detail, _ = check(tmp_path, text_engine="llama", text_model="tiny")
    assert (status, "tiny.gguf is no usable" in detail) == (Status.PROBLEM, True)


@needs_smollm
def test_a_file_is_described_and_not_loaded(tmp_path: Path):
    assert check(tmp_path, text_model=str(smollm_path()))[0] is Status.OK


def test_a_server_is_asked_what_it_has(tmp_path: Path):
    with FakeServer(FakeOllama().answer) as server:
        status, detail, _ = check(tmp_path, text_engine="ollama", text_url=server.url)
        assert {path for _, path, _ in server.asked} == {"/api/tags", "/api/show"}
    assert (status, "llama3.2:latest" in detail) == (Status.OK, True)
