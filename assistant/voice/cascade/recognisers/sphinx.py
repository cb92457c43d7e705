"""PocketSphinx (CMU): the recogniser of last resort, a small fixed vocabulary on any processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.voice.cascade.ports import RECOGNITION_RATE, Samples, Transcript

_FRAME_S = 0.03
_LEAST_SPEECH = 0.1


class SphinxRecogniser:
    """PocketSphinx with its packaged US English models.

    It finds words in any noise, so audio in which the detector that comes with it hears less than a tenth
    of speech counts as empty.
    """

    name = "PocketSphinx"

    def __init__(self, weights: Path) -> None:
        from pocketsphinx import Decoder, Vad

        self._vad = Vad(Vad.STRICT, RECOGNITION_RATE, _FRAME_S)
        self._decoder = Decoder(
            hmm=str(weights / "en-us"),
            lm=str(weights / "en-us.lm.bin"),
            dict=str(weights / "cmudict-en-us.dict"),
            samprate=float(RECOGNITION_RATE),
            logfn="/dev/null",
        )

    def transcribe(self, audio: Samples) -> Transcript:
        """The words in ``audio`` (float32, 16 kHz), in lower case."""
        pcm = (np.clip(audio, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        if not self._has_speech(pcm):
            return Transcript("", 0.0)
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, no_search=False, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Transcript(found.hypstr) if found and found.hypstr else Transcript("", 0.0)

    def _has_speech(self, pcm: bytes) -> bool:
        size = self._vad.frame_bytes
        frames = [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]
        return sum(bool(self._vad.is_speech(frame)) for frame in frames) > _LEAST_SPEECH * len(frames)
