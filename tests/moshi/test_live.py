"""Moshi's live loop in the engine process: the real codec on a slowed clock, and many starts and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from assistant.engine.monologue_protocol import FrameTimes, MonologueText
from assistant.engine.protocol import (
    EndReply,
    EngineConfig,
    EngineNotice,
    EngineReady,
    InputFinished,
    WavAudio,
)
from assistant.voice.cascade.parts import describe_parts
from tests.fakes.moshi_weights import TINY, write_checkpoint, write_without_codec
from tests.fakes.parent import FakeParent
from tests.fakes.speech import speak
from tests.fakes.talker import SAYS
from tests.fakes.wavs import write_wav

STAND_IN = "tests.fakes.moshi_host"
LOAD_S = 30.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_without_codec(tmp_path_factory.mktemp("moshi"))


def config(folder: Path, model: Path, seconds: float = 1.0, **changed: object) -> EngineConfig:
    """No speech parts but Moshi, so that an engine starts soon."""
    heard = folder / "in.wav"
    write_wav(
        heard, (0.1 * np.random.default_rng(0).standard_normal(int(24_000 * seconds))).astype(np.float32)
    )
    settings = {
        "without": tuple(part.key for part in describe_parts()),
        "engine": "moshi",
        "moshi_model": str(model),
        "log_path": str(folder / "log"),
    }
    return EngineConfig(WavAudio(str(heard), str(folder / "out.wav")), **settings | changed)  # type: ignore[arg-type]


def is_moshi(parent: FakeParent) -> EngineReady:
    """Wait until Moshi has taken over from the cascade."""
    assert parent.wait_for(EngineReady).engine == "cascade"
    ready = parent.wait_for(EngineReady, LOAD_S)
    assert ready.engine == "moshi"
    assert ready.answers_itself
    return ready


@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_real_codec_from_wav_to_wav_on_a_slowed_clock(tmp_path: Path) -> None:
    model = tmp_path / "moshi"
    write_checkpoint(model, TINY, ("bf16",))
    with FakeParent(config(tmp_path, model, 2.0), tmp_path / "err") as parent:
        parent.send(EndReply(0))
        is_moshi(parent)
        parent.wait_for(MonologueText)
        for _ in range(2):
            parent.wait_for(FrameTimes)
        assert parent.shut_down() == 0
    with wave.open(str(tmp_path / "out.wav")) as file:
        said = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    frames = said[: len(said) // 1920 * 1920].reshape(-1, 1920)
    loud = [bool(frame.any()) for frame in frames]
    assert sum(loud) > 15
    assert all(loud[3:-3]), "time stood still while the codec was at work: no frame came late"
    assert parent.all(FrameTimes)[-1].dropped == 0


def test_talk_answers_a_recording_with_moshi(folder: Path, tmp_path: Path) -> None:
    """Both sides in plain lines, Moshi's sound in the WAV."""
    silence = np.zeros(72_000, np.float32)
    write_wav(tmp_path / "q.wav", np.concatenate((silence, speak("Hello there."), silence)))
    says = tmp_path / "says"
    says.touch()
    question, answer = str(tmp_path / "q.wav"), str(tmp_path / "a.wav")
    arguments = ["talk", "--engine", "moshi", "--in", question, "--out", answer]
    env = {**os.environ, "HOME": str(tmp_path), "ASSISTANT_MOSHI_MODEL": str(folder), SAYS: str(says)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.moshi_assistant", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "listens and answers by itself now" in line:
                says.write_text("General greetings.\n")
        assert process.wait(60) == 0
    told = "".join(lines)
    assert "Hello there" in told
    assert "General greetings." in told
    with wave.open(str(tmp_path / "a.wav")) as file:
        said = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.abs(said).max() > 1000


def test_a_model_that_is_missing_leaves_the_cascade_and_says_how_to_get_it(tmp_path: Path) -> None:
    missing = config(tmp_path, tmp_path, moshi_model="kyutai/moshika-mlx-q4")
    with FakeParent(missing, tmp_path / "err") as parent:
        assert any("being loaded" in note for note in parent.wait_for(EngineReady).notes)
        notice = parent.wait_for(EngineNotice)
        assert "CC BY 4.0" in notice.message
        assert "assistant models get moshika-q4" in notice.remedy
        assert parent.wait_for(EngineReady).engine == "cascade"
        assert parent.shut_down() == 0


def test_auto_says_nothing_where_there_is_none(tmp_path: Path) -> None:
    with FakeParent(config(tmp_path, tmp_path, engine="auto"), tmp_path / "err") as parent:
        parent.send(EndReply(0))
        parent.wait_for(InputFinished)
        assert parent.shut_down() == 0
    assert [ready.engine for ready in parent.all(EngineReady)] == ["cascade"]
    assert not parent.all(EngineNotice)


@pytest.mark.timeout(900)
def test_every_start_ends_as_it_should(folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Quit, killed or crashed, at any moment: status 0 or the signal's, never a core dump on quit."""
    for number in range(50 if request.config.getoption("--long") else 5):
        with FakeParent(config(tmp_path, folder, 1.0), tmp_path / "err", host=STAND_IN) as parent:
            if number % 5 == 4:
                # While MLX is being imported, the model loaded, or a step under way.
                time.sleep(0.3 + 0.1 * (number % 7))
            else:
                is_moshi(parent)
            match number % 5:
                case 1:
                    parent.process.kill()
                    assert parent.process.wait(10) == -signal.SIGKILL
                case 2:
                    os.kill(parent.process.pid, signal.SIGABRT)
                    assert parent.process.wait(10) == -signal.SIGABRT
                case 3:
                    parent.pipe.close()
                    assert parent.process.wait(10) == 0
                case _:
                    assert parent.shut_down() == 0
