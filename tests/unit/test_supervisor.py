"""What the supervisor tells an engine that it starts."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import supervisor
from assistant.engine.protocol import EngineConfig, SetMicrophone
from assistant.engine.supervisor import Supervisor


@pytest.mark.parametrize("is_open", [True, False])
def test_a_new_engine_is_told_of_a_closed_microphone_before_it_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_open: bool
) -> None:
    children: list[Connection] = []

    def start(command: list[str], *, pass_fds: list[int], **_: Any) -> None:
        children.append(Connection(os.dup(pass_fds[0])))

    monkeypatch.setattr(supervisor.subprocess, "Popen", start)
    config = EngineConfig()
    supervising = Supervisor(config, tmp_path / "engine.log")
    supervising.send(SetMicrophone(is_open))
    _, pipe = supervising._spawn()
    [child] = children
    assert [child.recv(), child.recv()] == [config, SetMicrophone(is_open)]
    pipe.close()
    child.close()
