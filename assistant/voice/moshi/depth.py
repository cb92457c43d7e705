"""Moshi's depth transformer: one frame's codes, codebook after codebook, as one graph.

Every codebook has a slice of its own: an input projection, an embedding of the token before, a few layers
over the positions so far, and an output. The keys and values live for one frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mlx.core as mx

from assistant.errors import CheckpointError
from assistant.voice.moshi.layers import Block
from assistant.voice.moshi.projection import Projection, Table, arrays

Sampler = Callable[[mx.array, int], mx.array]
"""Logits (1, codes) of a codebook and its index → the sampled code (1,)."""


@dataclass(frozen=True, slots=True)
class _Slice:
    embedding: Table
    blocks: tuple[Block, ...]
    output: Projection


class Depth:
    """The depth transformer of a ``moshi_mlx`` model."""

    def __init__(self, lm: Any) -> None:
        slices = lm.depformer.slices
        if not slices:
            raise CheckpointError("The checkpoint is a recogniser: it cannot speak.")
        self._input = Projection.of(*(each.linear_in for each in slices))
        self._slices = [
            _Slice(
                Table.of(each.emb),
                tuple(Block.of(layer) for layer in each.transformer.layers),
                Projection.of(each.linear_out),
            )
            for each in slices
        ]
        first = self._slices[0].blocks[0]
        if any(block.rope_base is not None for each in self._slices for block in each.blocks):
            raise CheckpointError(
                "The checkpoint's depth transformer encodes positions, which Moshi's does not."
            )
        self._scale = first.head_dim**-0.5
        mx.eval(arrays(self._input, self._slices))

    @property
    def codebooks(self) -> int:
        """Codes in a frame of Moshi's own."""
        return len(self._slices)

    def __call__(self, hidden: mx.array, text: mx.array, sample: Sampler) -> mx.array:
        """Sample a frame: the main transformer's output (1, width) and its text token (1,) → (codebooks,)."""
        inputs = mx.split(self._input(hidden), self.codebooks, axis=-1)
        caches: list[mx.array | None] = [None] * len(self._slices[0].blocks)
        token, codes = text, []
        for position, (each, projected) in enumerate(zip(self._slices, inputs, strict=True)):
            x = projected + each.embedding(token)
            for index, block in enumerate(each.blocks):
                x = block.leave(x, self._attend(block.enter(x), caches, index))
            token = sample(each.output(x), position)
            codes.append(token)
        return mx.concatenate(codes)

    def _attend(self, qkv: mx.array, caches: list[mx.array | None], index: int) -> mx.array:
        cache = caches[index]
        if cache is None:
            caches[index] = qkv[1:]
            # A position that sees only itself attends to its own value.
            return qkv[2:]
        caches[index] = cache = mx.concatenate([cache, qkv[1:]], axis=2)
        return mx.fast.scaled_dot_product_attention(qkv[:1], cache[:1], cache[1:], scale=self._scale)
