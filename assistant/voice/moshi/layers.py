"""A transformer layer of Moshi's in few operations, cut where its attention is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx

from assistant.errors import CheckpointError
from assistant.voice.moshi.projection import Projection


@dataclass(frozen=True, slots=True)
class Norm:
    """Root-mean-square normalisation."""

    weight: mx.array
    eps: float

    @classmethod
    def of(cls, layer: Any) -> Norm:
        """From an ``mlx.nn.RMSNorm``."""
        return cls(layer.weight, layer.eps)

    def __call__(self, x: mx.array) -> mx.array:
        """(…, width) → the same shape."""
        return mx.fast.rms_norm(x, self.weight, self.eps)


@dataclass(frozen=True, slots=True)
class Block:
    """One layer, for one position: ``enter`` makes query, key and value, ``leave`` does what follows them.

    ``enter_all`` and ``leave_all`` do the same for many positions, at a few operations more.

    ``rope_base`` is None where positions are not encoded.
    """

    norm1: Norm
    norm2: Norm
    in_proj: Projection
    out_proj: Projection
    gate_in: Projection
    gate_out: Projection
    heads: int
    head_dim: int
    rope_base: float | None

    @classmethod
    def of(cls, layer: Any) -> Block:
        """From a ``moshi_mlx`` layer. Raises ``CheckpointError`` for one that is built otherwise."""
        attention, config = layer.self_attn, layer.self_attn.cfg
        if config.norm != "rms_norm" or not config.gating or config.bias_attn or config.bias_ff:
            raise CheckpointError("The checkpoint's layers are not built as Moshi's are.")
        if config.layer_scale is not None or config.cross_attention or config.kv_repeat != 1:
            raise CheckpointError("The checkpoint's layers have parts that Moshi's do not have.")
        return cls(
            norm1=Norm.of(layer.norm1),
            norm2=Norm.of(layer.norm2),
            in_proj=Projection.of(attention.in_proj),
            out_proj=Projection.of(attention.out_proj),
            gate_in=Projection.of(layer.gating.linear_in),
            gate_out=Projection.of(layer.gating.linear_out),
            heads=config.num_heads,
            head_dim=config.head_dim,
            rope_base=None if attention.rope is None else float(attention.rope.base),
        )

    def enter(self, x: mx.array, offsets: mx.array | None = None) -> mx.array:
        """Query, key and value, stacked: (1, width) → (3, heads, 1, head_dim).

        ``offsets`` are the positions of the three. That of the value is 0, where the rotation leaves it as it
        is, so that one rotation does for all.
        """
        qkv = self.in_proj(self.norm1(x)).reshape(3, self.heads, 1, self.head_dim)
        if self.rope_base is None:
            return qkv
        return mx.fast.rope(
            qkv, self.head_dim, traditional=True, base=self.rope_base, scale=1.0, offset=offsets
        )

    def leave(self, x: mx.array, attended: mx.array) -> mx.array:
        """Residuals and feed-forward: (1, width) and (1, heads, 1, head_dim) → (1, width)."""
        return self._leave(x, attended.reshape(1, self.heads * self.head_dim))

    def enter_all(self, x: mx.array) -> mx.array:
        """Of the first positions: (positions, width) → (3, heads, positions, head_dim)."""
        joined = self.in_proj(self.norm1(x)).reshape(-1, 3, self.heads, self.head_dim)
        qkv = joined.transpose(1, 2, 0, 3)
        if self.rope_base is None:
            return qkv
        rotated = mx.fast.rope(
            qkv[:2], self.head_dim, traditional=True, base=self.rope_base, scale=1.0, offset=0
        )
        return mx.concatenate([rotated, qkv[2:]])

    def leave_all(self, x: mx.array, attended: mx.array) -> mx.array:
        """(positions, width) and (1, heads, positions, head_dim) → (positions, width)."""
        return self._leave(x, attended.transpose(0, 2, 1, 3).reshape(-1, self.heads * self.head_dim))

    def _leave(self, x: mx.array, attended: mx.array) -> mx.array:
        x = x + self.out_proj(attended)
        gate, value = mx.split(self.gate_in(self.norm2(x)), 2, axis=-1)
        return x + self.gate_out(gate * mx.sigmoid(gate) * value)
