"""Virtual audio, an empty home and a real terminal for the tests of the whole program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.terminal import ROOT, Terminal, assistant, has_tmux
from tests.fakes.speech import RATE, speak
from tests.fakes.vaudio import VirtualAudio, missing_programs
from tests.fakes.wavs import write_wav

StartDashboard = Callable[..., Terminal]


@pytest.fixture
def virtual_audio() -> Iterator[VirtualAudio]:
    """A running virtual microphone and speaker, gone afterwards."""
    if missing := missing_programs():
        pytest.skip(f"virtual audio needs {', '.join(missing)}")
    audio = VirtualAudio()
    yield audio
    audio.close()


@pytest.fixture
def env(virtual_audio: VirtualAudio, tmp_path: Path) -> dict[str, str]:
    """The environment of a new user, past the screen of the first run, with a virtual sound card."""
    home = tmp_path / "home"
    state = home / ".local/state/local-voice-assistant"
    state.mkdir(parents=True)
    seen = {"panels": {}, "dots": True, "theme": "", "welcomed": True}
    (state / "dashboard.json").write_text(json.dumps(seen))
    kept = {
        key: value for key, value in virtual_audio.env.items() if not key.startswith(("XDG_", "ASSISTANT_"))
    }
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[StartDashboard]:
    """Starts the program in a real terminal."""
    if not has_tmux():
        pytest.skip("this test needs tmux")
    opened: list[Terminal] = []

    def start(*arguments: str, command: list[str] | None = None, **changed: str) -> Terminal:
        opened.append(Terminal(command or assistant(*arguments), {**env, **changed}))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def say(virtual_audio: VirtualAudio, tmp_path: Path) -> Callable[[str], None]:
    """Speaks a sentence into the virtual microphone, with a room's faint noise around it."""

    def say(text: str) -> None:
        pause = np.zeros(RATE // 5, np.float32)
        audio = np.concatenate((pause, speak(text), pause))
        audio += np.random.default_rng(0).normal(0, 0.0005, len(audio)).astype(np.float32)
        path = tmp_path / "said.wav"
        write_wav(path, audio)
        virtual_audio.say(path)

    return say
