"""What a checkpoint is made of: Kyutai's ``config.json``, or the sizes known by name where there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.errors import CheckpointDamagedError, CheckpointError

_NUMBERS = ("dim", "num_heads", "num_layers", "context", "max_period", "text_card", "card", "n_q")
_DEPTH_NUMBERS = (
    "depformer_dim", "depformer_num_heads", "depformer_num_layers", "depformer_dim_feedforward",
)  # fmt: skip
_NO_DEPTH = dict.fromkeys(_DEPTH_NUMBERS, 1) | {"depformer_pos_emb": "none"}
"""What ``moshi_mlx`` wants to read about a depth transformer where there is none."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How a quantised matrix is packed: bits a number, and numbers that share a scale."""

    bits: int
    group_size: int


@dataclass(frozen=True, slots=True)
class MoshiConfig:
    """Sizes of a Moshi, as its ``config.json`` names them.

    Kyutai's speech recogniser is one too: it has no depth transformer (``dep_q`` is 0) and speaks text only.
    """

    raw: Mapping[str, Any]

    @classmethod
    def of(cls, said: object, where: str) -> MoshiConfig:
        """Check what a file says; ``where`` names it. Raises ``CheckpointError``.

        A file without any sizes, like PersonaPlex's, leaves them to be known by name.
        """
        if not isinstance(said, dict):
            raise CheckpointError(f"{where} is not a table of settings.")
        raw: dict[str, Any] = {name: _whole(value) for name, value in said.items()}
        if "dim" not in raw and "dep_q" not in raw:
            raw = dict(MOSHI_7B.raw) | raw
        for name in (*_NUMBERS, "dep_q", *(_DEPTH_NUMBERS if raw.get("dep_q") else ())):
            value = raw.get(name)
            least = 0 if name == "dep_q" else 1
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise CheckpointError(f"{where} is not a Moshi's: {name} is {_shown(value)}.")
        delays = raw.get("delays")
        if not isinstance(delays, list) or len(delays) != 1 + raw["n_q"]:
            raise CheckpointError(f"{where} is not a Moshi's: delays must hold {1 + raw['n_q']} numbers.")
        if raw["dim"] % raw["num_heads"] or raw["dep_q"] > raw["n_q"]:
            raise CheckpointError(f"{where} is not a Moshi's: its sizes do not go together.")
        return cls(MappingProxyType(dict(raw)))

    @classmethod
    def read(cls, path: Path) -> MoshiConfig:
        """From a ``config.json``. Raises ``CheckpointError``."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CheckpointDamagedError(f"{path} cannot be read: {error}.") from error
        return cls.of(raw, str(path))

    def file(self, key: str) -> str | None:
        """The file it names under ``key``. Raises ``CheckpointError`` for one in another folder."""
        name = self.raw.get(key)
        if name is not None and (not isinstance(name, str) or Path(name).name != name):
            raise CheckpointError(f"The configuration's {key} is {name!r}, which is no file beside it.")
        return name

    @property
    def user_codebooks(self) -> int:
        """Codes in a frame of the user's."""
        return int(self.raw["n_q"]) - int(self.raw["dep_q"])

    @property
    def own_codebooks(self) -> int:
        """Codes in a frame of Moshi's."""
        return int(self.raw["dep_q"])

    @property
    def ring_bytes(self) -> int:
        """Memory of the keys and values of a full context, at two bytes a number."""
        return 2 * 2 * int(self.raw["num_layers"]) * int(self.raw["context"]) * int(self.raw["dim"])

    def lm_config(self) -> Any:
        """The same for ``moshi_mlx``, which otherwise keeps more keys and values than it reads rightly."""
        from moshi_mlx import models

        made = models.LmConfig.from_config_dict(_NO_DEPTH | dict(self.raw))
        made.transformer.max_seq_len = made.transformer.context
        return made


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)


MOSHI_7B = MoshiConfig(
    MappingProxyType(
        {
            "dim": 4096,
            "num_heads": 32,
            "num_layers": 32,
            "hidden_scale": 4.125,
            "context": 3000,
            "max_period": 10000,
            "causal": True,
            "layer_scale": None,
            "gating": "silu",
            "norm": "rms_norm_f32",
            "positional_embedding": "rope",
            "depformer_dim": 1024,
            "depformer_dim_feedforward": 4096,
            "depformer_num_heads": 16,
            "depformer_num_layers": 6,
            "depformer_layer_scale": None,
            "depformer_multi_linear": True,
            "depformer_context": 8,
            "depformer_max_period": 10000,
            "depformer_gating": "silu",
            "depformer_pos_emb": "none",
            "depformer_weights_per_step": True,
            "text_card": 32000,
            "existing_text_padding_id": 3,
            "card": 2048,
            "n_q": 16,
            "dep_q": 8,
            "delays": [0] + ([0] + [1] * 7) * 2,
        }
    )
)
"""Moshiko and Moshika, whose MLX repositories hold no ``config.json``, and PersonaPlex.

PersonaPlex also has a depth transformer for the user's codes, which are always known: it changes nothing.
"""
