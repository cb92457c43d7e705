"""What a step costs the processor, counted and timed against upstream's on a model as deep as Moshi."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from moshi_mlx import utils

from assistant.voice.moshi.generator import Generator
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import DEEP, SMALL, lm_gen

CODES = np.zeros(8, np.int32)
WAITS = ("item", "tolist", "__bool__", "__int__", "__float__", "__index__", "__array__")
"""Every way in which a value leaves MLX, which waits for the device."""


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The waits that happen while it is watched, by name."""
    seen: list[str] = []

    def watched(name: str) -> Callable[..., Any]:
        real = getattr(mx.array, name)

        def wait(self: mx.array, *arguments: Any) -> Any:
            seen.append(name)
            return real(self, *arguments)

        return wait

    for name in WAITS:
        monkeypatch.setattr(mx.array, name, watched(name))
    evaluate = mx.eval
    monkeypatch.setattr(mx, "eval", lambda *arrays: seen.append("eval") or evaluate(*arrays))
    return seen


def test_a_step_waits_for_the_device_once(waits: list[str]) -> None:
    generator = Generator(random_lm(SMALL))
    generator.step(CODES)
    waits.clear()
    generator.step(CODES)
    assert waits == ["tolist"]


def test_upstreams_step_waits_twenty_times(waits: list[str]) -> None:
    """Should a new version of it wait less often, the documentation is to be corrected."""
    generator = lm_gen(random_lm(SMALL), 5)
    for _ in range(2):
        waits.clear()
        text, _ = generator.step(mx.array(CODES)[None])
        text.item()
        generator.last_audio_tokens()
    assert len(waits) == 20


def primitives(path: Path, *outputs: mx.array) -> int:
    """Operations in the graph of arrays that were not evaluated."""
    mx.export_to_dot(str(path), *outputs)
    return path.read_text().count("shape=rectangle")


def test_a_step_has_half_of_upstreams_primitives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lm = random_lm(DEEP)
    generator = Generator(lm, compiled=True)
    upstream = lm_gen(lm, 5, utils.Sampler(temp=0.8, top_k=25))
    upstream.step(mx.array(CODES)[None])[0].item()
    mx.eval(upstream.last_audio_tokens(), upstream.gen_sequence)
    tokens, codes, _ = lm._sample(
        mx.array([[1]]), [mx.array([[1]])] * 16, upstream.text_sampler, upstream.audio_sampler
    )
    theirs = primitives(tmp_path / "theirs.dot", tokens, codes)
    monkeypatch.setattr(mx, "async_eval", lambda *_: None)
    ours = primitives(tmp_path / "ours.dot", generator.launch())
    print(f"primitives a step: ours {ours}, upstream's {theirs} without its own bookkeeping")
    assert ours <= 0.5 * theirs


def test_the_processor_works_half_as_long_as_for_upstreams_step() -> None:
    """CPU time of the calling thread, in turns, so that other work on the machine weighs alike."""
    lm = random_lm(DEEP)
    generator = Generator(lm, compiled=True)
    upstream = lm_gen(lm, 100, utils.Sampler(temp=0.8, top_k=25))

    def theirs() -> None:
        upstream.step(mx.array(CODES)[None])[0].item()
        upstream.last_audio_tokens()

    pairs = [(thread_ms(lambda: generator.step(CODES)), thread_ms(theirs)) for _ in range(60)][10:]
    ours_ms, theirs_ms = np.median(pairs, axis=0)
    print(f"processor time a step: ours {ours_ms:.2f} ms, upstream's {theirs_ms:.2f} ms")
    assert ours_ms <= 0.5 * theirs_ms


def thread_ms(step: Callable[[], object]) -> float:
    """CPU time of this thread in a step, milliseconds."""
    start = time.thread_time()
    step()
    return 1000 * (time.thread_time() - start)
