"""Moshi without dashboard or microphone: sound in, sound and text out."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointMissingError
from assistant.voice.moshi.catalogue import find_release
from assistant.voice.moshi.checkpoint import find_cached, open_checkpoint
from assistant.voice.moshi.codec import FRAME, mimi_decoder, mimi_encoder
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.personaplex import persona_prompt, read_voice, tagged, voice_path
from assistant.voice.moshi.repetition import SILENT
from assistant.voice.moshi.sampling import Sampling
from assistant.voice.moshi.weights import load_lm

log = logging.getLogger(__name__)


class MoshiBridge:
    """A Moshi that answers recordings. It is made and used on one thread.

    ``hf_repo`` names a repository whose files are in the Hugging Face cache, or a folder in the same layout.
    ``quantized`` (4, 8) insists on such weights. ``max_steps`` bounds one answer, in frames of 80 ms.
    ``voice`` is one of PersonaPlex's and is used with a text prompt; stock Moshi has its own only.
    Raises ``CheckpointError`` with what is missing or wrong; nothing is downloaded.
    """

    def __init__(
        self,
        hf_repo: str | Path = "kyutai/moshika-mlx-q4",
        quantized: int | None = None,
        max_steps: int = 500,
        *,
        sampling: Sampling | None = None,
        voice: str = "NATF2",
    ) -> None:
        from sentencepiece import SentencePieceProcessor

        self._max_steps = max_steps
        self._voice = voice
        self._checkpoint = open_checkpoint(_find(hf_repo), quantized)
        self._words = SentencePieceProcessor(model_file=str(self._checkpoint.tokenizer))
        self._generator = Generator(load_lm(self._checkpoint), sampling)
        self._codebooks = self._checkpoint.config.user_codebooks

    def encode_audio(self, audio: NDArray[np.float32]) -> NDArray[np.int32]:
        """Mono sound at 24 kHz (samples,) → codes (frames, codebooks).

        The last frame is filled up with silence.
        """
        encode = mimi_encoder(self._checkpoint.mimi, self._codebooks)
        padded = np.pad(np.asarray(audio, np.float32), (0, -len(audio) % FRAME))
        codes = [encode(frame) for frame in padded.reshape(-1, FRAME)]
        encode.close()
        return np.array(codes, np.int32).reshape(-1, self._codebooks)

    def decode_audio(self, codes: NDArray[np.int32]) -> NDArray[np.float32]:
        """Codes (frames, codebooks) → mono sound at 24 kHz (samples,)."""
        decode = mimi_decoder(self._checkpoint.mimi, codes.shape[1])
        pieces = [decode(frame) for frame in codes]
        decode.close()
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def generate_response(
        self, user_audio: NDArray[np.float32], text_prompt: str = "", max_frames: int | None = None
    ) -> tuple[NDArray[np.float32], str]:
        """What Moshi says while it hears ``user_audio`` and then silence: sound at 24 kHz, and its words.

        It speaks for ``max_frames`` frames, at most ``max_steps``, from the recording's start, as Moshi
        listens and talks at once. PersonaPlex follows ``text_prompt``. Stock Moshi was not trained to; a
        warning says so.
        """
        frames = min(max_frames or self._max_steps, self._max_steps)
        heard = np.zeros(frames * FRAME, np.float32)
        heard[: len(user_audio)] = user_audio[: len(heard)]
        self._begin(text_prompt)
        steps = [self._generator.step(codes) for codes in self.encode_audio(heard)]
        said = [step.codes for step in steps if step.codes is not None]
        text: str = self._words.decode([step.text for step in steps if step.text not in SILENT])
        return self.decode_audio(np.array(said, np.int32)), text

    def _begin(self, text_prompt: str) -> None:
        folder = self._checkpoint.weights.parent
        if text_prompt and voice_path(folder, self._voice).parent.is_dir():
            text = self._words.encode(tagged(text_prompt))
            delays = self._checkpoint.config.raw["delays"][1:]
            self._generator.prefill(persona_prompt(read_voice(folder, self._voice), text, delays))
            return
        if text_prompt:
            log.warning("Moshi does not follow text prompts; the prompt is not used.")
        self._generator.reset()


def _find(hf_repo: str | Path) -> Path:
    if Path(hf_repo).is_dir():
        return Path(hf_repo)
    release = find_release(str(hf_repo))
    if release is None:
        raise CheckpointMissingError(f"{hf_repo} is neither a folder nor a Moshi that is known.")
    if folder := find_cached(release):
        return folder
    raise CheckpointMissingError(
        f"{release.name} is not on this machine. {release.terms()}",
        f"Fetch it with: hf download {release.repo}",
    )
