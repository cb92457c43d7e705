"""Tensors of a safetensors file one by one: read by rows, written in order, never all in memory."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointError
from assistant.voice.moshi.header import Tensor

_BYTES = {"F32": 4, "BF16": 2, "F16": 2, "U32": 4, "I32": 4}
"""Of a number, by the format's names of types."""
_NUMPY: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "BF16": np.dtype("<u2"),
    "F16": np.dtype("<f2"),
    "U32": np.dtype("<u4"),
}
"""What holds the numbers here; bfloat16, which NumPy does not have, as its bits."""


def read_rows(source: BinaryIO, tensor: Tensor, first: int, rows: int, width: int) -> NDArray[Any]:
    """``rows`` rows of ``width`` numbers from the ``first`` on; bfloat16 as its bits.

    Raises ``CheckpointError`` for types that no Moshi has.
    """
    if tensor.dtype not in _NUMPY:
        raise CheckpointError(f"The checkpoint holds numbers of type {tensor.dtype}, which no Moshi has.")
    kind = _NUMPY[tensor.dtype]
    source.seek(tensor.start + first * width * kind.itemsize)
    numbers: NDArray[Any] = np.fromfile(source, kind, rows * width)
    return numbers.reshape(rows, width)


class TensorWriter:
    """Writes a safetensors file whose tensors are known beforehand; they come in the order of ``tensors``.

    The file appears under its name when all of it is there; what is left of a failed one is removed.
    """

    def __init__(self, path: Path, tensors: Mapping[str, Tensor]) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._left = list(tensors.items())
        entries, start = {}, 0
        for name, tensor in tensors.items():
            end = start + int(np.prod(tensor.shape)) * _BYTES[tensor.dtype]
            entries[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": (start, end)}
            start = end
        header = json.dumps(entries).encode()
        header += b" " * (-len(header) % 8)
        self._target = self._part.open("wb")
        self._target.write(struct.pack("<Q", len(header)) + header)

    def write(self, name: str, numbers: NDArray[Any]) -> None:
        """The next tensor."""
        expected, tensor = self._left.pop(0)
        size = int(np.prod(tensor.shape)) * _BYTES[tensor.dtype]
        if name != expected or numbers.nbytes != size:
            raise ValueError(f"{name} with {numbers.nbytes} bytes where {expected} with {size} was announced")
        np.ascontiguousarray(numbers).tofile(self._target)

    def __enter__(self) -> TensorWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._target:
            if kind is None:
                self._target.flush()
                os.fsync(self._target.fileno())
        if kind is None and not self._left:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
