"""What a model has to compute between the user's words and its first token, in processor time."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from assistant.bench.record import Spread
from assistant.llm.llama.engine import LlamaEngine
from assistant.llm.port import UNSAID, TextDelta
from assistant.llm.sampling import Sampling
from tests.llm.prompts import prompt
from tests.llm.smollm import needs_smollm, smollm_path

TURNS = 18
"""Enough for the window of the history to move once."""

QUESTIONS = ("How are you today?", "Who are you?", "Tell me a joke.", "Are you a human?", "Louder.")
"""The last is a command, which is answered without the model."""


async def talk(folder: Path, *, ahead: bool) -> tuple[list[str], Spread]:
    """What was said in ``TURNS`` turns, and the processor's milliseconds to the first tokens."""
    engine = LlamaEngine(smollm_path(), folder / "log", threads=1, sampling=Sampling(0.0, max_tokens=24))
    said, first = ["Good evening."], []
    try:
        await engine.info()
        process = psutil.Process(engine.pid)
        for number in range(TURNS):
            if ahead or not number:
                await engine.read_ahead(prompt(*said, UNSAID))
            said.append(QUESTIONS[number % len(QUESTIONS)])
            if said[-1] == "Louder.":
                said.append("I speak louder now. The volume is at ninety percent.")
                continue
            begun, pieces = sum(process.cpu_times()[:2]), []
            async with aclosing(engine.stream(prompt(*said))) as deltas:
                async for delta in deltas:
                    if isinstance(delta, TextDelta):
                        pieces.append(delta.text)
                    if len(pieces) == 1:
                        first.append(1000 * (sum(process.cpu_times()[:2]) - begun))
            said.append("".join(pieces))
    finally:
        await engine.close()
    return said, Spread.of(first)


@needs_smollm
@pytest.mark.long
@pytest.mark.timeout(600)
async def test_reading_ahead_leaves_little_to_compute_and_changes_no_answer(tmp_path: Path):
    plain, plain_cost = await talk(tmp_path, ahead=False)
    said, cost = await talk(tmp_path, ahead=True)
    for name, each in (("without", plain_cost), ("with", cost)):
        print(f"{name} reading ahead: p50 {each.p50:.0f}, p95 {each.p95:.0f}, at most {each.max:.0f} ms")
    assert said == plain
    assert cost.p95 < plain_cost.p50
    assert cost.max < plain_cost.max / 5, "the window's move costs no reply anything"
