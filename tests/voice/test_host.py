"""The engine process with the real speech parts, from WAV to WAV, driven over its pipe."""

from __future__ import annotations

import functools
import os
import signal
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.engine.echo_words import words_of
from assistant.engine.protocol import (
    DeviceAudio,
    EndReply,
    EngineConfig,
    EngineNotice,
    EngineReady,
    InputFinished,
    Levels,
    SetMicrophone,
    SpeechFinished,
    SpeechHeard,
    UseDevices,
    UserTurn,
    WavAudio,
)
from assistant.voice.cascade.parts import load_recogniser
from assistant.voice.cascade.ports import Recogniser
from tests.fakes.parent import FakeParent
from tests.fakes.speech import RATE, pink_noise, speak, to_16k

Samples = NDArray[np.float32]

ANSWER = [
    "Good evening.",
    "There are seven lamps on the table in the library, and every one of them is made of green glass.",
    "My grandmother bought them in the winter, when the river was frozen and the market stood on the ice.",
]


@functools.cache
def recogniser() -> Recogniser:
    return load_recogniser()[0]


def pause(seconds: float) -> Samples:
    return pink_noise(seconds, 0.0005)


def save(path: Path, *pieces: Samples) -> Path:
    pcm = (np.clip(np.concatenate(pieces), -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())
    return path


def words_in(path: Path) -> list[str]:
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    audio = to_16k(pcm.astype(np.float32) / np.float32(32768))
    return words_of(
        " ".join(
            recogniser().transcribe(part).text for part in np.array_split(audio, len(audio) // 320_000 + 1)
        )
    )


def config(folder: Path, *pieces: Samples) -> EngineConfig:
    heard = save(folder / "in.wav", *pieces)
    return EngineConfig(
        WavAudio(str(heard), str(folder / "out.wav")), volume=1.0, log_path=str(folder / "log")
    )


def test_a_spoken_turn_is_understood_and_answered_aloud(tmp_path: Path) -> None:
    started = config(tmp_path, pause(0.5), speak("Hello there."), pause(1.5))
    with FakeParent(started, tmp_path / "err", lambda text: [ANSWER[0], "The lamps are green."]) as parent:
        ready = parent.wait_for(EngineReady)
        assert set(ready.parts) >= {"vad", "recogniser", "voice", "echo"}
        parent.send(EndReply(0))
        parent.wait_for(InputFinished)
        assert parent.shut_down() == 0
    (turn,) = parent.all(UserTurn)
    assert words_of(turn.text) == ["hello", "there"]
    assert parent.all(SpeechFinished) == [SpeechFinished(1, "Good evening. The lamps are green.", False)]
    assert words_in(tmp_path / "out.wav") == ["good", "evening", "the", "lamps", "are", "green"]
    assert turn.text not in (tmp_path / "log").read_text()


def test_talking_over_the_answer_stops_it_where_it_was(tmp_path: Path) -> None:
    started = config(tmp_path, speak("Hello there."), pause(6), speak("Wait, what is your name?"), pause(4))

    def answer(text: str) -> list[str]:
        return ["I am a voice."] if "name" in text else ANSWER

    with FakeParent(started, tmp_path / "err", answer) as parent:
        parent.send(EndReply(0))
        parent.wait_for(InputFinished)
        assert parent.shut_down() == 0
    cut = parent.all(SpeechFinished)[0]
    assert cut.interrupted
    assert " ".join(ANSWER).startswith(cut.text)
    assert 6 <= len(cut.text.split()) < len(" ".join(ANSWER).split()) - 5
    assert [turn.over_speech for turn in parent.all(UserTurn)] == [False, True]
    spoken = words_in(tmp_path / "out.wav")
    assert spoken[-4:] == ["i", "am", "a", "voice"]
    assert abs(len(spoken) - 4 - len(words_of(cut.text))) <= 3
    heard = [event.text for event in parent.all(SpeechHeard) if event.generation == 1]
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))


def test_a_closed_microphone_is_deaf(tmp_path: Path) -> None:
    with FakeParent(
        config(tmp_path, pause(0.5), speak("Hello there."), pause(1)), tmp_path / "err"
    ) as parent:
        parent.send(SetMicrophone(False))
        parent.wait_for(InputFinished)
    assert not any(turn.text for turn in parent.all(UserTurn))
    assert max(event.microphone for event in parent.all(Levels)) == -120.0


def test_a_role_without_parts_is_said_and_lived_with(tmp_path: Path) -> None:
    base = config(tmp_path, speak("Hello there."), pause(1))
    from assistant.voice.cascade.parts import describe_parts

    everything = tuple(part.key for part in describe_parts())
    without = EngineConfig(base.audio, without=everything, log_path=base.log_path)
    with FakeParent(without, tmp_path / "err") as parent:
        ready = parent.wait_for(EngineReady)
        parent.say("Only", "text")
        assert parent.wait_for(SpeechFinished).text == "Only text"
        assert parent.shut_down() == 0
    assert not {"vad", "recogniser", "voice"} & set(ready.parts)
    assert any("type" in note for note in ready.notes)
    assert any("shown" in note for note in ready.notes)


def test_a_broken_recording_is_told_with_its_remedy(tmp_path: Path) -> None:
    missing = EngineConfig(WavAudio(str(tmp_path / "none.wav"), str(tmp_path / "out.wav")))
    with FakeParent(missing, tmp_path / "err") as parent:
        notice = parent.wait_for(EngineNotice)
        assert notice.message
        assert notice.remedy
        assert parent.wait_for(EngineReady).input_device == ""
        assert parent.shut_down() == 0


def test_a_recording_does_not_change_devices(tmp_path: Path) -> None:
    with FakeParent(config(tmp_path, pause(0.5)), tmp_path / "err") as parent:
        parent.wait_for(EngineReady)
        parent.send(UseDevices("a", "b"))
        assert "recording" in parent.wait_for(EngineNotice).message
        assert parent.shut_down() == 0


def test_ctrl_c_is_left_to_the_parent(tmp_path: Path) -> None:
    with FakeParent(config(tmp_path, pause(0.5)), tmp_path / "err") as parent:
        parent.wait_for(EngineReady)
        os.kill(parent.process.pid, signal.SIGINT)
        parent.say("Still here")
        assert parent.wait_for(SpeechFinished).text == "Still here"


@pytest.mark.parametrize("after_ready", [False, True])
def test_it_leaves_when_the_parent_is_gone(tmp_path: Path, after_ready: bool) -> None:
    with FakeParent(config(tmp_path, pause(0.5)), tmp_path / "err") as parent:
        if after_ready:
            parent.wait_for(EngineReady)
        parent.pipe.close()
        assert parent.process.wait(5) == 0


def test_it_leaves_at_once_while_it_still_loads(tmp_path: Path) -> None:
    with FakeParent(EngineConfig(DeviceAudio()), tmp_path / "err") as parent:
        assert parent.shut_down() == 0
