"""Reads the header of a GGUF file and refuses a broken one before any native code sees it.

Source: ggml's "docs/gguf.md" (versions 2 and 3, little-endian). Tensor data is not read, only bounded.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import TextEngineError

MAX_ENTRIES = 4_096
MAX_TENSORS = 65_536
MAX_KEY = 65_535
MAX_TENSOR_NAME = 64
MAX_DIMENSIONS = 4

_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
    29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""Elements and bytes of a block by tensor type (F32, F16, Q4_0 … MXFP4)."""

TYPE_NAMES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K",
    11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 30: "BF16", 39: "MXFP4",
}  # fmt: skip
"""What the common tensor types are called."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a model says of itself; ``context`` in tokens (0: untold), ``parameters`` counted.

    ``types`` are those of its tensors, ``values`` its metadata but for arrays.
    """

    architecture: str
    name: str
    context: int
    parameters: int
    types: frozenset[int] = field(default=frozenset(), compare=False)
    values: Mapping[str, object] = field(default_factory=dict, compare=False)


def read_header(path: Path) -> GgufHeader:
    """The header of the file, all of which is in bounds. Raises ``TextEngineError`` naming what is wrong."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data).header()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is empty"
        raise TextEngineError(
            f"{path} cannot be read: {reason}.", "Name a GGUF file that is there."
        ) from error
    except _Broken as error:
        raise TextEngineError(f"{path} is no usable GGUF file: {error}.", "Download it again.") from error


class _Broken(Exception):
    """What is wrong with a file."""


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def header(self) -> GgufHeader:
        if self._take(4, "magic number") != b"GGUF":
            raise _Broken("it does not begin with GGUF")
        if (version := self._number("I")) not in (2, 3):
            raise _Broken(f"version {version} is not known")
        tensors, entries = self._number("Q"), self._number("Q")
        if tensors > MAX_TENSORS or entries > MAX_ENTRIES:
            raise _Broken(f"it claims {tensors} tensors and {entries} entries")
        values = dict(self._entry() for _ in range(entries))
        found = [self._tensor() for _ in range(tensors)]
        self._check_data(found, values.get("general.alignment", 32))
        architecture = str(values.get("general.architecture", ""))
        if not architecture or not tensors:
            raise _Broken("it holds no model")
        context = values.get(f"{architecture}.context_length", 0)
        return GgufHeader(
            architecture,
            str(values.get("general.name", "")),
            context if isinstance(context, int) else 0,
            sum(elements for _, _, elements, _ in found),
            frozenset(kind for *_, kind in found),
            values,
        )

    # --- pieces ------------------------------------------------------------------------------------

    def _entry(self) -> tuple[str, object]:
        return self._string(MAX_KEY), self._value(self._number("I"))

    def _value(self, kind: int) -> object:
        if kind == _ARRAY:
            self._skip_array()
            return None
        if kind == _STRING:
            return self._string(len(self._data))
        return self._number(self._scalar(kind))

    def _skip_array(self) -> None:
        kind, count = self._number("I"), self._number("Q")
        smallest = 8 if kind == _STRING else struct.calcsize(self._scalar(kind))
        if count * smallest > self._left:
            raise _Broken(f"an array claims {count} elements")
        if kind != _STRING:
            self._at += count * smallest
            return
        for _ in range(count):
            length = self._number("Q")
            if length > self._left:
                raise _Broken(f"a string claims {length} bytes")
            self._at += length

    def _tensor(self) -> tuple[int, int, int, int]:
        """Offset, bytes, elements and type."""
        name = self._string(MAX_TENSOR_NAME)
        if (dimensions := self._number("I")) > MAX_DIMENSIONS:
            raise _Broken(f"tensor {name[:20]!r} claims {dimensions} dimensions")
        elements, row = 1, 0
        for index in range(dimensions):
            size = self._number("Q")
            row = row if index else size
            elements *= size
        kind, offset = self._number("I"), self._number("Q")
        if kind not in _BLOCKS:
            raise _Broken(f"tensor {name[:20]!r} has type {kind}, which is not known")
        block, size = _BLOCKS[kind]
        if row % block:
            raise _Broken(f"tensor {name[:20]!r} has rows that are no whole blocks")
        return offset, elements // block * size, elements, kind

    def _check_data(self, tensors: list[tuple[int, int, int, int]], alignment: object) -> None:
        if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
            raise _Broken(f"its alignment is {alignment}")
        begin = -(-self._at // alignment) * alignment
        for offset, size, *_ in tensors:
            if offset % alignment or begin + offset + size > len(self._data):
                raise _Broken("a tensor lies outside of the file, which may be cut off")

    def _string(self, limit: int) -> str:
        length = self._number("Q")
        if length > limit:
            raise _Broken(f"a string claims {length} bytes")
        return self._take(length, "string").decode("utf-8", errors="replace")

    def _scalar(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise _Broken(f"a value has type {kind}, which is not known")
        return _SCALARS[kind]

    def _number(self, code: str) -> int:
        found: int = struct.unpack("<" + code, self._take(struct.calcsize("<" + code), "number"))[0]
        return found

    def _take(self, size: int, what: str) -> bytes:
        if size > self._left:
            raise _Broken(f"it ends inside a {what}")
        self._at += size
        return self._data[self._at - size : self._at]

    @property
    def _left(self) -> int:
        return len(self._data) - self._at
