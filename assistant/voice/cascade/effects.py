"""Named effects on a voice's audio: rooms, bands, rings.

Everything works on a stream of float32 blocks at 24 kHz and adds no more than a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.ports import Samples

_BLOCK = 4_800
_LIMIT = 0.98


class Effect(Protocol):
    """Something done to a stream of audio."""

    def process(self, block: Samples) -> Samples:
        """The block, changed; as long as it was."""
        ...

    def finish(self) -> Samples:
        """What still rings after the last block."""
        ...


def shape(audio: Iterable[Samples], spec: VoiceSpec) -> Iterator[Samples]:
    """``audio`` (24 kHz) with the effects of ``spec``, in blocks of at most 200 ms.

    Pitch, formants and intonation are the voice's own affair. Raises ``VoiceError`` for an unknown effect.
    """
    effects = make_effects(spec.effects)
    for block in _blocks(audio):
        yield _limited(_through(effects, block))
    for position, effect in enumerate(effects):
        rest = _through(effects[position + 1 :], effect.finish())
        if len(rest):
            yield _limited(rest)


def make_effects(names: Iterable[str]) -> list[Effect]:
    """The effects of these names, in their order. Raises ``VoiceError`` for an unknown one."""
    names = tuple(names)
    for name in names:
        if name not in EFFECTS:
            raise VoiceError(
                f"There is no voice effect called {name!r}.", f"Known effects: {', '.join(sorted(EFFECTS))}."
            )
    return [EFFECTS[name]() for name in names]


class Filter:
    """A finite impulse response, applied block by block (overlap-add, Oppenheim & Schafer 8.7.3)."""

    def __init__(self, kernel: NDArray[np.floating]) -> None:
        self._kernel = np.asarray(kernel, np.float32)
        self._tail = np.zeros(len(kernel) - 1, np.float32)

    def process(self, block: Samples) -> Samples:
        """The block, filtered."""
        length = len(block) + len(self._tail)
        size = 1 << (length - 1).bit_length()
        spectrum = np.fft.rfft(block, size) * np.fft.rfft(self._kernel, size)
        output = np.fft.irfft(spectrum, size)[:length].astype(np.float32)
        output[: len(self._tail)] += self._tail
        self._tail = output[len(block) :]
        return output[: len(block)]

    def finish(self) -> Samples:
        """What the filter still holds."""
        return self._tail


class RingModulator:
    """Part of the voice multiplied by a low tone: the classic robot."""

    def __init__(self, frequency: float, depth: float) -> None:
        self._step = 2.0 * np.pi * frequency / SAMPLE_RATE
        self._depth = depth
        self._at = 0

    def process(self, block: Samples) -> Samples:
        """The block, modulated."""
        carrier = np.sin(self._step * (self._at + np.arange(len(block))))
        self._at += len(block)
        return np.asarray(block * (1.0 - self._depth + self._depth * 1.4 * carrier), np.float32)

    def finish(self) -> Samples:
        """Nothing rings on."""
        return np.zeros(0, np.float32)


class Chorus:
    """The voice beside two copies of itself whose delay sways, as if several spoke at once."""

    _VOICES = ((0.013, 0.0025, 0.9, 0.0), (0.021, 0.0035, 0.6, 2.1))
    _HISTORY = 720

    def __init__(self) -> None:
        self._past = np.zeros(self._HISTORY, np.float32)
        self._at = 0

    def process(self, block: Samples) -> Samples:
        """The block, with its copies."""
        audio = np.concatenate([self._past, block])
        index = np.arange(len(block))
        time = (self._at + index) / SAMPLE_RATE
        output = 0.7 * block
        for delay, sway, rate, phase in self._VOICES:
            delays = (delay + sway * np.sin(2.0 * np.pi * rate * time + phase)) * SAMPLE_RATE
            output += 0.45 * np.interp(self._HISTORY + index - delays, np.arange(len(audio)), audio)
        self._past = audio[-self._HISTORY :]
        self._at += len(block)
        return np.asarray(output, np.float32)

    def finish(self) -> Samples:
        """The end of the delayed copies."""
        return self.process(np.zeros(self._HISTORY, np.float32))


def _low_pass(cutoff: float, taps: int = 129) -> NDArray[np.float64]:
    """A windowed-sinc low-pass of gain 1 with its cutoff in Hz."""
    offset = np.arange(taps) - taps // 2
    kernel = np.sinc(2.0 * cutoff / SAMPLE_RATE * offset) * np.hamming(taps)
    return np.asarray(kernel / kernel.sum(), np.float64)


def _impulse(taps: int = 129) -> NDArray[np.float64]:
    return np.asarray(np.arange(taps) == taps // 2, np.float64)


def _band() -> Effect:
    """A radio: nothing below 350 Hz or above 3.4 kHz, and louder in return."""
    return Filter(1.5 * (_low_pass(3400.0, 257) - _low_pass(350.0, 257)))


def _warm() -> Effect:
    """More below 300 Hz, less above 5 kHz."""
    return Filter(0.75 * (0.6 * _impulse() + 0.4 * _low_pass(5000.0) + 0.9 * _low_pass(300.0)))


def _crisp() -> Effect:
    """More above 3 kHz, less below 200 Hz."""
    return Filter(0.9 * (_impulse() + 0.9 * (_impulse() - _low_pass(3000.0)) - 0.5 * _low_pass(200.0)))


def _room() -> Effect:
    """A small hard room: 180 ms of echoes that fade by 60 dB."""
    length = int(0.18 * SAMPLE_RATE)
    echoes = np.random.default_rng(9).standard_normal(length) * 10.0 ** (-3.0 * np.arange(length) / length)
    echoes[: int(0.004 * SAMPLE_RATE)] = 0.0
    echoes *= 0.42 / np.sqrt(np.sum(echoes**2))
    echoes[0] = 0.9
    return Filter(echoes)


def _metal() -> Effect:
    """A short pipe: four echoes 4 ms apart colour every vowel the same way."""
    kernel = np.zeros(4 * 96 + 1)
    kernel[::96] = 0.75 * np.array([1.0, 0.55, -0.35, 0.25, -0.15])
    return Filter(kernel)


def _ring() -> Effect:
    """A robot: a 50 Hz tone beats through the voice."""
    return RingModulator(frequency=50.0, depth=0.4)


EFFECTS: dict[str, Callable[[], Effect]] = {
    "band": _band,
    "chorus": Chorus,
    "crisp": _crisp,
    "metal": _metal,
    "ring": _ring,
    "room": _room,
    "warm": _warm,
}
"""Every effect that a persona's voice may name."""


def _blocks(audio: Iterable[Samples]) -> Iterator[Samples]:
    for piece in audio:
        for start in range(0, len(piece), _BLOCK):
            yield piece[start : start + _BLOCK]


def _through(effects: list[Effect], block: Samples) -> Samples:
    for effect in effects:
        block = effect.process(block) if len(block) else block
    return block


def _limited(block: Samples) -> Samples:
    return np.clip(block, -_LIMIT, _LIMIT)
