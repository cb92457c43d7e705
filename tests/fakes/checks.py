"""Findings of a made-up machine, for the screen of the first run."""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.doctor.finding import Finding, Status


class FakeChecks:
    """Everything is there but a language model. ``sound_s`` is how long the sound check takes."""

    def __init__(self, sound_s: float = 0.0) -> None:
        self._sound_s = sound_s

    def found(self) -> Iterator[Finding]:
        yield Finding("speech", Status.OK, "recogniser", "moonshine 0.1.0 (MIT); whisper would take over")
        yield Finding("speech", Status.OK, "voice", "hibari 0.2.1 (MIT, 28 MB of weights)")
        lines = "The personas' own lines; no language model is set."
        better = "For free answers: a GGUF model of 0.3 to 5 GB in ~/models, or Ollama."
        yield Finding("text engine", Status.OK, "scripted", lines, better)
        yield Finding("terminal", Status.OK, "colours", "16 million")

    def devices(self) -> Iterator[Finding]:
        for role, name in (("microphone", "Headset"), ("microphone", "Webcam"), ("speaker", "Headset")):
            yield Finding("devices", Status.OK, role, name)

    def sound(self) -> Iterator[Finding]:
        time.sleep(self._sound_s)
        yield Finding("microphone", Status.OK, "level", "−58 dBFS, loudest −40 dBFS")
        yield Finding("echo", Status.OK, "test", "−20 dB after 62 ms, cancelled by 31 dB.")
