"""``assistant talk``: plain lines, with and without audio."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.wavfile import read_wav
from tests.e2e.terminal import ROOT, assistant
from tests.fakes.speech import RATE, speak
from tests.fakes.wavs import write_wav
from tests.voice.suite.acoustics import pitch

TYPED = """hello
change to HAL
who are you?
remember that I like green tea
what do you remember about tea?
forget everything
yes
what do you remember about tea?
"""


def talk(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        assistant(*arguments), input=typed, env=env, cwd=home, capture_output=True, text=True, timeout=90
    )


def test_a_typed_conversation_needs_no_audio_at_all(tmp_path: Path) -> None:
    done = talk(tmp_path, "--engine", "typed", "talk", typed=TYPED)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "  [change_theme: done] Changed from Nova to HAL 9000." in lines
    assert any(line.startswith("HAL 9000: ") and "HAL 9000" in line[10:] for line in lines)
    answers = [line for line in lines if "tea" in line and line.startswith("HAL 9000:")]
    assert "green tea" in answers[1]
    assert "green tea" not in answers[-1], "forgotten is forgotten"
    assert done.stderr == ""


def test_memory_lasts_across_sessions(tmp_path: Path) -> None:
    talk(tmp_path, "--engine", "typed", "talk", typed="Remember that my bike is red.\n")
    done = talk(tmp_path, "--engine", "typed", "talk", typed="What do you remember about my bike?\n")
    assert "my bike is red" in done.stdout.casefold()


def test_it_begins_with_whoever_spoke_last(tmp_path: Path) -> None:
    talk(tmp_path, "--engine", "typed", "talk", typed="Change to HAL.\n")
    done = talk(tmp_path, "--engine", "typed", "--persona", "last", "talk", typed="Hello.\n")
    assert "HAL 9000: " in done.stdout
    assert "Nova: " not in done.stdout


def test_a_wav_is_answered_into_a_wav(tmp_path: Path) -> None:
    pause = np.zeros(RATE * 3, np.float32)
    write_wav(tmp_path / "in.wav", np.concatenate((pause, speak("What time is it?"), pause)))
    done = talk(tmp_path, "talk", "--in", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"))
    assert done.returncode == 0, done.stderr
    assert "you: What time is it?" in done.stdout
    assert (tmp_path / "out.wav").stat().st_size > RATE


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--persona", "gandalf", "talk"), "There is no persona named 'gandalf'."),
        (("--volume", "3", "talk"), "--volume is 3.0, which cannot be used"),
        (("talk", "--out", "x.wav"), "Give both --in and --out."),
        (("talk", "--in", "/nonexistent.wav", "--out", "y.wav"), "/nonexistent.wav"),
        (("nonsense",), "No such command"),
        ((), "The dashboard needs a terminal."),
    ],
)
def test_a_start_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = talk(tmp_path, *arguments)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_at_the_very_start_of_a_wav_is_heard(tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", speak("What time is it?"))
    done = talk(tmp_path, "talk", "--in", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "you: What time is it?" in done.stdout


def test_a_wav_without_words_is_said_to_be_one_and_nothing_is_left_in_the_home(tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", np.zeros(RATE, np.float32))
    done = talk(tmp_path, "talk", "--in", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"))
    assert done.returncode == 1
    assert "No words were understood" in done.stderr
    left = {path.name for path in tmp_path.glob(".*/*")} | {path.name for path in tmp_path.glob(".local/*/*")}
    assert left <= {"share", "state", "local-voice-assistant"}, "no library keeps anything of its own"


def test_a_wav_that_is_none_ends_the_talk(tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"no audio at all")
    done = talk(tmp_path, "talk", "--in", str(tmp_path / "noise.wav"), "--out", str(tmp_path / "out.wav"))
    assert done.returncode == 1
    assert "noise.wav" in done.stdout
    assert "Traceback" not in done.stderr


def test_personas_are_listed_and_broken_files_named(tmp_path: Path) -> None:
    themes = tmp_path / ".local/share/local-voice-assistant/themes"
    themes.mkdir(parents=True)
    (themes / "broken.toml").write_text("name = ")
    done = talk(tmp_path, "personas")
    assert done.returncode == 1
    assert "GLaDOS" in done.stdout
    assert "broken.toml:1" in done.stderr


def test_a_persona_is_heard_into_a_wav(tmp_path: Path) -> None:
    written = tmp_path / "tars.wav"
    done = talk(
        tmp_path, "personas", "preview", "tars", "--text", "All slabs are here.", "--out", str(written)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert np.nanmedian(pitch(read_wav(written))) < 120


def test_without_a_speaker_a_preview_says_what_to_do(tmp_path: Path) -> None:
    done = talk(tmp_path, "--output-device", "no such speaker", "personas", "preview", "nova")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "speaker" in done.stderr


def test_devices_are_listed_even_where_there_are_none(tmp_path: Path) -> None:
    done = talk(tmp_path, "devices")
    assert done.returncode == 0
    assert "Microphones:" in done.stdout
