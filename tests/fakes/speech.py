"""Speech for tests: sentences synthesised by a real voice, kept on disk between runs."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import soxr
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hibari import Hibari

RATE = 24_000
Speaker = Literal["hibari", "espeak", "de", "fr-fr", "es"]


def speak(text: str, voice: Speaker = "hibari") -> NDArray[np.float32]:
    """``text`` as float32 mono at 24 kHz; the same samples every time.

    ``hibari`` is the packaged voice, ``espeak`` the program espeak-ng (a second, robotic speaker), the others
    are its voices for other languages.
    """
    path = cache_folder() / f"{voice}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.npy"
    if not path.exists():
        spoken = _hibari()(text, seed=7) if voice == "hibari" else _espeak(text, voice)
        _write(path, np.asarray(spoken, np.float32))
    audio: NDArray[np.float32] = np.load(path)
    return audio


def to_16k(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """24 kHz audio as the recognisers and voice activity detectors take it."""
    resampled: NDArray[np.float32] = soxr.resample(audio, RATE, 16_000)
    return resampled


def pink_noise(seconds: float, rms: float, rate: int = RATE, seed: int = 1) -> NDArray[np.float32]:
    """Noise whose power falls with frequency, as in a room; ``rms`` is 0.0 to 1.0."""
    count = int(seconds * rate)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise * (rms / np.sqrt(np.mean(noise**2))), np.float32)


@functools.cache
def _hibari() -> Hibari:
    from hibari import Hibari

    return Hibari(voice="heart", threads=1)


def _espeak(text: str, voice: Speaker) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(
            ["espeak-ng", "-v", "en-us" if voice == "espeak" else voice, "-w", str(path), "--stdin"],
            input=text.encode(),
            check=True,
            timeout=30,
        )
        with wave.open(str(path)) as source:
            rate, pcm = source.getframerate(), source.readframes(source.getnframes())
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    resampled: NDArray[np.float32] = soxr.resample(samples, rate, RATE)
    return resampled


def cache_folder() -> Path:
    """Where synthesised speech is kept between runs."""
    folder = Path(tempfile.gettempdir()) / f"assistant-test-speech-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _write(path: Path, audio: NDArray[np.float32]) -> None:
    # Several test processes may synthesise the same sentence at once: only whole files appear.
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as part:
        np.save(part, audio)
    Path(part.name).replace(path)
