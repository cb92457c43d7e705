"""Top-k sampling with a temperature, in few operations: one selection, one comparison, one argmax.

A token is drawn by adding Gumbel noise to the scaled logits and taking the largest. A frame's noise is a
function of the seed and the frame's number, so that a conversation can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass

import mlx.core as mx

ROWS = 32
"""A large vocabulary is searched for its top k in so many rows, then among the rows' best."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; the defaults are those of Kyutai's own server.

    Temperature 0 takes the likeliest token.
    """

    text_temperature: float = 0.7
    text_top_k: int = 25
    audio_temperature: float = 0.8
    audio_top_k: int = 250
    seed: int = 0
    repetition_guard: bool = True

    @property
    def sharpness(self) -> tuple[float, float]:
        """One over the temperatures of text and audio; 1 where nothing is drawn."""
        text, audio = (1 / each if each else 1.0 for each in (self.text_temperature, self.audio_temperature))
        return text, audio

    @property
    def greedy(self) -> bool:
        """Whether nothing is left to chance."""
        return self.text_temperature == self.audio_temperature == 0.0


def draw(logits: mx.array, noise: mx.array, sharpness: mx.array | None, top_k: int) -> mx.array:
    """One token of each row: logits (…, tokens) and Gumbel noise of that shape → (…), unsigned.

    ``sharpness`` is one over the temperature; without it the likeliest token is taken. Tokens whose logit
    equals the k-th largest are all kept.
    """
    if sharpness is None:
        return mx.argmax(logits, axis=-1)
    scores = logits.astype(mx.float32) * sharpness + noise
    if 0 < top_k < logits.shape[-1]:
        scores = mx.where(logits < kth_largest(logits, top_k), -mx.inf, scores)
    return mx.argmax(scores, axis=-1)


def kth_largest(values: mx.array, k: int) -> mx.array:
    """The ``k``-th largest of the last axis, which is kept with length 1."""
    tokens = values.shape[-1]
    if tokens % ROWS == 0 and tokens // ROWS > 2 * k:
        rows = mx.partition(values.reshape(*values.shape[:-1], ROWS, tokens // ROWS), -k, axis=-1)[..., -k:]
        values = rows.reshape(*values.shape[:-1], ROWS * k)
    return mx.partition(values, -k, axis=-1)[..., -k : values.shape[-1] - k + 1]
