"""Hears the user on the very codes that Moshi hears: words as they come, and whole turns where they end.

One encoder with 32 codebooks serves both, as Mimi's first eight codes of a frame do not depend on how many
follow. The recogniser is half a second behind; at the end of a turn it is handed silence at once, so that the
last words need not be waited for. That silence is its own: Moshi never hears it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointError
from assistant.voice.cascade.ports import RECOGNITION_RATE, Samples
from assistant.voice.cascade.ports import Transcript as Understood
from assistant.voice.duplex.user_words import Words
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.codec import FRAME, SAMPLE_RATE, mimi_encoder
from assistant.voice.moshi.config import Packing
from assistant.voice.moshi.stt import SpeechToText
from assistant.voice.moshi.transcript import PAUSE, Transcript, TurnEnds
from assistant.voice.moshi.weights import load_lm

DELAY_FRAMES = 7
"""Frames after which a word that was said is out: half a second, rounded up."""
SETTLING_FRAMES = 8
"""Frames of silence after which the encoder's codes of it are those of silence."""


class Listener:
    """The user's words and turns from Mimi's codes, ``codebooks`` a frame. Made and used on one thread.

    ``decode`` is the text tokenizer's; ``silence`` (codebooks,) are the codes of a silent frame.
    """

    def __init__(
        self, stt: SpeechToText, decode: Callable[[list[int]], str], silence: NDArray[np.int32]
    ) -> None:
        self._stt = stt
        self._silence = silence
        self._transcript = Transcript(decode)
        self._ends = TurnEnds()

    @property
    def codebooks(self) -> int:
        """Codes that it takes of a frame."""
        return self._stt.codebooks

    def hear(self, codes: NDArray[np.int32]) -> Words:
        """The user's next frame (codebooks,)."""
        heard = self._stt.step(codes)
        added = self._transcript.add(heard.text)
        if not self._ends.over(heard.text, heard.pauses):
            return Words(added)
        return Words(added + self.flush(), self._transcript.take())

    def flush(self) -> str:
        """The words that are still on their way."""
        return "".join(self._transcript.add(self._stt.step(self._silence).text) for _ in range(DELAY_FRAMES))

    def reset(self) -> None:
        """Forget what was heard."""
        self._stt.reset()
        self._transcript.take()
        self._ends = TurnEnds()


class KyutaiRecogniser:
    """The same model behind the port of the cascade's recognisers: one utterance at a time."""

    name = "kyutai-stt"

    def __init__(self, folder: Path, pack: Packing | None = None) -> None:
        self._stt, self._decode, mimi = open_stt(folder, pack)
        self._encode = mimi_encoder(mimi, self._stt.codebooks)

    def transcribe(self, audio: Samples) -> Understood:
        """The words in ``audio`` (16 kHz)."""
        import soxr

        samples = soxr.resample(audio, RECOGNITION_RATE, SAMPLE_RATE)
        whole = np.zeros((-(-len(samples) // FRAME) + DELAY_FRAMES) * FRAME, np.float32)
        whole[: len(samples)] = samples
        self._stt.reset()
        transcript = Transcript(self._decode)
        for frame in whole.reshape(-1, FRAME):
            transcript.add(self._stt.step(self._encode(frame)).text)
        return Understood(transcript.text.strip())

    def close(self) -> None:
        """Let go of the codec; once."""
        self._encode.close()


def open_listener(folder: Path, pack: Packing | None = None) -> Listener:
    """The listener of a folder with Kyutai's recogniser; ``pack`` quantises it in memory.

    Raises ``CheckpointError``, also for weights without the heads that tell a turn's end: of Kyutai's
    releases those for MLX have none, those for Candle do.
    """
    stt, decode, mimi = open_stt(folder, pack)
    if stt.pauses <= PAUSE:
        raise CheckpointError(f"{folder} holds a recogniser that cannot tell the end of a turn.")
    encode = mimi_encoder(mimi, stt.codebooks)
    silence = [encode(np.zeros(FRAME, np.float32)) for _ in range(SETTLING_FRAMES)][-1]
    encode.close()
    return Listener(stt, decode, silence)


def open_stt(folder: Path, pack: Packing | None) -> tuple[SpeechToText, Callable[[list[int]], str], Path]:
    """Model, decoder of its text, and Mimi's file. Raises ``CheckpointError``."""
    from sentencepiece import SentencePieceProcessor

    checkpoint = open_checkpoint(folder)
    if checkpoint.config.raw["dep_q"]:
        raise CheckpointError(f"{folder} holds a Moshi, which is no recogniser.")
    words: Any = SentencePieceProcessor(model_file=str(checkpoint.tokenizer))
    return SpeechToText(load_lm(checkpoint, pack)), words.decode, checkpoint.mimi
