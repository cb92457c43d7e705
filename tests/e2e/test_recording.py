"""A conversation by voice, recorded through a killed engine, and replayed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.audio.wavfile import read_stereo
from assistant.engine.echo_words import words_of
from assistant.recording.folder import JOURNAL, SOUND
from tests.e2e.conftest import StartDashboard
from tests.e2e.terminal import assistant
from tests.e2e.test_dashboard_conversation import LISTENING
from tests.e2e.test_dashboard_faults import engine_of
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(240)]

SAID = (
    "What time is it?",
    "What can you do?",
    "Stop talking now please, that is enough.",
    "Tell me about the moon.",
)
RECORDINGS = ".local/state/local-voice-assistant/recordings"


def test_a_recorded_conversation_is_replayed_as_it_was(
    virtual_audio: VirtualAudio, env: dict[str, str], start: StartDashboard, say: Callable[[str], None]
) -> None:
    terminal = start()
    terminal.wait_for("Hello", "mic open", timeout_s=40)
    terminal.wait_for(LISTENING)
    terminal.keys("F9")
    terminal.wait_for("● recording", "are recorded to")
    say(SAID[0])
    terminal.wait_for("What time is it?")
    terminal.wait_for(LISTENING)
    say(SAID[1])
    terminal.wait_for("▸ speaking")
    say(SAID[2])
    terminal.wait_for("⊘ interrupted")
    terminal.wait_for(LISTENING)
    engine_of(env["HOME"]).kill()
    terminal.wait_for("The engine is back", LISTENING, timeout_s=40)
    terminal.wait_for("● recording")
    say(SAID[3])
    terminal.wait_for("about the moon")
    terminal.wait_for(LISTENING)
    terminal.keys("F9")
    terminal.wait_for("● recording", absent=True)
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0

    (folder,) = (Path(env["HOME"]) / RECORDINGS).iterdir()
    microphone, speaker = read_stereo(folder / SOUND)
    assert abs(microphone).max() > 0.05
    assert abs(speaker).max() > 0.05

    def replay(*options: str) -> subprocess.CompletedProcess[str]:
        command = assistant("replay", *options, str(folder))
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)

    done = replay()
    assert done.returncode == 0, done.stdout + done.stderr
    listened = replay("--audio")
    words = " ".join(words_of(listened.stdout))
    assert all(" ".join(words_of(sentence)) in words for sentence in SAID), listened.stdout + listened.stderr
    assert replay("--audio").stdout == listened.stdout

    journal = folder / JOURNAL
    journal.write_text(journal.read_text().replace("What time is it?", "What day is it?"))
    assert replay().returncode == 1
