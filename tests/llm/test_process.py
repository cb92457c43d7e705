"""A process that is to hold a model and never says that it does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.errors import TextEngineError
from assistant.llm import process
from assistant.llm.failures import Unavailable
from assistant.llm.process import start_model_process


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a module of that process is found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_that_takes_too_long_to_load_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "START_LIMIT", 0.5)
    (folder / "slow_model.py").write_text("import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(Unavailable, match="too long to load"):
        start_model_process("slow_model", {}, "slow.gguf", folder / "log")
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("raise SystemExit(3)", "ended while it loaded bad.gguf"),
        ("import os; os.abort()", "ended while it loaded bad.gguf"),
        (
            "import json, socket, sys; channel = socket.socket(fileno=int(sys.argv[1])); channel.recv(9);"
            'channel.sendall(json.dumps({"failed": "No room."}).encode() + b"\\n")',
            "bad.gguf cannot be loaded: No room.",
        ),
    ],
)
def test_one_that_cannot_be_loaded_is_not_tried_again(folder: Path, does: str, said: str) -> None:
    (folder / "bad_model.py").write_text(does)
    with pytest.raises(TextEngineError, match=said) as raised:
        start_model_process("bad_model", {}, "bad.gguf", folder / "log")
    assert not isinstance(raised.value, Unavailable)
