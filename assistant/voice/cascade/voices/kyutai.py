"""Kyutai's voice behind the port of the cascade's voices: through MLX, for machines with an accelerator."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from assistant.engine.protocol import VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import shape
from assistant.voice.cascade.ports import Samples
from assistant.voice.cascade.speakable import speakable
from assistant.voice.cascade.voices.hibari import trimmed
from assistant.voice.moshi.codec import mimi_decoder as decoder

logger = logging.getLogger(__name__)


class KyutaiVoice:
    """The model of ``folder``, in the voice of the file ``speaker``, else of one in the folder.

    Of a ``VoiceSpec`` it has the effects and how names are spelt: pace and pitch are the speaker's own.
    Raises ``CheckpointError``.
    """

    name = "Kyutai TTS"

    def __init__(self, folder: Path, speaker: Path | None = None) -> None:
        from assistant.voice.moshi.tts import open_tts

        self._tts, mimi = open_tts(folder, speaker)
        self._decode = decoder(mimi, self._tts.codebooks)
        self._leave_thread()

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        """``text`` as 24 kHz audio in blocks of at most 200 ms, the first after about 1.3 s of frames.

        Raises ``VoiceError`` for an unknown effect and when the model fails.
        """
        text = speakable(text, spec.say_as)
        yield from shape(trimmed(self._spoken(text)) if text else (), spec)

    def close(self) -> None:
        """Let go of the codec, on the thread that spoke."""
        self._decode.close()
        self._leave_thread()

    def _spoken(self, text: str) -> Iterator[Samples]:
        try:
            for codes in self._tts.frames(text):
                yield self._decode(codes)
        except (RuntimeError, ValueError) as error:
            logger.exception("Kyutai's voice could not speak %d characters", len(text))
            raise VoiceError(
                "The voice could not speak a sentence.", "It stays readable on the screen."
            ) from error

    def _leave_thread(self) -> None:
        """MLX aborts the process where a thread that used it ends otherwise."""
        if "mlx.core" in sys.modules:
            import mlx.core as mx

            mx.clear_streams()
