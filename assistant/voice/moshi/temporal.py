"""Moshi's main transformer, a position at a time, over a ring of exactly ``context`` keys and values.

What lies between two attentions has a fixed shape and is compiled once a layer. The attention itself grows
with the conversation and is not: it is given exactly the slots that are filled, so that it needs no mask.

What is known beforehand, a prompt, goes through in one pass (``prefill``). Upstream's transformer has no
mask, so that there every position of such a pass sees those after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx

from assistant.voice.moshi.compiling import Compile
from assistant.voice.moshi.layers import Block, Norm
from assistant.voice.moshi.projection import arrays

EARLY = (1, 4, 12, 24)
"""After these layers the device is set to work on what is there, while the rest is still being built."""


class Temporal:
    """The main transformer of a ``moshi_mlx`` model, with the keys and values of one conversation.

    Keys are stored with their rotation, so that the order of slots does not matter: after ``context`` steps
    the newest takes the place of the oldest.
    """

    def __init__(self, lm: Any, compile_: Compile) -> None:
        shape = lm.cfg.transformer
        self.context: int = shape.context
        self._scale = shape.head_dim**-0.5
        self._blocks = [Block.of(layer) for layer in lm.transformer.layers]
        self.out_norm = Norm.of(lm.out_norm)
        self._ring_shape = (2, shape.num_heads, shape.context, shape.head_dim)
        self._dtype = self._blocks[0].norm1.weight.dtype
        mx.eval(arrays(self._blocks, self.out_norm))
        self._betweens = [
            compile_(_between(block, following))
            for block, following in zip(self._blocks, self._blocks[1:], strict=False)
        ]
        self.reset()

    def reset(self) -> None:
        """Forget the conversation."""
        self.ring = [mx.zeros(self._ring_shape, self._dtype) for _ in self._blocks]
        mx.eval(self.ring)

    def enter(self, x: mx.array, offsets: mx.array) -> mx.array:
        """First layer's queries, keys and values; for the compiled function that makes ``x``."""
        return self._blocks[0].enter(x, offsets)

    def leave(self, x: mx.array, attended: mx.array) -> mx.array:
        """The last layer's rest and the final norm; for the compiled function that reads the output."""
        return self.out_norm(self._blocks[-1].leave(x, attended))

    def __call__(
        self, x: mx.array, qkv: mx.array, offsets: mx.array, position: int
    ) -> tuple[mx.array, mx.array]:
        """All attentions and all that lies between them, at ``position`` ≥ 0.

        Takes what went into the first layer (1, width) and its queries, keys and values; returns what
        ``leave`` wants.
        """
        slot, filled = position % self.context, min(position + 1, self.context)
        attended = self._attend(0, qkv, slot, filled)
        for index, between in enumerate(self._betweens, start=1):
            x, qkv = between(x, attended, offsets)
            attended = self._attend(index, qkv, slot, filled)
            if index in EARLY:
                mx.async_eval(attended)
        return x, attended

    def prefill(self, x: mx.array) -> None:
        """Fill the first slots: the first layer's inputs (positions, width), no more than ``context``.

        Every position sees itself and those before it.
        """
        for block, ring in zip(self._blocks, self.ring, strict=True):
            qkv = block.enter_all(x)
            ring[:, :, : x.shape[0]] = qkv[1:]
            attended = mx.fast.scaled_dot_product_attention(
                qkv[:1], qkv[1:2], qkv[2:], scale=self._scale, mask="causal"
            )
            x = block.leave_all(x, attended)
        mx.eval(self.ring)

    def kept(self, positions: int) -> tuple[mx.array, ...]:
        """A copy of what is filled after so many positions, (2, heads, slots, head_dim) a layer."""
        slots = min(positions, self.context)
        copies = tuple(mx.contiguous(ring[:, :, :slots]) for ring in self.ring)
        mx.eval(copies)
        return copies

    def restore(self, kept: tuple[mx.array, ...]) -> None:
        """Put such a copy back. What lies in later slots stays, where nothing looks before it is written."""
        for ring, copy in zip(self.ring, kept, strict=True):
            ring[:, :, : copy.shape[2]] = copy
        mx.eval(self.ring)

    def _attend(self, index: int, qkv: mx.array, slot: int, filled: int) -> mx.array:
        ring = self.ring[index]
        # In place: nothing else holds the ring, so that the backend writes one slot and copies nothing.
        ring[:, :, slot : slot + 1] = qkv[1:]
        return mx.fast.scaled_dot_product_attention(
            qkv[:1], ring[:1, :, :filled], ring[1:, :, :filled], scale=self._scale
        )


def _between(block: Block, following: Block) -> Callable[..., tuple[mx.array, mx.array]]:
    def between(x: mx.array, attended: mx.array, offsets: mx.array) -> tuple[mx.array, mx.array]:
        x = block.leave(x, attended)
        return x, following.enter(x, offsets)

    return between
