"""Hibari, the packaged voice: 24 kHz, a hundred times faster than real time on one core."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import shape
from assistant.voice.cascade.ports import Samples
from assistant.voice.cascade.speakable import speakable
from assistant.voice.cascade.voices import vocoder

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_GAIN = 2.2
_SILENCE = 0.003
_LEAD = int(0.01 * SAMPLE_RATE)
_TRAIL = int(0.25 * SAMPLE_RATE)

logger = logging.getLogger(__name__)


class HibariVoice:
    """Hibari's voice "heart" from the model inside its package (its other voices would be downloaded).

    The same sentence always gives the same samples.
    """

    name = "Hibari"

    def __init__(self, weights: Path) -> None:
        from hibari import Hibari

        # The session that it makes is replaced by ours, so it is given the smallest of its models.
        self._tts = Hibari(voice="heart", model=str(weights / "oov.onnx"), threads=1)
        self._tts.sess = _session(str(weights / "hibari.onnx"))
        # Loads dictionary, tagger and the reader of unknown words now rather than in the first answer.
        self._tts("Glorbit.", seed=0)

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        """``text`` as 24 kHz audio in blocks of at most 200 ms, without the silence before the first word.

        Raises ``VoiceError`` for an unknown effect and for text that the voice cannot read.
        """
        yield from shape(self._sentences(speakable(text, spec.say_as), spec), spec)

    def _sentences(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        try:
            for number, phonemes in enumerate(self._tts.phonemize(text)):
                seed = zlib.crc32(phonemes.encode()) + number
                if frames := self._frames(phonemes):
                    yield from trimmed(_GAIN * block for block in vocoder.sound(frames, spec, seed))
        except Exception as error:
            logger.exception("Hibari could not speak %d characters", len(text))
            raise VoiceError(
                "The voice could not speak a sentence.", "It stays readable on the screen."
            ) from error

    def _frames(self, phonemes: str) -> vocoder.Frames | None:
        ids = self._tts.ids(phonemes)
        if len(ids) < 3:
            return None
        # Always at its own pace: for another it rounds each sound to whole frames, and 0.9 becomes 0.97.
        request = {"ids": np.asarray([ids], np.int64), "speed": np.ones(1, np.float32)}
        harmonics, phase, noise, free, free_phase, pitch = (
            output[0].T for output in self._tts.sess.run(None, request)
        )
        return vocoder.Frames(pitch, harmonics, np.pi * np.tanh(phase), noise, free, free_phase)


def _session(model: str) -> InferenceSession:
    """Hibari's own session keeps memory for every new length of sentence; this one gives it back."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def trimmed(audio: Iterable[Samples]) -> Iterator[Samples]:
    """``audio`` from 10 ms before its first sound to 250 ms after its last."""
    quiet = np.zeros(0, np.float32)
    begun = False
    for block in audio:
        piece = np.concatenate([quiet, block])
        loud = np.flatnonzero(np.abs(piece) > _SILENCE)
        if not len(loud):
            quiet = piece if begun else piece[-_LEAD:]
            continue
        start = 0 if begun else max(0, loud[0] - _LEAD)
        begun, end = True, loud[-1] + 1
        yield piece[start:end]
        quiet = piece[end:]
    if begun:
        yield quiet[:_TRAIL]
