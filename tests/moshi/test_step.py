"""The step against upstream's own ``LmGen``: same weights, same user, same tokens."""

from __future__ import annotations

import pytest

from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.sampling import Sampling
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, SMALL, Run, own_run, upstream_run, users

FRAMES = 520
"""More than three wraps of the ring."""


@pytest.fixture(scope="module")
def upstream() -> Run:
    return upstream_run(random_lm(SMALL), users(FRAMES))


@pytest.mark.parametrize("compiled", [False, True])
def test_tokens_are_upstreams_a_step_earlier(upstream: Run, compiled: bool) -> None:
    generator = Generator(random_lm(SMALL), GREEDY, compiled=compiled)
    assert own_run(generator, users(FRAMES))[:-1] == upstream[1:]


def test_tokens_are_upstreams_own_in_compatibility_mode(upstream: Run) -> None:
    generator = Generator(random_lm(SMALL), GREEDY, on_arrival=False)
    assert own_run(generator, users(FRAMES)) == upstream


def test_the_comparison_would_notice() -> None:
    """The tokens differ with the user's codes, and with what lies in the ring."""
    heard, other = users(60), users(60)
    other[30:, 3] = 1
    runs = [own_run(Generator(random_lm(SMALL), GREEDY), user) for user in (heard, other)]
    short = own_run(Generator(random_lm(SMALL | {"context": 20}), GREEDY), heard)
    assert runs[0][:30] == runs[1][:30]
    assert runs[0][30:] != runs[1][30:]
    assert short[:18] == runs[0][:18]
    assert short != runs[0]


def test_every_frame_of_the_users_gives_one_of_moshis() -> None:
    run = own_run(Generator(random_lm(SMALL), GREEDY), users(5))
    assert all(codes is not None for _, codes in run)


def test_a_reset_begins_the_same_conversation_again() -> None:
    generator = Generator(random_lm(SMALL), Sampling(seed=3))
    first = own_run(generator, users(20))
    generator.reset()
    assert own_run(generator, users(20)) == first


def test_the_seed_decides_what_is_drawn() -> None:
    lm = random_lm(SMALL)
    assert own_run(Generator(lm, Sampling(seed=3)), users(20)) != own_run(
        Generator(lm, Sampling(seed=4)), users(20)
    )
