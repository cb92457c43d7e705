"""Dense weights of a checkpoint by MLX's names, a tensor at a time, from either layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import mlx.core as mx
from mlx.utils import tree_flatten
from moshi_mlx import models

from assistant.voice.moshi.checkpoint import Checkpoint
from assistant.voice.moshi.config import MoshiConfig
from assistant.voice.moshi.tensor_file import read_rows
from assistant.voice.moshi.torch_layout import Source, find_sources

Shapes = Mapping[str, tuple[int, ...]]


def dense_shapes(config: MoshiConfig) -> Shapes:
    """Every tensor of the ``moshi_mlx`` model and its shape; none of them is made."""
    lm = models.Lm(config.lm_config())
    return {name: value.shape for name, value in tree_flatten(lm.parameters())}


def read_dense(checkpoint: Checkpoint, shapes: Shapes) -> Iterator[tuple[str, mx.array]]:
    """Those tensors, one at a time. Raises ``CheckpointError`` for a file that does not hold them."""
    there = checkpoint.tensors
    sources = find_sources(shapes, there, str(checkpoint.weights), torch_names=checkpoint.torch_names)
    with checkpoint.weights.open("rb", buffering=0) as file:
        for name, shape in shapes.items():
            source: Source = sources[name]
            tensor = there[source.name]
            rows, width = (1, shape[0]) if len(shape) == 1 else shape
            numbers = mx.array(read_rows(file, tensor, source.part * rows, rows, width))
            if tensor.dtype == "BF16":
                numbers = numbers.view(mx.bfloat16)
            yield name, numbers.reshape(shape)
