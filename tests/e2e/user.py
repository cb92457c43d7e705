"""Somebody new at a virtual sound card: their home, and what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.e2e.terminal import ROOT
from tests.fakes.speech import RATE, speak
from tests.fakes.vaudio import VirtualAudio
from tests.fakes.wavs import write_wav


def environment(home: Path, audio: Mapping[str, str]) -> dict[str, str]:
    """Of a new user, past the screen of the first run; ``audio`` is that of the virtual sound card."""
    state = home / ".local/state/local-voice-assistant"
    state.mkdir(parents=True)
    seen = {"panels": {}, "dots": True, "theme": "", "welcomed": True}
    (state / "dashboard.json").write_text(json.dumps(seen))
    kept = {key: value for key, value in audio.items() if not key.startswith(("XDG_", "ASSISTANT_"))}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}


def say(text: str, audio: VirtualAudio, folder: Path) -> None:
    """Speak a sentence into the virtual microphone, with a room's faint noise around it."""
    pause = np.zeros(RATE // 5, np.float32)
    sound = np.concatenate((pause, speak(text), pause))
    sound += np.random.default_rng(0).normal(0, 0.0005, len(sound)).astype(np.float32)
    path = folder / "said.wav"
    write_wav(path, sound)
    audio.say(path)
