"""Sesame's CSM-1B through Hugging Face's transformers. It was not run with Sesame's weights.

The model goes on from a conversation, text and sound. Without one each sentence comes in another voice; so
the first sentence that was said stays before every other, and with it the voice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.engine.protocol import VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import shape
from assistant.voice.cascade.ports import Samples
from assistant.voice.cascade.speakable import speakable
from assistant.voice.cascade.voices.hibari import trimmed

LONGEST = 750
"""Frames of a sentence at most: a minute."""

_SPEAKER = "0"

logger = logging.getLogger(__name__)


class CsmVoice:
    """The model in ``folder``, safetensors in transformers' layout; nothing is fetched.

    Of a ``VoiceSpec`` it has the effects and how names are spelt. A sentence is heard once all of it is made.
    """

    name = "Sesame CSM"

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoProcessor, CsmForConditionalGeneration

        self._device = _best_device(torch)
        self._processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        model = CsmForConditionalGeneration.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, torch_dtype="auto"
        )
        self._model = model.to(self._device).eval()
        self._first: tuple[str, Samples] | None = None

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        """``text`` as 24 kHz audio in blocks of at most 200 ms.

        Raises ``VoiceError`` for an unknown effect and when the model fails.
        """
        text = speakable(text, spec.say_as)
        yield from shape(trimmed([self._spoken(text)]) if text else (), spec)

    def _spoken(self, text: str) -> Samples:
        turns = [_turn(*self._first)] if self._first else []
        try:
            inputs = self._processor.apply_chat_template(
                [*turns, _turn(text)], tokenize=True, return_dict=True
            ).to(self._device)
            made = self._model.generate(**inputs, output_audio=True, max_new_tokens=LONGEST)
        except (RuntimeError, ValueError) as error:
            logger.exception("CSM could not speak %d characters", len(text))
            raise VoiceError(
                "The voice could not speak a sentence.", "It stays readable on the screen."
            ) from error
        samples = np.asarray(made[0].float().cpu().numpy(), np.float32).reshape(-1)
        if self._first is None and len(samples):
            self._first = (text, samples)
        return samples


def _turn(text: str, sound: Samples | None = None) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if sound is not None:
        content.append({"type": "audio", "path": sound})
    return {"role": _SPEAKER, "content": content}


def _best_device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
