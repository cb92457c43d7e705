"""Moonshine tiny (Useful Sensors, arXiv:2410.15608): the fastest recogniser, cost grows with length."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

from assistant.engine.footprint import release_mapped
from assistant.voice.cascade.ports import RECOGNITION_RATE, Samples, Transcript

_PAUSE = np.zeros(RECOGNITION_RATE // 2, np.float32)
_OPTIONS = {"identify_speakers": "false", "return_audio_data": "false"}


class MoonshineRecogniser:
    """Moonshine tiny, English, from the weights inside moonshine-voice 0.1.0; nothing is fetched.

    Its own voice activity detection stays on: without it noise is heard as "You". That detection remembers
    the end of the audio before, so a pause follows each one; else speech that was cut off leaks a word
    into the next transcript.
    """

    name = "Moonshine tiny"

    def __init__(self, weights: Path) -> None:
        from moonshine_voice.moonshine_api import ModelArch
        from moonshine_voice.transcriber import Transcriber

        self._transcriber = Transcriber(str(weights), ModelArch.TINY, options=_OPTIONS)
        # It maps its files and then works on copies of them: 41 MB.
        release_mapped(weights)

    def transcribe(self, audio: Samples) -> Transcript:
        """The words in ``audio`` (float32, 16 kHz)."""
        if not len(audio):
            return Transcript("", 0.0)
        lines = self._lines(np.concatenate([audio, _PAUSE]).astype(np.float32, copy=False))
        text = " ".join(" ".join(lines).split())
        return Transcript(text, 1.0 if text else 0.0)

    def _lines(self, audio: Samples) -> list[str]:
        # Transcriber.transcribe_without_streaming() unpacks the samples one by one and holds the
        # interpreter for 5 ms a second of audio meanwhile, which makes the audio callback late. The C
        # function below is the one it calls; ctypes releases the interpreter while it runs.
        from moonshine_voice.errors import check_error
        from moonshine_voice.moonshine_api import TranscriptC

        transcriber = self._transcriber
        found = ctypes.POINTER(TranscriptC)()
        status = transcriber._lib.moonshine_transcribe_without_streaming(
            transcriber._handle,
            audio.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
            len(audio),
            RECOGNITION_RATE,
            0,
            ctypes.byref(found),
        )
        check_error(status)
        return [line.text for line in transcriber._parse_transcript(found).lines]
