"""A checkpoint in bfloat16 written anew in 4 or 8 bits, a tensor at a time, as few machines can load it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointError
from assistant.voice.moshi.checkpoint import Checkpoint
from assistant.voice.moshi.config import Packing
from assistant.voice.moshi.dense import dense_shapes, read_dense
from assistant.voice.moshi.header import Tensor
from assistant.voice.moshi.tensor_file import TensorWriter

PACKINGS = {4: Packing(4, 32), 8: Packing(8, 64)}
"""Those of Kyutai's own quantised checkpoints."""


def quantise(checkpoint: Checkpoint, bits: int, target: Path, report: Callable[[float], None]) -> None:
    """Write the weights of a dense ``checkpoint`` with ``bits`` (4, 8) a number into the file ``target``.

    Norms stay as they are. ``report`` is told the share that is done. Raises ``CheckpointError``.
    """
    if checkpoint.packing is not None:
        raise CheckpointError(f"{checkpoint.weights} is quantised already.")
    packing = PACKINGS[bits]
    shapes = dense_shapes(checkpoint.config)
    if unfit := [name for name, shape in shapes.items() if len(shape) == 2 and shape[1] % packing.group_size]:
        raise CheckpointError(
            f"{checkpoint.weights} cannot be packed in {bits} bits: {unfit[0]} is too narrow."
        )
    announced = {name: tensor for each in shapes.items() for name, tensor in _announced(*each, packing)}
    with TensorWriter(target, announced) as writer:
        for done, (name, weight) in enumerate(read_dense(checkpoint, shapes)):
            report(done / len(shapes))
            if weight.ndim == 1:
                writer.write(name, _bits(weight))
            else:
                packed = mx.quantize(weight.astype(mx.bfloat16), packing.group_size, packing.bits)
                for part, numbers in zip(_parts(name), packed, strict=True):
                    writer.write(part, _bits(numbers))
            mx.clear_cache()
    report(1.0)


def _announced(name: str, shape: tuple[int, ...], packing: Packing) -> Iterator[tuple[str, Tensor]]:
    if len(shape) == 1:
        yield name, Tensor("BF16", shape)
        return
    rows, width = shape
    weight, scales, biases = _parts(name)
    yield weight, Tensor("U32", (rows, width * packing.bits // 32))
    yield scales, Tensor("BF16", (rows, width // packing.group_size))
    yield biases, Tensor("BF16", (rows, width // packing.group_size))


def _parts(name: str) -> tuple[str, str, str]:
    module = name.removesuffix("weight")
    return name, f"{module}scales", f"{module}biases"


def _bits(numbers: mx.array) -> NDArray[Any]:
    if numbers.dtype == mx.uint32:
        return np.array(numbers)
    return np.array(numbers.astype(mx.bfloat16).view(mx.uint16))
