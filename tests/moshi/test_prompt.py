"""Prompts in one pass and snapshots: nothing but time may tell them from stepping through the prompt."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.voice.moshi.generator import Generator, Snapshot
from assistant.voice.moshi.prompt import Prompt, lay_out
from assistant.voice.moshi.sampling import Sampling
from assistant.voice.moshi.snapshots import SnapshotStore
from assistant.voice.moshi.token_ring import FREE, TokenRing
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, SMALL, Run, own_run, users

DELAYS = SMALL["delays"]
FRAMES = 40
VOICE = 9
"""Steps of the prompt that come as summed inputs."""


def frames(count: int = FRAMES, seed: int = 3) -> NDArray[np.int32]:
    return np.random.default_rng(seed).integers(0, 200, (count, 17), np.int32)


def prompt(count: int = FRAMES, seed: int = 3) -> Prompt:
    before = np.full((2, 17), SMALL["card"], np.int32)
    before[0, 0] = SMALL["text_card"]
    return Prompt(None, lay_out(frames(count, seed), DELAYS, before))


def spoken(lm: Any, whole: Prompt) -> Prompt:
    """The same with its first inputs summed already."""
    generator = Generator(lm)
    inputs = generator._embedding(mx.array(whole.rows[:VOICE]) + generator._starts).sum(axis=1)
    return Prompt(np.array(inputs), whole.rows[VOICE:])


def stepped(lm: Any, whole: Prompt) -> Generator:
    """A generator that made a step for every row but the last, whose step samples."""
    generator = Generator(lm, GREEDY)
    generator._temporal.reset()
    ring = generator._tokens
    ring.reset()
    for row in whole.rows[:-2]:
        ring.inputs = lambda row=row: row  # type: ignore[method-assign]
        mx.eval(generator.launch())
        ring.step += 1
    del ring.inputs
    ring.resume(ring.step, whole.rows[-3:])
    generator._advance()
    return generator


def test_rows_hold_every_code_as_late_as_its_stream() -> None:
    delays = [0, 0, 2, 1, 0]
    given = np.arange(30, dtype=np.int32).reshape(6, 5)
    before = -10 - np.arange(15, dtype=np.int32).reshape(3, 5)
    rows = lay_out(given, delays, before)
    assert rows.shape == (9, 5)
    for row in range(9):
        for stream, delay in enumerate(delays):
            frame = row - 1 - delay
            expected = given[frame, stream] if 0 <= frame < 6 else before[row, stream] if frame < 0 else FREE
            assert rows[row, stream] == expected


def test_resuming_amid_rows_is_as_having_stepped_there() -> None:
    delays, own = [0, 2, 1, 0, 2, 1], 3
    given = np.random.default_rng(0).integers(0, 50, (7, 7), np.int32)
    rows = lay_out(given, [0, *delays], np.full((3, 7), 50, np.int32))
    ring = TokenRing(delays, own, 99, 50)
    ring.resume(7, rows[5:10])
    assert ring.inputs().tolist() == rows[7].tolist()
    sampled = np.array([-7, -8, -9], np.int32)
    # The delayed codes of frames that are known take the place of what is sampled for them.
    ring.sampled(-5, sampled)
    ring.hear(np.array([70, 71, 72], np.int32))
    assert ring.inputs().tolist() == [-5, -7, rows[8, 2], rows[8, 3], 70, rows[8, 5], rows[8, 6]]
    ring.sampled(-6, sampled)
    ring.hear(np.array([80, 81, 82], np.int32))
    assert ring.inputs().tolist() == [-6, -7, rows[9, 2], -9, 80, rows[9, 5], 72]


def conversation(generator: Generator, count: int = 60) -> Run:
    return own_run(generator, users(count))


@pytest.mark.parametrize("voiced", [False, True])
def test_a_prompt_in_one_pass_is_as_stepping_through_it(voiced: bool) -> None:
    lm = random_lm(SMALL)
    by_steps = stepped(lm, prompt())
    generator = Generator(lm, GREEDY)
    conversation(generator)
    generator.prefill(spoken(lm, prompt()) if voiced else prompt())
    for ours, theirs in zip(generator._temporal.ring, by_steps._temporal.ring, strict=True):
        slots = slice(0, FRAMES + 1)
        assert mx.allclose(ours[:, :, slots], theirs[:, :, slots], rtol=1e-4, atol=1e-5).item()
    assert conversation(generator) == conversation(by_steps)


def test_the_comparison_would_notice() -> None:
    lm = random_lm(SMALL)
    runs = []
    for each in (prompt(), prompt(seed=4)):
        generator = Generator(lm, GREEDY)
        generator.prefill(each)
        runs.append(conversation(generator))
    assert runs[0] != runs[1]
    assert runs[0] != conversation(Generator(lm, GREEDY))


@pytest.mark.parametrize("between", [3, 125])
def test_a_restored_snapshot_is_as_a_fresh_prompt(between: int) -> None:
    """Also when the conversation in between went round the whole ring."""
    generator = Generator(random_lm(SMALL), Sampling(seed=5))
    generator.prefill(prompt())
    snapshot = generator.snapshot()
    rings = [np.array(layer) for layer in snapshot.kept]
    first = conversation(generator, between)
    generator.restore(snapshot)
    for kept, layer in zip(rings, generator._temporal.ring, strict=True):
        np.testing.assert_array_equal(np.array(layer)[:, :, : FRAMES + 1], kept)
    assert conversation(generator, between) == first
    generator.restore(snapshot)
    assert conversation(generator, between) == first


def test_a_snapshot_past_the_rings_end_goes_on_too() -> None:
    generator = Generator(random_lm(SMALL), Sampling(seed=5))
    conversation(generator, SMALL["context"] + 17)
    snapshot = generator.snapshot()
    first = conversation(generator, 30)
    generator.restore(snapshot)
    assert conversation(generator, 30) == first


def test_a_prompt_must_leave_room() -> None:
    generator = Generator(random_lm(SMALL | {"context": FRAMES + 1}), GREEDY)
    generator.prefill(prompt())
    with pytest.raises(ValueError, match="a prompt of 42 frames in a context of 41"):
        generator.prefill(prompt(FRAMES + 1))


def test_the_store_keeps_what_was_used_last() -> None:
    def snapshot(kilobytes: int) -> Snapshot:
        made.append(kilobytes)
        return Snapshot((mx.zeros(kilobytes * 250),), TokenRing([0], 1, 0, 0))

    made: list[int] = []
    store = SnapshotStore(limit=10_000)
    for key in (4, 5, 4, 3, 4, 5):
        assert store.get(key, lambda size=key: snapshot(size)).nbytes == key * 1000
        assert store.nbytes <= 10_000
    assert made == [4, 5, 3, 5]
    assert store.get("large", lambda: snapshot(11)).nbytes == 11_000
    assert store.nbytes == 9_000
