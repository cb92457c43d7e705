"""Kyutai's streaming speech recogniser: one step a frame over Mimi's codes, text token and pauses out of it.

It is Moshi's main transformer without the depth transformer: the user's 32 codes in, a monologue out that is
the user's words, half a second late, and heads that tell how long a pause begins
(https://github.com/kyutai-labs/delayed-streams-modeling).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from assistant.voice.moshi.compiling import compiler
from assistant.voice.moshi.projection import Projection, Table, arrays
from assistant.voice.moshi.temporal import Temporal
from assistant.voice.moshi.token_ring import TokenRing


@dataclass(frozen=True, slots=True)
class Heard:
    """What a step gave: its text token, and for each length of pause the probability that one begins here."""

    text: int
    pauses: tuple[float, ...]


class SpeechToText:
    """The recogniser over the weights of a loaded ``moshi_mlx`` model; the likeliest token every time.

    Must be made and used on one thread, as MLX wants. A frame is used in the step that it is handed to;
    upstream's step uses it one step later, for the same tokens.
    """

    def __init__(self, lm: Any, *, compiled: bool | None = None) -> None:
        config = lm.cfg
        compile_ = compiler(compiled)
        self._embedding = Table.of(lm.text_emb, *lm.audio_embs)
        self._starts = mx.array(self._embedding.starts)
        self._text_output = Projection.of(lm.text_linear)
        self._heads = [Projection.of(head) for head in lm.extra_heads]
        self._temporal = Temporal(lm, compile_)
        self._tokens = TokenRing(
            config.audio_delays, 0, config.text_out_vocab_size, config.audio_padding_token
        )
        self._head, self._tail = compile_(self._enter), compile_(self._leave)
        mx.eval(arrays(self._embedding, self._text_output, self._heads))
        self.reset()

    @property
    def codebooks(self) -> int:
        """Codes that it takes of a frame."""
        return len(self._embedding.starts) - 1

    @property
    def pauses(self) -> int:
        """Lengths of pauses that it tells."""
        return len(self._heads)

    def reset(self) -> None:
        """Begin anew."""
        self._temporal.reset()
        self._tokens.reset()
        self._advance()

    def step(self, user: NDArray[np.integer[Any]]) -> Heard:
        """Hand in the user's frame, one code a codebook."""
        self._tokens.hear(np.asarray(user, np.int32))
        return self._advance()

    def _advance(self) -> Heard:
        position = self._tokens.step
        inputs = mx.array(np.append(self._tokens.inputs(), np.int32(position)))
        x, qkv, offsets = self._head(inputs)
        x, attended = self._temporal(x, qkv, offsets, position)
        token, *pauses = self._tail(x, attended).tolist()
        self._tokens.sampled(int(token), np.zeros(0, np.int32))
        return Heard(int(token), tuple(pauses))

    def _enter(self, inputs: mx.array) -> tuple[mx.array, mx.array, mx.array]:
        """Tokens and position → the first layer's input, its queries, keys, values, and their positions."""
        x = self._embedding(inputs[:-1] + self._starts).sum(axis=0, keepdims=True)
        offsets = inputs[-1:] * mx.array([1, 1, 0])
        return x, self._temporal.enter(x, offsets), offsets

    def _leave(self, x: mx.array, attended: mx.array) -> mx.array:
        """The last layer's input and attention → text token and pauses (1 + heads,), in float32."""
        hidden = self._temporal.leave(x, attended)
        # Exact: no vocabulary has more tokens than float32 has whole numbers.
        token = mx.argmax(self._text_output(hidden), axis=-1).astype(mx.float32)
        pauses = [mx.softmax(head(hidden).astype(mx.float32), axis=-1)[:, 0] for head in self._heads]
        return mx.concatenate([token, *pauses])
