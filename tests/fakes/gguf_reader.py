"""Reads GGUF files that are known to be whole: all metadata, all numbers, in plain Python and numpy."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from tests.fakes.gguf import ALIGNMENT, F16, F32, Q4_0, Q4_1, Q8_0, Array, unpack

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_BYTES = {F32: 4.0, F16: 2.0, Q4_0: 18 / 32, Q4_1: 20 / 32, Q8_0: 34 / 32}


def read_gguf(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Metadata, and tensors by name, unpacked."""
    return _Reader(path.read_bytes()).read()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 4

    def read(self) -> tuple[dict[str, Any], dict[str, Array]]:
        _, tensors, entries = self._number("I"), self._number("Q"), self._number("Q")
        values = {self._text(): self._value(self._number("I")) for _ in range(entries)}
        infos = [self._info() for _ in range(tensors)]
        begin = -(-self._at // ALIGNMENT) * ALIGNMENT
        raw = np.frombuffer(self._data, np.uint8)
        found = {}
        for name, shape, kind, offset in infos:
            size = int(np.prod(shape) * _BYTES[kind])
            found[name] = unpack(kind, raw[begin + offset : begin + offset + size], shape)
        return values, found

    def _info(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self._text()
        shape = tuple(self._number("Q") for _ in range(self._number("I")))[::-1]
        return name, shape, self._number("I"), self._number("Q")

    def _value(self, kind: int) -> Any:
        if kind == 8:
            return self._text()
        if kind == 9:
            inner, count = self._number("I"), self._number("Q")
            return [self._value(inner) for _ in range(count)]
        return self._number(_SCALARS[kind])

    def _text(self) -> str:
        length = self._number("Q")
        self._at += length
        return self._data[self._at - length : self._at].decode()

    def _number(self, code: str) -> Any:
        size = struct.calcsize("<" + code)
        self._at += size
        return struct.unpack_from("<" + code, self._data, self._at - size)[0]
