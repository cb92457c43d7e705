"""The measurement of text engines against a server that takes known times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.bench.text import QUESTIONS, bench_text
from assistant.llm.endpoint import Endpoint
from assistant.llm.openai import OpenAIEngine
from tests.fakes.http_server import Answer, FakeServer
from tests.llm.test_openai import DONE, MODELS, event


def test_the_last_turn_is_compared_with_the_same_prompt_cold(tmp_path: Path):
    seen: list[str] = []

    def answer(method: str, path: str, body: Any) -> Answer:
        if path.endswith("/models"):
            return Answer([MODELS])
        system = body["messages"][0]["content"]
        is_warm = system in seen
        seen.append(system)
        details = {"cached_tokens": 90 if is_warm else 0}
        usage = {"prompt_tokens": 100, "completion_tokens": 2, "prompt_tokens_details": details}
        silence = [": computing\n\n"] * (1 if is_warm else 40)
        words = [event({"content": "Well, "}), event({"content": "yes."}, "stop"), event(usage=usage), DONE]
        return Answer([*silence, *words], pause_s=0.01)

    told: list[str] = []
    with FakeServer(answer) as server:
        bench_text(OpenAIEngine(Endpoint(server.url)), tmp_path, told.append)
    record = json.loads(next(tmp_path.iterdir()).read_text())
    assert len(record["turns"]) == len(QUESTIONS) == 12
    assert (record["turns"][-1]["cached"], record["cold"]["cached"]) == (90, 0)
    assert record["first_token_cold_ms"] >= 400
    ratio = record["first_token_cold_ms"] / record["turns"][-1]["first_token_ms"]
    assert record["speed_up_at_last_turn"] == pytest.approx(ratio, abs=0.06)
    assert record["text_engine"] == "openai tiny"
    assert any("times sooner than cold" in line for line in told)
