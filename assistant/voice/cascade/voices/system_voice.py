"""The voice of the operating system: ``say`` on macOS, ``espeak-ng`` elsewhere, as a separate program."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import shape
from assistant.voice.cascade.ports import Samples
from assistant.voice.cascade.speakable import speakable

PROGRAMS = ("say", "espeak-ng", "espeak")
"""Programs that can speak, best first."""

_WORDS_PER_MINUTE = 170
_TIMEOUT_S = 30.0
_FARTHEST = 4.0
"""Semitones by which resampling, which takes the formants along, leaves ``say`` understandable."""

_ESPEAK_SETTINGS = (0.0, 50.0, 99.0)
_MAN_BELOW = -4.0
_ESPEAK_MAN = ("en-us", (-17.6, -10.9, -2.3))
_ESPEAK_WOMAN = ("en-us+f2", (-6.2, 0.1, 8.9))
"""eSpeak's voices, and how far from the packaged voice's pitch its settings put them; measured."""

logger = logging.getLogger(__name__)


def find_program() -> Path | None:
    """The best speaking program on the search path, or None."""
    found = (shutil.which(program) for program in PROGRAMS)
    return next((Path(path) for path in found if path), None)


class SystemVoice:
    """Speaks whole sentences through ``program``, one of ``PROGRAMS``.

    Of a ``VoiceSpec`` it has speed, effects and as much of the pitch as the program has.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self.name = program.name

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        """``text`` as 24 kHz audio in blocks of at most 200 ms.

        Raises ``VoiceError`` for an unknown effect and when the program fails.
        """
        text = speakable(text, spec.say_as)
        yield from shape(self._spoken(text, spec) if text else (), spec)

    def _spoken(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        # ``say`` has no setting for the pitch.
        pitch = min(max(spec.pitch, -_FARTHEST), _FARTHEST) if self.name == "say" else 0.0
        ratio = 2.0 ** (pitch / 12.0)
        with tempfile.TemporaryDirectory(prefix="assistant-voice-") as folder:
            path = Path(folder) / "speech.wav"
            try:
                subprocess.run(
                    self._command(path, round(_WORDS_PER_MINUTE * spec.speed / ratio), spec.pitch),
                    input=text.encode("ascii", "ignore"),
                    capture_output=True,
                    check=True,
                    timeout=_TIMEOUT_S,
                )
                yield _read(path, ratio)
            except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
                logger.exception("%s could not speak %d characters", self._program, len(text))
                raise VoiceError(
                    f"The system's voice ({self.name}) failed.",
                    "Install the packaged voice: pip install hibari-tts.",
                ) from error

    def _command(self, path: Path, words_per_minute: int, pitch: float) -> list[str]:
        program, rate = str(self._program), str(words_per_minute)
        if self.name == "say":
            return [program, "-r", rate, "-o", str(path), f"--data-format=LEI16@{SAMPLE_RATE}", "-f", "-"]
        voice, semitones = _ESPEAK_MAN if pitch < _MAN_BELOW else _ESPEAK_WOMAN
        setting = str(round(np.interp(pitch, semitones, _ESPEAK_SETTINGS)))
        return [program, "-v", voice, "-s", rate, "-w", str(path), "-p", setting, "--stdin"]


def _read(path: Path, ratio: float) -> Samples:
    """A 16-bit mono WAV file at 24 kHz, with ``ratio`` times its frequencies."""
    import soxr

    with wave.open(str(path)) as source:
        rate, pcm = source.getframerate(), source.readframes(source.getnframes())
    audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
    return np.asarray(soxr.resample(audio, rate * ratio, SAMPLE_RATE), np.float32)
