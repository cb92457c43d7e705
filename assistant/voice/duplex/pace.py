"""Whether the loop keeps up with the user, looked at now and then."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from assistant.engine.monologue_protocol import FrameTimes
from assistant.engine.protocol import EngineNotice, Event
from assistant.severity import Severity
from assistant.voice.duplex.pipeline import Pipeline
from assistant.voice.duplex.speech import MonologueSpeech

LOOK_S = 5.0
TOO_SLOW = 0.05
"""Share of frames that may be lost before something has to be done about it."""

_log = logging.getLogger(__name__)


class Pace:
    """Owned by the audio thread."""

    def __init__(self, pipeline: Pipeline, speech: MonologueSpeech, emit: Callable[[Event], None]) -> None:
        self._pipeline = pipeline
        self._speech = speech
        self._emit = emit
        self._looked_at = time.monotonic()
        self._dropped = self._done = 0
        self._has_warned = False

    def is_lost(self, done: int) -> bool:
        """True where too many frames were lost since the last look; ``done`` are those that were not."""
        if time.monotonic() - self._looked_at < LOOK_S:
            return False
        self._looked_at = time.monotonic()
        times = self._times()
        self._emit(times)
        _log.info("%s", times)
        lost, came = times.dropped - self._dropped, done - self._done
        self._dropped, self._done = times.dropped, done
        return lost > TOO_SLOW * (lost + came)

    def warn(self) -> None:
        """Tell the user which stage is too slow; once."""
        if not self._has_warned:
            self._has_warned = True
            self._emit(_too_slow(self._times()))

    def _times(self) -> FrameTimes:
        line = self._pipeline
        stages = (line.encode.times(), line.step.times(), line.decode.times())
        return FrameTimes(*stages, line.dropped, self._speech.underruns)


def _too_slow(times: FrameTimes) -> EngineNotice:
    stages = {
        "the codec's encoder": times.encode,
        "the model": times.step,
        "the codec's decoder": times.decode,
    }
    slowest = max(stages, key=lambda name: stages[name])
    return EngineNotice(
        Severity.WARNING,
        f"Moshi does not keep up: {slowest} takes {stages[slowest][1] * 1000:.0f} ms where a frame lasts 80.",
        "Close other programs, take a smaller quantization (assistant models get moshika-q4), "
        "or set engine = cascade.",
    )
