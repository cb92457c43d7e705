"""PyTorch's names for a Moshi's weights: which of them holds each tensor of the ``moshi_mlx`` model.

PyTorch keeps the depth transformer's attention of all codebooks in one tensor, one below the other, and calls
the scale of a norm ``alpha``. Newer files name the projections ``in_projs.0``.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from assistant.errors import CheckpointError
from assistant.voice.moshi.header import Tensor

MARK = "out_norm.alpha"
"""A name that only PyTorch's layout has."""

_DEPTH = re.compile(r"depformer\.slices\.(\d+)\.(.+)")
_DEPTH_LAYER = re.compile(r"transformer\.(layers\.\d+)\.(.+)")


@dataclass(frozen=True, slots=True)
class Source:
    """A tensor of the file, of whose first axis the target is the ``part``-th stretch of its own length."""

    name: str
    part: int = 0


def find_sources(
    targets: Mapping[str, tuple[int, ...]], there: Mapping[str, Tensor], where: str, *, torch_names: bool
) -> dict[str, Source]:
    """For each of MLX's tensors, by name and shape, its place in a file.

    A file with PyTorch's names may have more codebooks in its depth transformer than the model wants.
    ``where`` names the file. Raises ``CheckpointError``.
    """
    found = {name: _source(name, there) if torch_names else Source(name) for name in targets}
    if missing := sorted(source.name for source in found.values() if source.name not in there):
        raise CheckpointError(f"{where} lacks {missing[0]}, which the configuration asks for.")
    for name, shape in targets.items():
        source = found[name]
        held = there[source.name].shape
        joined = tuple(size for size in held if size != 1)
        whole = joined[0] == shape[0] or source.name.startswith("depformer.layers.")
        if joined[1:] != shape[1:] or joined[0] < (source.part + 1) * shape[0] or not whole:
            raise CheckpointError(
                f"{where} does not fit its configuration: {source.name} is {held}, not {shape}."
            )
    return found


def _source(name: str, there: Container[str]) -> Source:
    if depth := _DEPTH.fullmatch(name):
        return _depth_source(int(depth[1]), depth[2], there)
    name = re.sub(r"^audio_embs\.", "emb.", name)
    return Source(_attention(_norm(name), there))


def _depth_source(codebook: int, name: str, there: Container[str]) -> Source:
    if layer := _DEPTH_LAYER.fullmatch(name):
        path = f"depformer.{layer[1]}"
        if layer[2].startswith("gating."):
            return Source(f"{path}.gating.{codebook}.{layer[2].removeprefix('gating.')}")
        if layer[2].startswith("norm"):
            return Source(_norm(f"{path}.{layer[2]}"))
        newer = f"{path}.{layer[2]}".replace("_proj.", f"_projs.{codebook}.")
        return Source(newer) if newer in there else Source(_attention(f"{path}.{layer[2]}", there), codebook)
    if name == "emb.weight":
        return Source(f"depformer_emb.{codebook - 1}.weight" if codebook else "depformer_text_emb.weight")
    return Source(f"{'depformer_in' if name == 'linear_in.weight' else 'linears'}.{codebook}.weight")


def _norm(name: str) -> str:
    return re.sub(r"(norm\d?)\.weight$", r"\1.alpha", name)


def _attention(name: str, there: Container[str]) -> str:
    if (newer := name.replace("_proj.", "_projs.0.")) in there:
        return newer
    return name.replace("in_proj.weight", "in_proj_weight")
