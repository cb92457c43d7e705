"""GGUF headers: a whole one is read, every broken one is refused in Python."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import TextEngineError
from assistant.llm.llama.gguf import GgufHeader, read_header
from tests.llm.smollm import needs_smollm, smollm_path

Q4_0, F32 = 2, 0


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: str, dims: list[int], kind: int, offset: int) -> bytes:
    sizes = struct.pack(f"<{len(dims)}Q", *dims)
    return text(name) + struct.pack("<I", len(dims)) + sizes + struct.pack("<IQ", kind, offset)


ENTRIES = [
    entry("general.architecture", 8, text("llama")),
    entry("general.name", 8, text("Tiny")),
    entry("llama.context_length", 4, struct.pack("<I", 512)),
    entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + text("a") + text("b")),
    entry("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 2) + struct.pack("<2f", 0.0, 1.0)),
]
TENSORS = [tensor("a", [32, 4], Q4_0, 0), tensor("b", [8], F32, 96)]


def gguf(
    entries: list[bytes] = ENTRIES,
    tensors: list[bytes] = TENSORS,
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    claims: tuple[int, int] | None = None,
    data: int = 128,
) -> bytes:
    counts = claims or (len(tensors), len(entries))
    head = magic + struct.pack("<IQQ", version, *counts) + b"".join([*entries, *tensors])
    return head + b"\0" * (-len(head) % 32 + data)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def test_a_whole_header_is_read(file: Path):
    file.write_bytes(gguf())
    assert read_header(file) == GgufHeader("llama", "Tiny", 512, 32 * 4 + 8)


HUGE = struct.pack("<Q", 2**62)
BROKEN = {
    "another format": (gguf(magic=b"GGML"), "does not begin"),
    "an unknown version": (gguf(version=77), "version 77"),
    "no model": (gguf([], [], data=0), "no model"),
    "absurdly many tensors": (gguf(claims=(2**40, 5)), "claims 1099511627776 tensors"),
    "absurdly many entries": (gguf(claims=(2, 2**40)), "claims"),
    "a huge string": (gguf([entry("x", 8, HUGE), *ENTRIES]), "string claims"),
    "a huge array": (gguf([entry("x", 9, struct.pack("<I", 6) + HUGE), *ENTRIES]), "array claims"),
    "an array of arrays": (gguf([entry("x", 9, struct.pack("<IQ", 9, 1)), *ENTRIES]), "type 9"),
    "an unknown value": (gguf([entry("x", 13, b"\0" * 8), *ENTRIES]), "type 13"),
    "200 dimensions": (gguf(ENTRIES, [tensor("a", [1] * 200, F32, 0)]), "200 dimensions"),
    "an overflow of dimensions": (gguf(ENTRIES, [tensor("a", [2**32, 2**32], F32, 0)]), "outside"),
    "an offset outside": (gguf(ENTRIES, [tensor("a", [8], F32, 2**40)]), "outside"),
    "an odd offset": (gguf(ENTRIES, [tensor("a", [8], F32, 3)]), "outside"),
    "an unknown tensor type": (gguf(ENTRIES, [tensor("a", [8], 99, 0)]), "type 99"),
    "half a block": (gguf(ENTRIES, [tensor("a", [33], Q4_0, 0)]), "whole blocks"),
    "an odd alignment": (gguf([*ENTRIES, entry("general.alignment", 4, struct.pack("<I", 3))]), "alignment"),
    "half the data": (gguf(data=64), "cut off"),
    "half a header": (gguf()[:100], "ends inside|claims"),
    "nothing": (b"", "empty"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_by_name(file: Path, name: str):
    data, reason = BROKEN[name]
    file.write_bytes(data)
    with pytest.raises(TextEngineError, match=reason):
        read_header(file)


def test_a_file_that_is_not_there(file: Path):
    with pytest.raises(TextEngineError, match="No such file"):
        read_header(file)


@given(st.integers(0, len(gguf()) - 1), st.binary(min_size=1, max_size=8))
def test_no_damage_does_more_than_be_refused(tmp_path_factory, at: int, damage: bytes):
    whole = gguf()
    file = tmp_path_factory.getbasetemp() / "damaged.gguf"
    file.write_bytes(whole[:at] + damage + whole[at + len(damage) :])
    with contextlib.suppress(TextEngineError):
        assert isinstance(read_header(file), GgufHeader)


@given(st.integers(0, len(gguf()) - 1))
def test_cut_off_anywhere_it_is_refused(tmp_path_factory, length: int):
    file = tmp_path_factory.getbasetemp() / "short.gguf"
    file.write_bytes(gguf()[:length])
    with pytest.raises(TextEngineError):
        read_header(file)


@needs_smollm
def test_a_real_model_is_read():
    header = read_header(smollm_path())
    assert header == GgufHeader("llama", header.name, 8192, 134_515_008)
