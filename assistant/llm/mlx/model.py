"""The one place that touches mlx-lm: a model is loaded, and its tokens are computed.

Every call belongs to one thread. Computed prompts are kept by their tokens (``LRUPromptCache``), so that a
prompt which begins like an earlier one costs only its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx_lm.generate import generate_step
from mlx_lm.models import llama, qwen2, qwen3
from mlx_lm.models.cache import (
    LRUPromptCache,
    can_trim_prompt_cache,
    make_prompt_cache,
    trim_prompt_cache,
)
from mlx_lm.sample_utils import make_sampler
from mlx_lm.utils import load_model

from assistant.llm.mlx.gguf_support import ROPE_FACTORS, model_config, renamed
from assistant.llm.sampling import Sampling

CACHE_BYTES = 256_000_000
"""Keys and values of earlier prompts, of other personas above all, are kept in so much memory."""

_SHARE_AHEAD = 4
"""Ahead of a reply a chunk is so many times smaller: a reply to something else then waits less for it."""

_GROUP = 32
"""Numbers that share a scale in GGUF's simple types."""
_KEY = "model"

_ARCHITECTURES = {"llama": llama, "qwen2": qwen2, "qwen3": qwen3}


class _Cancelled(Exception):
    """Nobody waits for this reply any more."""


class MlxModel:
    """A loaded model; ``ends`` are the tokens that its own configuration ends a reply with."""

    def __init__(self, network: nn.Module, ends: list[int]) -> None:
        self.network = network
        self.ends = ends
        self._kept = LRUPromptCache(max_bytes=CACHE_BYTES)
        # A cancelled prefill ends with its chunk: a moment on a GPU, and on a slow processor too.
        self._chunk = 512 if mx.default_device() == mx.gpu else 64

    def reply(
        self, prompt: list[int], sampling: Sampling, is_cancelled: Callable[[], bool]
    ) -> tuple[int, Iterator[int]]:
        """How many of the prompt's tokens were computed before, and the reply's as they are computed."""
        cached, cache = self._nearest(prompt)
        return cached, self._tokens(prompt, cached, cache, sampling, is_cancelled, self._chunk)

    def read_ahead(self, prompt: list[int], is_cancelled: Callable[[], bool]) -> None:
        """Compute ``prompt`` for a reply to one that begins so, in chunks that a reply hardly waits for."""
        if not prompt:
            return
        cached, cache = self._nearest(prompt)
        # Where a cache cannot be cut nothing would be kept of it.
        if cached < len(prompt) - 1 and can_trim_prompt_cache(cache):
            chunk = self._chunk // _SHARE_AHEAD
            for _ in self._tokens(prompt, cached, cache, Sampling(max_tokens=0), is_cancelled, chunk):
                pass

    def _nearest(self, prompt: list[int]) -> tuple[int, list[Any]]:
        """How many of the prompt's tokens were computed before (its last never counts), and their cache."""
        cache, rest = self._kept.fetch_nearest_cache(_KEY, prompt)
        if not rest and can_trim_prompt_cache(cache):
            # What follows the last token is asked of the model again.
            trim_prompt_cache(cache, 1)
            rest = prompt[-1:]
        if cache is None or not rest:
            cache, rest = make_prompt_cache(self.network), prompt
        return len(prompt) - len(rest), cache

    def _tokens(
        self,
        prompt: list[int],
        cached: int,
        cache: list[Any],
        sampling: Sampling,
        is_cancelled: Callable[[], bool],
        chunk: int,
    ) -> Iterator[int]:
        def look(done: int, whole: int) -> None:
            if is_cancelled():
                raise _Cancelled

        written: list[int] = []
        steps = generate_step(
            mx.array(prompt[cached:]),
            self.network,
            max_tokens=sampling.max_tokens,
            sampler=make_sampler(sampling.temperature, sampling.top_p),
            prompt_cache=cache,
            prefill_step_size=chunk,
            prompt_progress_callback=look,
        )
        try:
            for token, _ in steps:
                written.append(int(token))
                yield written[-1]
                if is_cancelled():
                    return
        except _Cancelled:
            return
        finally:
            steps.close()
            self._keep([*prompt, *written], cache)

    def _keep(self, tokens: list[int], cache: list[Any]) -> None:
        """For the next prompt; a cache that cannot be cut (hybrid models) is of no use to another one."""
        if not can_trim_prompt_cache(cache):
            return
        computed = cache[0].offset
        if computed > len(tokens):
            trim_prompt_cache(cache, computed - len(tokens))
        if computed:
            self._kept.insert_cache(_KEY, tokens[:computed], cache)


def load_folder(path: Path) -> MlxModel:
    """``path`` has been looked into (``folder.open_folder``). Raises whatever mlx-lm does."""
    network, config = load_model(path)
    ends = config.get("eos_token_id")
    return MlxModel(network, [ends] if isinstance(ends, int) else list(ends or ()))


def load_gguf(path: Path) -> tuple[MlxModel, dict[str, Any]]:
    """A file that ``gguf_support`` has nothing against, its header checked; the model and its metadata."""
    arrays, told = mx.load(str(path), return_metadata=True)
    metadata = plain_metadata(told)
    factors = arrays.pop(ROPE_FACTORS, None)
    weights = {renamed(name): array for name, array in arrays.items()}
    config = model_config(metadata, has_output="lm_head.weight" in weights)
    module = _ARCHITECTURES[config["model_type"]]
    network = module.Model(module.ModelArgs.from_dict(config))
    packed = _packing(weights)
    if packed:
        # One file mixes precisions: each module has its own.
        nn.quantize(network, group_size=_GROUP, class_predicate=lambda name, _: packed.get(name, False))
    network.load_weights(list(weights.items()))
    if factors is not None:
        for layer in network.layers:
            layer.self_attn.rope = _StretchedRope(config, factors)
    mx.eval(network.parameters())
    network.eval()
    return MlxModel(network, []), metadata


def _packing(weights: Mapping[str, mx.array]) -> dict[str, dict[str, int]]:
    """Bits of each packed module, which its shapes tell."""
    found = {}
    for name, scales in weights.items():
        if name.endswith(".scales"):
            stem = name.removesuffix(".scales")
            bits = weights[f"{stem}.weight"].shape[-1] // scales.shape[-1]
            found[stem] = {"group_size": _GROUP, "bits": bits}
    return found


class _StretchedRope:
    """Rotary positions whose wavelengths the file gives as factors, one for each pair of dimensions."""

    def __init__(self, config: dict[str, Any], factors: mx.array) -> None:
        self._dims, self._is_interleaved = config["head_dim"], config["rope_traditional"]
        exponents = mx.arange(0, self._dims, 2) / self._dims
        self._freqs = config["rope_theta"] ** exponents * factors

    def __call__(self, x: mx.array, offset: int = 0) -> mx.array:
        return mx.fast.rope(
            x,
            self._dims,
            traditional=self._is_interleaved,
            base=None,
            scale=1.0,
            offset=offset,
            freqs=self._freqs,
        )


def plain_metadata(told: Mapping[str, Any]) -> dict[str, Any]:
    """A GGUF file's metadata as MLX reads it, with lists and numbers in place of its arrays."""
    return {key: _plain(value) for key, value in told.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, mx.array):
        return value.item() if value.ndim == 0 else value.tolist()
    return value
