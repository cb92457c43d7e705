"""Words that Moshi is made to say: placed as Kyutai's speech synthesis places them, in the step itself."""

from __future__ import annotations

import random

import mlx.core as mx
import numpy as np
import pytest
from moshi_mlx import models, utils

from assistant.voice.duplex.announcement import Announcement, Progress, Sentence
from assistant.voice.moshi.announcer import Announcer
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.script import (
    FINAL_PADS,
    FREELY,
    INITIAL_PADS,
    MOST_PADS,
    NEW_WORD,
    PAD,
    PAD_OR_WORD,
    Script,
)
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, SMALL, users

tts = pytest.importorskip("moshi_mlx.models.tts", reason="imports sphn")


def words(count: int, made: random.Random) -> list[list[int]]:
    return [[made.randint(4, 299) for _ in range(made.randint(1, 4))] for _ in range(count)]


def machine(entries: list[list[int]]) -> tuple[object, object]:
    made = tts.StateMachine(tts.TokenIds(card=301), max_padding=MOST_PADS, initial_padding=INITIAL_PADS)
    return made, made.new_state([tts.Entry(tokens=list(each), text="") for each in entries])


def step(script: Script, predicted: int) -> int:
    """What the generator does with what is wanted, where the model predicts this."""
    wanted = script.wanted()
    token = wanted if wanted >= 0 else NEW_WORD if predicted == NEW_WORD else PAD
    assert wanted in (PAD_OR_WORD, token)
    script.placed(token)
    return token


@pytest.mark.parametrize("seed", range(20))
def test_tokens_are_placed_as_kyutais_state_machine_places_them(seed: int) -> None:
    """Whatever the model predicts: pads, new words, or words of its own."""
    made = random.Random(seed)
    entries = words(12, made)
    theirs, state = machine(entries)
    script = Script()
    script.add(entries)
    for number in range(150):
        predicted = made.choice([NEW_WORD, PAD, PAD, made.randint(4, 299)])
        expected, _ = theirs.process(number, state, predicted)  # type: ignore[attr-defined]
        assert step(script, predicted) == expected
    assert script.said == 12


def test_a_model_that_only_pads_speaks_all_the_same_and_the_end_is_given_time() -> None:
    script = Script()
    script.add([[10], [11, 12]])
    placed = []
    while not script.is_over:
        placed.append(step(script, PAD))
    first = [PAD] * INITIAL_PADS + [NEW_WORD, 10] + [PAD] * (MOST_PADS - 1)
    assert placed == [*first, NEW_WORD, 11, 12, *[PAD] * FINAL_PADS]


def test_it_waits_for_words_that_follow() -> None:
    script = Script()
    assert [step(script, NEW_WORD) for _ in range(4)] == [PAD] * 4
    script.add([[10]])
    assert [step(script, NEW_WORD) for _ in range(3)] == [NEW_WORD, 10, PAD]


def test_forced_tokens_are_upstreams_with_its_own_state_machine() -> None:
    """The whole step: upstream's own, whose hook lets Kyutai's machine replace what was sampled."""
    lm, entries = random_lm(SMALL), words(30, random.Random(1))
    theirs, state = machine(entries)
    steps = [0]

    def hook(token: mx.array) -> None:
        placed, _ = theirs.process(steps[0], state, token.item())  # type: ignore[attr-defined]
        token[:] = mx.array([[placed]])

    upstream = models.LmGen(
        lm,
        max_steps=200,
        text_sampler=utils.Sampler(temp=0),
        audio_sampler=utils.Sampler(temp=0),
        on_text_hook=hook,
    )
    script = Script()
    script.add(entries)
    ours = Generator(random_lm(SMALL), GREEDY, on_arrival=False)
    for codes in users(160):
        text, _ = upstream.step(mx.array(codes)[None])
        frame = upstream.last_audio_tokens()
        steps[0] += 1
        made = ours.step(codes, script.wanted())
        script.placed(made.text)
        assert made.text == text.item()
        assert (None if made.codes is None else made.codes.tolist()) == (
            None if frame is None else frame[0].tolist()
        )
    assert script.said > 10


def test_left_free_again_it_goes_on_as_it_likes() -> None:
    generator = Generator(random_lm(SMALL), GREEDY)
    codes = users(4)
    assert generator.step(codes[0], 77).text == 77
    assert generator.step(codes[1], PAD_OR_WORD).text in (NEW_WORD, PAD)
    assert generator.step(codes[2], FREELY).text not in (77, NEW_WORD, PAD)


def said(announcer: Announcer, announcement: Announcement) -> list[Progress]:
    """The steps of an announcement with a model that begins words at once, where they change anything."""
    heard: list[Progress] = []
    while (wanted := announcer.wanted(announcement)) != FREELY and len(heard) < 100:
        progress = announcer.placed(NEW_WORD if wanted == PAD_OR_WORD else wanted)
        assert progress
        if not heard or heard[-1] != progress:
            heard.append(progress)
    return heard


def test_what_is_said_is_told_in_the_words_that_are_shown() -> None:
    announcer = Announcer(lambda word: [ord(letter) for letter in word])
    sentences = (
        Sentence("It is 10:30.", "It is ten thirty now."),
        Sentence("😀", ""),
        Sentence("Bye!", "Bye!"),
    )
    told = said(announcer, Announcement(7, sentences, is_complete=True))
    assert [each.said for each in told] == [
        "", "It", "It is", "It is 10:30.", "It is 10:30. 😀 Bye!", "It is 10:30. 😀 Bye!",
    ]  # fmt: skip
    assert [each.is_over for each in told] == [False] * 5 + [True]


def test_another_announcement_begins_and_none_leaves_it_free() -> None:
    announcer = Announcer(lambda word: [ord(letter) for letter in word])
    first = Announcement(7, (Sentence("One two", "One two"),))
    for _ in range(4):
        announcer.placed(announcer.wanted(first))
    assert announcer.wanted(None) == FREELY
    assert announcer.placed(np.int32(9).item()) is None
    second = Announcement(8, (Sentence("Three", "Three"),), is_complete=True)
    assert [each.said for each in said(announcer, second)][-1] == "Three"
    assert announcer.wanted(second) == FREELY
