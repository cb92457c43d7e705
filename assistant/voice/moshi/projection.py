"""Linear maps and embedding tables of a loaded checkpoint, dense or quantised, in the fewest operations.

``mlx.nn`` layers transpose their weight in every call, and look every codebook up by itself. These hold the
same arrays and spend one operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import mlx.core as mx
from mlx import nn

from assistant.errors import CheckpointError
from assistant.voice.moshi.config import Packing


@dataclass(frozen=True, slots=True)
class Projection:
    """``x @ weight``: ``weight`` is (in, out) when dense, packed as (out, in · bits / 32) when quantised."""

    weight: mx.array
    scales: mx.array | None = None
    biases: mx.array | None = None
    packing: Packing | None = None

    @classmethod
    def of(cls, *layers: Any) -> Projection:
        """The linear layers' weights side by side: their outputs come joined in the last axis."""
        first = layers[0]
        weight = _joined([layer.weight for layer in layers])
        if not isinstance(first, nn.QuantizedLinear):
            return cls(weight.T)
        return cls(
            weight,
            _joined([layer.scales for layer in layers]),
            _joined([layer.biases for layer in layers]),
            Packing(first.bits, first.group_size),
        )

    def __call__(self, x: mx.array) -> mx.array:
        """(…, in) → (…, out)."""
        if self.packing is None:
            return x @ self.weight
        return mx.quantized_matmul(
            x,
            self.weight,
            scales=self.scales,
            biases=self.biases,
            group_size=self.packing.group_size,
            bits=self.packing.bits,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Embedding tables of one width, stacked: row ``i`` of table ``t`` lies at ``starts[t] + i``."""

    weight: mx.array
    starts: tuple[int, ...]
    scales: mx.array | None = None
    biases: mx.array | None = None
    packing: Packing | None = None

    @classmethod
    def of(cls, *tables: Any) -> Table:
        """Stack embedding layers, all dense or all quantised alike.

        Raises ``CheckpointError`` for embeddings with a projection of their own.
        """
        first = tables[0]
        if any(getattr(table, "low_rank", None) or "out1" in table for table in tables):
            raise CheckpointError("The checkpoint's embeddings are built otherwise than Moshi's.")
        starts, end = [], 0
        for table in tables:
            starts.append(end)
            end += table.weight.shape[0]
        weight = _joined([table.weight for table in tables])
        if not isinstance(first, nn.QuantizedEmbedding):
            return cls(weight, tuple(starts))
        return cls(
            weight,
            tuple(starts),
            _joined([table.scales for table in tables]),
            _joined([table.biases for table in tables]),
            Packing(first.bits, first.group_size),
        )

    def __call__(self, rows: mx.array) -> mx.array:
        """Rows of the stack, int (…) → (…, width)."""
        if self.packing is None:
            return self.weight[rows]
        assert self.scales is not None
        assert self.biases is not None
        return mx.dequantize(
            self.weight[rows],
            scales=self.scales[rows],
            biases=self.biases[rows],
            group_size=self.packing.group_size,
            bits=self.packing.bits,
        )


def _joined(arrays: Sequence[mx.array]) -> mx.array:
    return arrays[0] if len(arrays) == 1 else mx.concatenate(list(arrays), axis=0)


def arrays(*parts: Any) -> list[mx.array]:
    """Every array in dataclasses and sequences of them, to be evaluated together."""
    found: list[mx.array] = []
    for part in parts:
        if isinstance(part, mx.array):
            found.append(part)
        elif is_dataclass(part):
            found += arrays(*(getattr(part, field.name) for field in fields(part)))
        elif isinstance(part, list | tuple):
            found += arrays(*part)
    return found
