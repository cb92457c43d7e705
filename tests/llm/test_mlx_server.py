"""``openai`` against mlx-lm's own server, with a tiny random model."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from assistant.llm import reply as replying
from assistant.llm.endpoint import Endpoint
from assistant.llm.openai import OpenAIEngine
from assistant.llm.port import Finished, TextDelta, Usage
from assistant.llm.sampling import Sampling
from tests.llm.needs import needs_mlx
from tests.llm.prompts import prompt

pytestmark = needs_mlx


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from assistant.llm.mlx.words import PRE_TOKENIZERS
    from tests.fakes.tiny_models import Shape, byte_level, write_tiny_folder

    folder = tmp_path_factory.mktemp("server")
    path = write_tiny_folder(folder / "tiny", byte_level(PRE_TOKENIZERS["qwen2"][0]), Shape(context=4096))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(path), "--port", str(port)]
    home = {"HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | home)
    try:
        wait_for(port, folder / "log", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, log: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"mlx_lm.server does not start: {log.read_text()[-2000:]}")


@pytest.mark.parametrize("tools", [False, True])
async def test_mlx_lms_server_answers(server: str, tools: bool):
    engine = OpenAIEngine(
        Endpoint(server), "default_model", sampling=Sampling(temperature=0.0, max_tokens=16)
    )
    async with aclosing(replying.reply(engine, prompt("Say hello.", tools=tools))) as deltas:
        found = [delta async for delta in deltas]
    await engine.close()
    assert any(isinstance(delta, TextDelta) for delta in found)
    assert next(delta for delta in found if isinstance(delta, Usage)).written > 0
    assert isinstance(found[-1], Finished)
