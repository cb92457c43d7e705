"""The step against PyTorch's own ``LMGen``: same weights, same user, same tokens.

Only where PyTorch's Moshi is installed, which the assistant does not need:
``pip install torch einops && pip install --no-deps moshi==0.2.13``.
"""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
import pytest
from mlx.utils import tree_flatten
from numpy.typing import NDArray

from assistant.voice.moshi.generator import Generator
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, SMALL, Run, own_run, users

os.environ.setdefault("NO_TORCH_COMPILE", "1")
torch = pytest.importorskip("torch")
models = pytest.importorskip("moshi.models.lm")

FRAMES = 520


def test_tokens_are_those_of_pytorch() -> None:
    """PyTorch gives a frame's text with the frame's audio, which is complete a step later."""
    lm = random_lm(SMALL)
    ours, theirs = own_run(Generator(lm, GREEDY), users(FRAMES)), torch_run(torch_lm(lm), users(FRAMES))
    assert [codes for _, codes in ours] == [codes for _, codes in theirs]
    assert [text for text, _ in ours][:-1] == [text for text, _ in theirs][1:]


def torch_run(model: Any, user: NDArray[np.int32]) -> Run:
    """What ``LMGen`` says. It uses no audio in its first step, so that it is given a frame more."""
    generator = models.LMGen(model, use_sampling=False)
    run: Run = []
    with torch.no_grad(), generator.streaming(1):
        for codes in np.concatenate([user[:1], user]):
            frame = generator.step(torch.tensor(codes, dtype=torch.long)[None, :, None])
            if frame is not None:
                text, *own = frame[0, :, 0].tolist()
                run.append((text, tuple(own)))
    return run


def torch_lm(lm: Any) -> Any:
    """PyTorch's model with an MLX model's weights."""
    model = models.LMModel(**SMALL, device="cpu", dtype=torch.float32).eval()
    weights = {name: np.array(value) for name, value in tree_flatten(lm.parameters())}
    model.load_state_dict(
        {
            name: torch.tensor(weights[mlx_name(name)]).reshape(value.shape)
            for name, value in model.state_dict().items()
        },
        strict=True,
    )
    return model


def mlx_name(name: str) -> str:
    """What MLX calls one of PyTorch's tensors. A depth layer's norms are one for all codebooks there."""
    name = name.replace(".alpha", ".weight")
    if found := re.fullmatch(r"depformer\.layers\.(\d+)\.(norm\d\.weight)", name):
        return f"depformer.slices.0.transformer.layers.{found[1]}.{found[2]}"
    if found := re.fullmatch(r"depformer\.layers\.(\d+)\.self_attn\.(in|out)_projs\.(\d+)\.weight", name):
        return f"depformer.slices.{found[3]}.transformer.layers.{found[1]}.self_attn.{found[2]}_proj.weight"
    if found := re.fullmatch(r"depformer\.layers\.(\d+)\.gating\.(\d+)\.(.*)", name):
        return f"depformer.slices.{found[2]}.transformer.layers.{found[1]}.gating.{found[3]}"
    if found := re.fullmatch(r"depformer_emb\.(\d+)\.weight", name):
        return f"depformer.slices.{int(found[1]) + 1}.emb.weight"
    name = re.sub(r"^depformer_text_emb\.", "depformer.slices.0.emb.", name)
    name = re.sub(r"^depformer_in\.(\d+)\.", r"depformer.slices.\1.linear_in.", name)
    name = re.sub(r"^linears\.(\d+)\.", r"depformer.slices.\1.linear_out.", name)
    name = re.sub(r"^emb\.(\d+)\.", r"audio_embs.\1.", name)
    return re.sub(r"self_attn\.(in|out)_projs\.0\.", r"self_attn.\1_proj.", name)
