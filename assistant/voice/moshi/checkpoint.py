"""A checkpoint on this machine: which files it is made of, what they hold, and whether it fits the memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

from assistant.errors import CheckpointDamagedError, CheckpointError, CheckpointMissingError, RoomError
from assistant.voice.moshi.catalogue import MIMI_FILE, TOKENIZER_FILE, WEIGHT_FILES, Release
from assistant.voice.moshi.config import MOSHI_7B, MoshiConfig, Packing
from assistant.voice.moshi.header import Tensor, read_header
from assistant.voice.moshi.torch_layout import MARK

WORKING_BYTES = 1_500_000_000
"""Codec and what a step needs beside weights, keys and values."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Files that were found and looked into. ``packing`` is None for weights that are not quantised."""

    config: MoshiConfig
    weights: Path
    mimi: Path
    tokenizer: Path
    tensors: dict[str, Tensor]
    packing: Packing | None

    @property
    def torch_names(self) -> bool:
        """Whether the weights have PyTorch's names rather than those of ``moshi_mlx``."""
        return MARK in self.tensors

    @property
    def memory(self) -> int:
        """Bytes that it needs when it runs, about."""
        return self.weights.stat().st_size + self.config.ring_bytes + WORKING_BYTES

    def check_memory(self, free: int | None = None) -> None:
        """Raises ``RoomError`` when ``free`` bytes, else what the system has, are too few for it."""
        free = psutil.virtual_memory().available if free is None else free
        if free < self.memory:
            raise RoomError(
                f"{self.weights.name} needs about {self.memory / 1e9:.1f} GB of memory; "
                f"{free / 1e9:.1f} GB are free.",
                "Close other programs, or take a smaller quantization.",
            )


def open_checkpoint(folder: Path, quantized: int | None = None) -> Checkpoint:
    """Look into a folder with a checkpoint in Kyutai's layout; ``quantized`` (4, 8) asks for such weights.

    Raises ``CheckpointError`` with one sentence that says what is wrong.
    """
    if not folder.is_dir():
        raise CheckpointMissingError(f"There is no folder {folder}.")
    config = MoshiConfig.read(folder / "config.json") if (folder / "config.json").exists() else MOSHI_7B
    weights = _find_weights(folder, config.file("moshi_name"), quantized)
    tensors = read_header(weights)
    packing = _packing(weights, tensors, config)
    if quantized is not None and (packing.bits if packing else 16) != quantized:
        held = f"{packing.bits}-bit weights" if packing else "weights that are not quantised"
        raise CheckpointError(f"{weights} holds {held}, not {quantized}-bit ones.")
    mimi = _required(folder, config.file("mimi_name") or MIMI_FILE, "its codec")
    read_header(mimi)
    tokenizer = _required(folder, config.file("tokenizer_name") or TOKENIZER_FILE, "its text tokenizer")
    return Checkpoint(config, weights, mimi, tokenizer, tensors, packing)


def find_cached(release: Release, cache: Path | None = None) -> Path | None:
    """The folder in the Hugging Face cache that holds all of a release's files, if there is one."""
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(release.repo, name, cache_dir=cache) for name in release.files]
    if not all(isinstance(path, str) for path in found):
        return None
    return Path(str(found[0])).parent


def _find_weights(folder: Path, named: str | None, quantized: int | None) -> Path:
    if quantized is not None:
        kind = {4: "q4", 8: "q8", 16: "bf16"}.get(quantized)
        if kind is None:
            raise CheckpointError(f"There are 4-bit and 8-bit weights, not {quantized}-bit ones.")
        candidates = [name for key, name in WEIGHT_FILES.items() if key == kind]
    else:
        candidates = [named] if named else list(WEIGHT_FILES.values())
    for name in candidates:
        if (folder / name).exists():
            return folder / name
    there = ", ".join(sorted(path.name for path in folder.iterdir())[:8]) or "nothing"
    raise CheckpointMissingError(f"{folder} lacks its weights, {' or '.join(candidates)}; it holds {there}.")


def _required(folder: Path, name: str, what: str) -> Path:
    path = folder / name
    if not path.is_file() or not path.stat().st_size:
        raise CheckpointMissingError(f"{folder} lacks {what}, {name}.", "Fetch it again.")
    return path


def _packing(path: Path, tensors: dict[str, Tensor], config: MoshiConfig) -> Packing | None:
    weight, scales = tensors.get("text_linear.weight"), tensors.get("text_linear.scales")
    if weight is None:
        raise CheckpointError(f"{path} is no Moshi: it holds something else.")
    if any(len(each.shape) != 2 or 0 in each.shape for each in (weight, scales) if each):
        raise CheckpointDamagedError(f"{path} holds a text_linear.weight of shape {weight.shape}.")
    if scales is None:
        return None
    width = int(config.raw["dim"])
    return Packing(weight.shape[1] * 32 // width, width // scales.shape[1])
