"""Phrases that come back over and over are held back for a while; people's own repetitions are not."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
import pytest

from assistant.voice.moshi import generator as generating
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.repetition import ENOUGH, HELD_STEPS, RepetitionGuard
from assistant.voice.moshi.sampling import Sampling
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import SMALL

PHRASE = [70, 71, 72, 73, 74]


def listen(tokens: list[int]) -> list[frozenset[int]]:
    guard = RepetitionGuard()
    return [guard.said(token) for token in tokens]


def test_a_phrase_said_three_times_is_held_back_and_let_go() -> None:
    held = listen(PHRASE * 3 + [3] * HELD_STEPS)
    assert not any(held[: 3 * len(PHRASE) - 1])
    assert held[3 * len(PHRASE) - 1] == frozenset(PHRASE)
    assert held[-2] == frozenset(PHRASE)
    assert not held[-1]


def test_silence_between_the_words_does_not_hide_it() -> None:
    spaced = [token for word in PHRASE for token in (word, 3, 0)]
    assert listen(spaced * 3)[-1] == frozenset(PHRASE)


@pytest.mark.parametrize("said", [PHRASE * 2, [70] * (ENOUGH - 1), [3, 0] * 100, list(range(10, 60)) * 2])
def test_what_people_say_twice_is_left_alone(said: list[int]) -> None:
    assert not any(listen(said))


def test_a_held_back_token_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "HELD_BACK", 1e4)
    generator = Generator(random_lm(SMALL), Sampling(text_temperature=0.0))
    said = []
    for _ in range(3):
        said.append(generator.step(np.zeros(8, np.int32)).text)
        generator._hold_back(frozenset(said))
    assert len(set(said)) == 3
    assert mx.sum(generator._bias < 0).item() == 3
