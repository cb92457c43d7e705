"""Weights from a checkpoint into a ``moshi_mlx`` model, after a look at whether they belong there."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
from mlx import nn
from mlx.utils import tree_flatten
from moshi_mlx import models

from assistant.errors import CheckpointError
from assistant.voice.moshi.checkpoint import Checkpoint
from assistant.voice.moshi.config import Packing
from assistant.voice.moshi.dense import dense_shapes, read_dense

_DTYPES = {"F32": mx.float32, "BF16": mx.bfloat16, "F16": mx.float16}


def load_lm(checkpoint: Checkpoint, pack: Packing | None = None) -> Any:
    """The model with its weights in memory; ``pack`` quantises there what the file holds dense.

    Raises ``CheckpointError`` and ``RoomError``.
    """
    checkpoint.check_memory()
    lm = models.Lm(checkpoint.config.lm_config())
    lm.set_dtype(_DTYPES.get(checkpoint.tensors["text_linear.weight"].dtype, mx.bfloat16))
    if checkpoint.torch_names:
        lm.load_weights(list(read_dense(checkpoint, dense_shapes(checkpoint.config))), strict=True)
    else:
        _quantise(lm, checkpoint.packing, checkpoint)
        _compare(checkpoint, {name: value.shape for name, value in tree_flatten(lm.parameters())})
        lm.load_weights(str(checkpoint.weights), strict=True)
    if checkpoint.packing is None:
        _quantise(lm, pack, checkpoint)
    mx.eval(lm.parameters())
    return lm


def _quantise(lm: Any, packing: Packing | None, checkpoint: Checkpoint) -> None:
    if packing is None:
        return
    try:
        nn.quantize(lm, group_size=packing.group_size, bits=packing.bits)
    except ValueError as error:
        raise CheckpointError(
            f"{checkpoint.weights} is quantised in a way that MLX does not know."
        ) from error


def _compare(checkpoint: Checkpoint, expected: dict[str, tuple[int, ...]]) -> None:
    """The first thing that does not fit, in one sentence; upstream lists all of them."""
    path, there = checkpoint.weights, checkpoint.tensors
    if missing := sorted(expected.keys() - there.keys()):
        raise CheckpointError(f"{path} lacks {_some(missing)} of what the configuration asks for.")
    if extra := sorted(there.keys() - expected.keys()):
        raise CheckpointError(f"{path} holds {_some(extra)} that the configuration does not know.")
    for name, shape in expected.items():
        if there[name].shape != tuple(shape):
            raise CheckpointError(
                f"{path} does not fit its configuration: {name} is {there[name].shape}, not {shape}."
            )


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
