"""Announcements through a tiny random Moshi, really stepped, in the live loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.engine.monologue_protocol import MonologueText
from assistant.engine.protocol import EndReply, SpeechFinished, SpeechHeard
from assistant.voice.duplex.pipeline import Codes, Conversation, Stepper
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.talker import MoshiTalker
from tests.fakes.moshi_weights import write_without_codec
from tests.fakes.talker import StandInTalker
from tests.voice.test_duplex import Loop
from tests.voice.test_duplex_announcing import Router, say

TEXT = "You chose the other one. It is half past ten."


class Talker(StandInTalker):
    """Its own words too: noise, as the weights are."""

    def make_stepper(self) -> Stepper:
        return MoshiTalker.make_stepper(self)


def test_a_sentence_is_said_and_told_and_then_moshi_speaks_freely(tmp_path: Path) -> None:
    talker = Talker(open_checkpoint(write_without_codec(tmp_path / "moshi")), "tiny")
    loop = Loop(talker, np.zeros(0, np.float32))  # type: ignore[arg-type]
    loop.start()
    loop.run(6)
    Router(loop).take(say(1, TEXT), EndReply(1))
    free = len(loop.all(MonologueText))
    while not loop.all(SpeechFinished) and len(loop.transport.heard) < 60 * 24_000:
        loop.run(5)
    assert loop.all(SpeechFinished) == [SpeechFinished(1, TEXT)]
    heard = [event.text for event in loop.all(SpeechHeard)]
    assert heard == [" ".join(TEXT.split()[:count]) for count in range(1, len(TEXT.split()) + 1)]
    ended = loop.events.index(SpeechFinished(1, TEXT))
    begun = next(number for number, event in enumerate(loop.events) if isinstance(event, SpeechHeard))
    assert not any(isinstance(event, MonologueText) for event in loop.events[begun:ended])
    loop.run(30)
    assert len(loop.all(MonologueText)) > free
    assert loop.duplex.stop()


def test_of_a_frame_with_more_codes_moshi_takes_its_own(tmp_path: Path) -> None:
    """One encoder serves a recogniser of 32 codebooks too."""
    checkpoint = open_checkpoint(write_without_codec(tmp_path / "moshi"))
    frame = np.arange(32, dtype=np.int32)

    def said(heard: Codes) -> list[list[int]]:
        stepper = MoshiTalker(checkpoint, "tiny").make_stepper()
        stepper.begin(Conversation(text_temperature=0.0, audio_temperature=0.0))
        steps = [stepper.step(heard) for _ in range(4)]
        return [step.codes.tolist() for step in steps if step.codes is not None]

    assert said(frame) == said(frame[:8])
    assert said(frame) != said(frame[8:])
