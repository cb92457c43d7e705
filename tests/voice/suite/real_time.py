"""The same interruptions in real time: sound devices, the room as a process, recognition as it takes."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.audio.device import DeviceTransport
from assistant.audio.echo import best_echo
from assistant.engine.echo_words import is_backchannel
from assistant.engine.protocol import DeviceAudio, EngineReady, SpeechFinished, UserSpeechStarted
from assistant.voice.cascade.cascade import Cascade
from assistant.voice.cascade.loaded import Parts
from tests.fakes.conversation import FakeConversation
from tests.fakes.speech import RATE, speak
from tests.fakes.vaudio import Recording, VirtualAudio
from tests.fakes.wavs import write_wav
from tests.voice.suite.over_the_answer import GAP_S, Interruption, voiced
from tests.voice.suite.talk import loud, sentences, track

ROOM = Path(__file__).resolve().parents[3] / "scripts" / "room"
_DUCKED_RAMP_S = 0.02
_FRAME = RATE // 100
_SILENT = 0.004
"""Root mean square of 10 ms below which the speaker is silent, 30 dB under its speech."""

_SETTLE_S = 1.5


class _Conversation(FakeConversation):
    """Keeps when each event came, and when the answer was to get quieter."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.timed: list[tuple[float, object]] = []
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def _take(self, event: object) -> None:
        self.timed.append((time.monotonic(), event))
        super()._take(event)  # type: ignore[arg-type]


class _Actions(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: list[tuple[float, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.args:
            self.seen.append((time.monotonic(), str(record.args[0])))


@contextmanager
def room(audio: VirtualAudio, *arguments: str) -> Iterator[None]:
    """``scripts/room`` between the virtual devices."""
    command = [sys.executable, str(ROOM), *arguments]
    process = subprocess.Popen(command, env=audio.env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the room did not start")
        yield
    finally:
        process.terminate()
        process.wait(5)


def interruptions(
    parts: Parts, phrases: Sequence[tuple[str, str]], *arguments: str
) -> tuple[list[Interruption], float | None]:
    """Say each ``(phrase, speaker)`` over an answer; ``arguments`` are those of ``scripts/room``.

    Gives what happened and the enhancement as metered. ``ducked`` is the command's time, its ramp and the
    device's latency; ``silent`` is taken from what the speaker was given.
    """
    starts = [7.0 + GAP_S * number for number in range(len(phrases))]
    sounds = [loud(voiced(*phrase)) for phrase in phrases]
    said = track(starts[-1] + GAP_S, [(0.5, loud(speak("Hello there."))), *zip(starts, sounds, strict=True)])
    replies = iter(range(10_000))
    audio, actions, echo = VirtualAudio(), _Actions(), best_echo()
    log = logging.getLogger(Cascade.__module__)
    log.addHandler(actions)
    log.setLevel(logging.INFO)
    os.environ.update(audio.env)
    try:
        with tempfile.TemporaryDirectory() as folder, room(audio, *arguments), audio.record() as recording:
            wav = Path(folder) / "user.wav"
            write_wav(wav, said)
            transport = DeviceTransport(DeviceAudio("vmic", "vspk"))
            conversation = _Conversation(
                transport,
                lambda text: None if is_backchannel(text) else sentences(6, 6 * next(replies)),
                Parts(parts.vad, parts.recogniser, parts.voice, echo=echo),
                owns_time=False,
            )
            with conversation:
                conversation.wait_for(EngineReady)
                time.sleep(_SETTLE_S)
                began = audio.say(wav, len(said) / RATE + 10)
                time.sleep(0.5)
                latency = transport.output_latency_s
    finally:
        log.removeHandler(actions)
        audio.close()
    rows = [
        _judge(conversation.timed, actions.seen, recording, phrase, began + start, latency)
        for phrase, start in zip(phrases, starts, strict=True)
    ]
    return rows, echo.erle


def _judge(
    events: Sequence[tuple[float, object]],
    actions: Sequence[tuple[float, str]],
    recording: Recording,
    phrase: tuple[str, str],
    start: float,
    latency_s: float,
) -> Interruption:
    end = start + GAP_S - 2.0
    opened = [at for at, event in events if isinstance(event, UserSpeechStarted) and start <= at < end]
    ducked = [at for at, action in actions if action == "duck" and start <= at < end]
    silenced = [at for at, action in actions if action in ("pause", "stop") and start <= at < end]
    cut = any(
        isinstance(event, SpeechFinished) and event.interrupted for at, event in events if start <= at < end
    )
    return Interruption(
        *phrase,
        opened[0] - start if opened else None,
        ducked[0] + _DUCKED_RAMP_S + latency_s - start if ducked else None,
        _silence(recording, silenced[0]) - start if silenced and cut else None,
        cut,
    )


def _silence(recording: Recording, after: float) -> float:
    """When, after the command at ``after``, a silence of at least 150 ms begins."""
    first = int((after - recording.started) * RATE)
    frames = recording.samples[first : first + 2 * RATE].astype(np.float32) / 32768
    frames = frames[: len(frames) // _FRAME * _FRAME].reshape(-1, _FRAME)
    quiet = np.sqrt((frames**2).mean(axis=1)) < _SILENT
    runs = np.convolve(quiet, np.ones(15), "valid") == 15
    return after + int(np.argmax(runs)) * _FRAME / RATE if runs.any() else float("inf")
