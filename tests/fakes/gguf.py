"""Writes GGUF files: metadata of any kind, tensors as they are or packed in blocks.

Source: ggml's "docs/gguf.md" and, for the blocks, the structures of its ``ggml-common.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 32
F32, F16, Q4_0, Q4_1, Q8_0 = 0, 1, 2, 3, 8
_BLOCK = 32

Array = NDArray[np.float32]


def write_gguf(path: Path, values: Mapping[str, Any], tensors: Mapping[str, tuple[int, Array]]) -> Path:
    """``tensors`` by name: type and numbers, of which the last dimension is a row."""
    packed = {name: pack(kind, numbers) for name, (kind, numbers) in tensors.items()}
    infos, offset = [], 0
    for name, (kind, numbers) in tensors.items():
        sizes = struct.pack(f"<{numbers.ndim}Q", *reversed(numbers.shape))
        infos.append(_text(name) + struct.pack("<I", numbers.ndim) + sizes + struct.pack("<IQ", kind, offset))
        offset += _padded(len(packed[name]))
    entries = [_text(key) + _value(value) for key, value in values.items()]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join([*entries, *infos])
    with path.open("wb") as file:
        file.write(head.ljust(_padded(len(head)), b"\0"))
        for data in packed.values():
            file.write(data.ljust(_padded(len(data)), b"\0"))
    return path


def pack(kind: int, numbers: Array) -> bytes:
    """The bytes of a tensor in this type."""
    if kind in (F32, F16):
        return numbers.astype(np.float32 if kind == F32 else np.float16).tobytes()
    blocks = numbers.astype(np.float32).reshape(-1, _BLOCK)
    if kind == Q8_0:
        scale = np.abs(blocks).max(1, keepdims=True) / 127
        steps = _steps(blocks, scale, 0.0, -127, 127).astype(np.int8)
        return np.hstack([_bytes(scale), steps.view(np.uint8)]).tobytes()
    if kind == Q4_0:
        scale = np.abs(blocks).max(1, keepdims=True) / 7
        return np.hstack([_bytes(scale), _nibbles(_steps(blocks, scale, -8 * scale, 0, 15))]).tobytes()
    low, high = blocks.min(1, keepdims=True), blocks.max(1, keepdims=True)
    scale = (high - low) / 15
    return np.hstack([_bytes(scale), _bytes(low), _nibbles(_steps(blocks, scale, low, 0, 15))]).tobytes()


def unpack(kind: int, data: NDArray[np.uint8], shape: tuple[int, ...]) -> Array:
    """The numbers that ``data`` stands for."""
    if kind in (F32, F16):
        return data.view(np.float32 if kind == F32 else np.float16).astype(np.float32).reshape(shape)
    blocks = data.reshape(-1, {Q4_0: 18, Q4_1: 20, Q8_0: 34}[kind])
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    if kind == Q8_0:
        return (blocks[:, 2:].view(np.int8) * scale).reshape(shape)
    low = blocks[:, 2:4].copy().view(np.float16).astype(np.float32) if kind == Q4_1 else -8 * scale
    halves = blocks[:, -16:]
    return (np.hstack([halves & 15, halves >> 4]) * scale + low).astype(np.float32).reshape(shape)


def _steps(blocks: Array, scale: Array, low: Array | float, least: int, most: int) -> NDArray[np.uint8]:
    rounded = np.round((blocks - low) / np.where(scale == 0, 1, scale))
    return np.clip(rounded, least, most).astype(np.int16)


def _nibbles(steps: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return (steps[:, :16] | steps[:, 16:] << 4).astype(np.uint8)


def _bytes(scale: Array) -> NDArray[np.uint8]:
    return scale.astype(np.float16).view(np.uint8)


def _padded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Any) -> bytes:
    match value:
        case bool():
            data = struct.pack("<I?", 7, value)
        case int():
            data = struct.pack("<II", 4, value)
        case float():
            data = struct.pack("<If", 6, value)
        case str():
            data = struct.pack("<I", 8) + _text(value)
        case [str(), *_]:
            data = struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))
        case [float(), *_]:
            data = struct.pack(f"<IIQ{len(value)}f", 9, 6, len(value), *value)
        case [int(), *_]:
            data = struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
        case _:
            raise TypeError(type(value))
    return data
