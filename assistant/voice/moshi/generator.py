"""One step of Moshi for every 80 ms frame: one graph, one wait for the device, no limit on their number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from assistant.voice.moshi.compiling import compiler
from assistant.voice.moshi.depth import Depth
from assistant.voice.moshi.projection import Projection, Table, arrays
from assistant.voice.moshi.prompt import Prompt
from assistant.voice.moshi.repetition import RepetitionGuard
from assistant.voice.moshi.sampling import Sampling, draw
from assistant.voice.moshi.script import FREELY, NEW_WORD, PAD, PAD_OR_WORD
from assistant.voice.moshi.temporal import Temporal
from assistant.voice.moshi.token_ring import TokenRing

HELD_BACK = 10.0
"""What is taken off a held-back token's logit."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step gave: the monologue's token, and Moshi's frame (codebooks,) once one is complete."""

    text: int
    codes: NDArray[np.int32] | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A conversation at one of its steps: keys and values (2, heads, slots, head_dim) a layer, and tokens."""

    kept: tuple[mx.array, ...]
    tokens: TokenRing

    @property
    def nbytes(self) -> int:
        """Memory of the keys and values."""
        return sum(layer.nbytes for layer in self.kept)


class Generator:
    """Moshi's side of a conversation, over the weights of a loaded ``moshi_mlx`` model.

    Must be made and used on one thread, as MLX wants. ``on_arrival`` uses a frame of the user's in the step
    that it is handed to; without it the step is that of ``moshi_mlx.models.LmGen``, which uses it one step,
    80 ms, later. The tokens are the same ones, a step earlier.
    """

    def __init__(
        self,
        lm: Any,
        sampling: Sampling | None = None,
        *,
        on_arrival: bool = True,
        compiled: bool | None = None,
    ) -> None:
        config = lm.cfg
        self._sampling = sampling or Sampling()
        self._sharpness = mx.array(self._sampling.sharpness)
        self._on_arrival = on_arrival
        self._compile = compile_ = compiler(compiled)
        self._text_tokens: int = config.text_out_vocab_size
        self._audio_tokens: int = config.audio_vocab_size - 1
        self._embedding = Table.of(lm.text_emb, *lm.audio_embs)
        self._starts = mx.array(self._embedding.starts)
        self._text_output = Projection.of(lm.text_linear)
        self._temporal = Temporal(lm, compile_)
        self._depth = Depth(lm)
        self._tokens = TokenRing(
            config.audio_delays, self._depth.codebooks, config.text_out_vocab_size, config.audio_padding_token
        )
        self._head, self._tail = compile_(self._enter), compile_(self._leave)
        self._unbiased, self._freely = mx.zeros(self._text_tokens), mx.array([FREELY])
        mx.eval(arrays(self._embedding, self._text_output), self._unbiased, self._freely, self._sharpness)
        self.reset()

    def reset(self) -> None:
        """Begin a new conversation."""
        self._temporal.reset()
        self._tokens.reset()
        self._forget_phrases()
        if self._on_arrival:
            self._advance()

    def sample(self, text_temperature: float, audio_temperature: float) -> None:
        """Draw the monologue's and the voice's tokens with these temperatures from the next step on."""
        before = self._sampling
        now = replace(before, text_temperature=text_temperature, audio_temperature=audio_temperature)
        self._sampling, self._sharpness = now, mx.array(now.sharpness)
        is_drawn = [(bool(each.text_temperature), bool(each.audio_temperature)) for each in (before, now)]
        if is_drawn[0] != is_drawn[1]:
            self._tail = self._compile(self._leave)

    def prefill(self, prompt: Prompt) -> None:
        """Begin a new conversation with ``prompt`` behind it; its last row is the first step's.

        Raises ``ValueError`` for a prompt that the context does not hold.
        """
        ahead = self._tokens.latest
        rows = mx.array(prompt.rows[: len(prompt.rows) - ahead - 1])
        x = self._embedding(rows + self._starts).sum(axis=1)
        if prompt.voice is not None:
            x = mx.concatenate([mx.array(prompt.voice).astype(x.dtype), x])
        position = x.shape[0]
        if position >= self._temporal.context:
            raise ValueError(f"a prompt of {position + 1} frames in a context of {self._temporal.context}")
        self._temporal.prefill(x)
        self._tokens.resume(position, prompt.rows[-2 * ahead - 1 :])
        self._forget_phrases()
        self._advance()

    def snapshot(self) -> Snapshot:
        """The conversation as it stands."""
        return Snapshot(self._temporal.kept(self._tokens.step), self._tokens.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from where a snapshot of this very generator was taken; costs a copy of its memory."""
        self._temporal.restore(snapshot.kept)
        self._tokens = snapshot.tokens.copy()
        self._forget_phrases()

    def step(self, user: NDArray[np.integer[Any]], text: int = FREELY) -> Step:
        """Hand in the user's frame, one code a codebook, and get Moshi's next tokens.

        ``text`` is the monologue's token where it is not Moshi's to choose, or ``PAD_OR_WORD``.
        """
        codes = np.asarray(user, np.int32)
        if self._on_arrival:
            self._tokens.hear(codes)
            text = self._advance(text)
        else:
            text = self._advance(text)
            self._tokens.hear(codes)
        return Step(text, self._tokens.frame())

    def _forget_phrases(self) -> None:
        self._guard, self._held, self._bias = RepetitionGuard(), frozenset[int](), self._unbiased

    def _advance(self, text: int = FREELY) -> int:
        tokens: list[int] = self.launch(text).tolist()
        self._tokens.sampled(tokens[0], np.array(tokens[1:], np.int32))
        if self._sampling.repetition_guard and text == FREELY:
            self._hold_back(self._guard.said(tokens[0]))
        return tokens[0]

    def _hold_back(self, tokens: frozenset[int]) -> None:
        if tokens != self._held:
            bias = np.zeros(self._text_tokens, np.float32)
            bias[list(tokens)] = -HELD_BACK
            self._held, self._bias = tokens, mx.array(bias)

    def launch(self, text: int = FREELY) -> mx.array:
        """Set the device to work on the next step; its tokens (1 + codebooks,), text first."""
        position = self._tokens.step
        inputs = mx.array(np.append(self._tokens.inputs(), np.int32(position)))
        x, qkv, offsets = self._head(inputs)
        x, attended = self._temporal(x, qkv, offsets, position)
        wanted = self._freely if text == FREELY else mx.array([text])
        sampled = self._tail(x, attended, inputs, self._bias, wanted, self._sharpness)
        mx.async_eval(sampled)
        return sampled

    def _enter(self, inputs: mx.array) -> tuple[mx.array, mx.array, mx.array]:
        """Tokens and position → the first layer's input, its queries, keys, values, and their positions."""
        rows = inputs[:-1] + self._starts
        x = self._embedding(rows).sum(axis=0, keepdims=True)
        offsets = inputs[-1:] * mx.array([1, 1, 0])
        return x, self._temporal.enter(x, offsets), offsets

    def _leave(
        self,
        x: mx.array,
        attended: mx.array,
        inputs: mx.array,
        bias: mx.array,
        wanted: mx.array,
        sharpness: mx.array,
    ) -> mx.array:
        """The last layer's input and attention → the frame's sampled tokens, text first.

        ``bias`` is added to the monologue's logits; ``wanted`` (1,) is its token, as ``step`` is told.
        ``sharpness`` (2,) is that of ``Sampling``.
        """
        how = self._sampling
        hidden = self._temporal.leave(x, attended)
        noise = self._noise(inputs[-1:])
        sharp_text = sharpness[0] if how.text_temperature else None
        sharp_audio = sharpness[1] if how.audio_temperature else None
        drawn = draw(self._text_output(hidden) + bias, noise[: self._text_tokens], sharp_text, how.text_top_k)
        begins = mx.where((wanted == PAD_OR_WORD) & (drawn != NEW_WORD), PAD, drawn)
        text = mx.where(wanted >= 0, wanted, begins).astype(drawn.dtype)

        def sample(logits: mx.array, codebook: int) -> mx.array:
            start = self._text_tokens + codebook * self._audio_tokens
            return draw(logits, noise[start : start + self._audio_tokens], sharp_audio, how.audio_top_k)

        return mx.concatenate([text, self._depth(hidden, text, sample)])

    def _noise(self, position: mx.array) -> mx.array:
        """Gumbel noise for every logit of a step, (tokens,)."""
        size = self._text_tokens + self._depth.codebooks * self._audio_tokens
        if self._sampling.greedy:
            return mx.zeros(size)
        key = mx.concatenate([mx.array([self._sampling.seed], mx.uint32), position.astype(mx.uint32)])
        return mx.random.gumbel((size,), key=key)
