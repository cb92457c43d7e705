"""The echo test: how late and how loud the speaker comes back through the microphone, and what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.audio.echo import Echo
from assistant.audio.echo_delay import echo_delay
from assistant.audio.transport import BLOCK, Samples
from assistant.doctor.finding import Finding, Status
from assistant.engine.protocol import SAMPLE_RATE

AREA = "echo"

ENOUGH_DB = 15.0
"""Cancellation from which the assistant does not take itself for the user."""

_LOW_HZ, _HIGH_HZ = 150.0, 4_000.0
_NOTE_S, _REST_S = 0.35, 0.05


@dataclass(frozen=True, slots=True)
class EchoMeasure:
    """``delay_s`` lies between the sample given to the device and the one from the microphone.

    ``level_db`` is the echo relative to what was played, ``erle_db`` by how much cancellation lowers it
    (measured in the second half of the test, as it has to learn the room first).
    """

    delay_s: float
    level_db: float
    erle_db: float


def sweeps(seconds: float = 5.0, amplitude: float = 0.2) -> Samples:
    """Soft rising and falling sweeps through the band of speech, as 24 kHz audio.

    Sweeps reach every frequency with little level, so that the delay stands out of a room's noise
    (A. Farina, "Simultaneous measurement of impulse response and distortion", AES 108, 2000).
    """
    note, rest = int(_NOTE_S * SAMPLE_RATE), int(_REST_S * SAMPLE_RATE)
    pieces = [_sweep(note, up=number % 2 == 0) for number in range(round(seconds / (_NOTE_S + _REST_S)))]
    silence = np.zeros(rest)
    joined = np.concatenate([part for piece in pieces for part in (piece, silence)])
    return np.asarray(amplitude * joined, np.float32)


def _sweep(count: int, *, up: bool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    progress = np.arange(count) / count
    ratio = np.log(_HIGH_HZ / _LOW_HZ)
    phase = 2 * np.pi * _LOW_HZ * (count / SAMPLE_RATE) / ratio * np.expm1(ratio * progress)
    sweep: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sin(phase) * np.hanning(count)
    return sweep if up else sweep[::-1]


def measure(microphone: Samples, reference: Samples, echo: Echo, noise_rms: float) -> EchoMeasure | None:
    """Compare both sides of a test, sample for sample on one clock; None when no echo stands out.

    ``noise_rms`` is the microphone's level before the test. ``echo`` hears the test from its start.
    """
    delay_s = echo_delay(microphone, reference)
    if delay_s is None:
        return None
    cleaned = _cancel(microphone, reference, echo)
    half = len(cleaned) // 2
    echo_power = max(_power(microphone) - noise_rms**2, 1e-12)
    return EchoMeasure(
        delay_s=delay_s,
        level_db=_db(echo_power / max(_power(reference), 1e-12)),
        erle_db=_db(_power(microphone[half : len(cleaned)]) / max(_power(cleaned[half:]), 1e-12)),
    )


def _cancel(microphone: Samples, reference: Samples, echo: Echo) -> Samples:
    echo.reset()
    starts = range(0, min(len(microphone), len(reference)) - BLOCK + 1, BLOCK)
    cleaned = [echo.process(microphone[at : at + BLOCK], reference[at : at + BLOCK]) for at in starts]
    return np.concatenate(cleaned) if cleaned else microphone[:0]


def _power(samples: Samples) -> float:
    return float(np.mean(np.square(samples))) if len(samples) else 0.0


def _db(ratio: float) -> float:
    return 10.0 * float(np.log10(max(ratio, 1e-12)))


def report(found: EchoMeasure | None, canceller: str) -> Finding:
    """The measurement as a finding; ``canceller`` names what cancels echo ("none" where nothing does)."""
    if found is None:
        return Finding(AREA, Status.OK, "test", "None: headphones, or the speaker is turned down.")
    came = f"{found.level_db:+.0f} dB after {found.delay_s * 1000:.0f} ms".replace("-", "−")
    if canceller == "none":
        remedy = "Install pywebrtc-audio, or use headphones: the assistant may hear itself."
        return Finding(AREA, Status.WARNING, "test", f"{came}, not cancelled.", remedy)
    detail = f"{came}, cancelled by {found.erle_db:.0f} dB."
    if found.erle_db >= ENOUGH_DB:
        return Finding(AREA, Status.OK, "test", detail)
    remedy = "Turn the speaker down, move the microphone away from it, or use headphones."
    return Finding(AREA, Status.WARNING, "test", detail, remedy)
