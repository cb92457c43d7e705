"""Random checkpoints in the layouts that are published for PyTorch: Kyutai's recogniser, and PersonaPlex."""

from __future__ import annotations

import io
import json
import re
import struct
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.voice.moshi.catalogue import MIMI_FILE, STT, TOKENIZER_FILE, TTS, VOICES_FILE
from assistant.voice.moshi.personaplex import VOICES
from tests.fakes.moshi_weights import TINY, random_lm, write_tokenizer

STT_1B: dict[str, Any] = {
    "dim": 2048, "num_heads": 16, "num_layers": 16, "hidden_scale": 4.125, "context": 750,
    "max_period": 100000.0, "causal": True, "layer_scale": None, "gating": "silu", "norm": "rms_norm_f32",
    "positional_embedding": "rope", "text_card": 8000, "existing_text_padding_id": 3, "card": 2048, "n_q": 32,
    "dep_q": 0, "delays": [0] * 33, "extra_heads_num_heads": 4, "extra_heads_dim": 6, "model_type": "stt",
    "stt_config": {"audio_delay_seconds": 0.5, "audio_silence_prefix_seconds": 0.0},
}  # fmt: skip
"""The published recogniser's sizes."""
TINY_STT = STT_1B | {"dim": 256, "num_heads": 4, "num_layers": 2, "text_card": 400}
TINY_PERSONAPLEX = TINY | {"num_layers": 1, "depformer_num_layers": 1}
TTS_1B: dict[str, Any] = {
    "dim": 2048, "num_heads": 16, "num_layers": 16, "hidden_scale": 4.125, "context": 500,
    "max_period": 10000, "causal": True, "layer_scale": None, "gating": "silu", "norm": "rms_norm_f32",
    "positional_embedding": "rope", "cross_attention": True, "demux_second_stream": True,
    "depformer_dim": 1024, "depformer_num_heads": 16, "depformer_num_layers": 4,
    "depformer_dim_feedforward": 3072, "depformer_pos_emb": "none", "depformer_low_rank_embeddings": 128,
    "text_card": 8000, "existing_text_padding_id": 3, "card": 2048, "n_q": 32, "dep_q": 32,
    "delays": [0, 0, *[2] * 31], "model_type": "tts", "model_id": {"sig": "1e68beda", "epoch": 240},
    "tts_config": {"audio_delay": 1.28, "second_stream_ahead": 2},
    "conditioners": {
        "speaker_wavs": {"type": "tensor", "tensor": {"dim": 512}},
        "control": {"type": "lut", "lut": {
            "n_bins": 1, "dim": 16, "tokenizer": "noop", "possible_values": ["ok"],
        }},
        "cfg": {"type": "lut", "lut": {
            "n_bins": 7, "dim": 16, "tokenizer": "noop",
            "possible_values": ["1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0"],
        }},
    },
}  # fmt: skip
"""The published voice's sizes as far as they are documented; the rest is what upstream reads."""
TINY_TTS = TTS_1B | {
    "dim": 64, "num_heads": 4, "num_layers": 2, "context": 80, "text_card": 400, "card": 200,
    "depformer_dim": 32, "depformer_num_heads": 4, "depformer_num_layers": 2, "depformer_dim_feedforward": 96,
    "depformer_low_rank_embeddings": 8, "n_q": 8, "dep_q": 8, "delays": [0, 0, *[2] * 7],
    "conditioners": TTS_1B["conditioners"] | {"speaker_wavs": {"type": "tensor", "tensor": {"dim": 16}}},
}  # fmt: skip
TORCH_TYPES = {
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "BFloat16Storage": np.uint16,
}


def torch_weights(lm: Any) -> dict[str, Any]:
    """A ``moshi_mlx`` model's weights by PyTorch's names and in its shapes."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    held = dict(tree_flatten(lm.parameters()))
    shapes = torch_names({name: value.shape for name, value in held.items()})
    made: dict[str, list[Any]] = {}
    for name, value in held.items():
        made.setdefault(torch_name(name), []).append(value)
    # The norms of the depth transformer are one for all codebooks.
    return {
        name: parts[0].reshape(shapes[name]) if name.endswith("alpha") else mx.concatenate(parts)
        for name, parts in made.items()
    }


def torch_names(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """PyTorch's names and shapes for those of a ``moshi_mlx`` model."""
    made: dict[str, tuple[int, ...]] = {}
    for name, shape in shapes.items():
        called = torch_name(name)
        if called.endswith("alpha"):
            made[called] = (1, 1, *shape)
        else:
            made[called] = (made.get(called, (0,))[0] + shape[0], *shape[1:])
    return made


def torch_name(name: str) -> str:
    """Codebooks share a name where PyTorch keeps them in one tensor."""
    name = name.replace("in_proj.weight", "in_proj_weight")
    name = re.sub(r"(norm\d?)\.weight$", r"\1.alpha", name)
    found = re.fullmatch(r"depformer\.slices\.(\d+)\.(.+)", name)
    if not found:
        return re.sub(r"^audio_embs\.", "emb.", name)
    index, rest = int(found[1]), found[2].replace("transformer.", "depformer.")
    rest = rest.replace(".gating.", f".gating.{index}.")
    rest = re.sub(r"^linear_in", f"depformer_in.{index}", rest)
    rest = re.sub(r"^linear_out", f"linears.{index}", rest)
    return re.sub(r"^emb", f"depformer_emb.{index - 1}" if index else "depformer_text_emb", rest)


def write_stt(folder: Path, raw: dict[str, Any] = TINY_STT, kind: str = "f32") -> Any:
    """Kyutai's recogniser as its Candle repository has it, but for the codec; the model in it is returned."""
    import mlx.core as mx

    folder.mkdir(parents=True, exist_ok=True)
    lm = random_lm(raw, kind)
    weights, mimi, tokenizer, config = STT.files
    mx.save_safetensors(str(folder / weights), torch_weights(lm))
    mx.save_safetensors(str(folder / mimi), {"x": mx.zeros(3)})
    write_tokenizer(folder / tokenizer, raw["text_card"])
    (folder / config).write_text(json.dumps(raw | {"mimi_name": mimi, "tokenizer_name": tokenizer}))
    return lm


def write_tts(folder: Path, raw: dict[str, Any] = TINY_TTS, kind: str = "f32") -> Any:
    """Kyutai's voice as published, but for the codec, with a speaker beside it; the model is returned."""
    import mlx.core as mx

    folder.mkdir(parents=True, exist_ok=True)
    lm = random_lm(raw, kind)
    weights, mimi, tokenizer, config = TTS.files
    mx.save_safetensors(str(folder / weights), torch_weights(lm))
    mx.save_safetensors(str(folder / mimi), {"x": mx.zeros(3)})
    width = raw["conditioners"]["speaker_wavs"]["tensor"]["dim"]
    mx.save_safetensors(
        str(folder / "speaker.safetensors"), {"speaker_wavs": mx.random.normal((1, width, 20))}
    )
    write_tokenizer(folder / tokenizer, raw["text_card"])
    names = {"moshi_name": weights, "mimi_name": mimi, "tokenizer_name": tokenizer}
    (folder / config).write_text(json.dumps(raw | names))
    return lm


def write_personaplex(folder: Path, raw: dict[str, Any] = TINY_PERSONAPLEX, kind: str = "bf16") -> Any:
    """PersonaPlex as published, but for the codec: a depth transformer for both sides' codes, 18 voices.

    The model that is returned has its own side's only.
    """
    import mlx.core as mx

    folder.mkdir(parents=True, exist_ok=True)
    both = random_lm(raw | {"dep_q": 16}, kind)
    for each in both.depformer.slices[1:]:
        for layer, first in zip(
            each.transformer.layers, both.depformer.slices[0].transformer.layers, strict=True
        ):
            layer.norm1, layer.norm2 = first.norm1, first.norm2
    mx.save_safetensors(str(folder / "model.safetensors"), torch_weights(both))
    mx.save_safetensors(str(folder / MIMI_FILE), {"x": mx.zeros(3)})
    write_tokenizer(folder / TOKENIZER_FILE, raw["text_card"])
    (folder / "config.json").write_text(json.dumps(raw | {"model_type": "personaplex"}))
    write_voices(folder / VOICES_FILE, raw["dim"])
    both.depformer.slices = both.depformer.slices[:8]
    return both


def write_voices(path: Path, width: int, names: Iterable[str] = VOICES) -> None:
    """The archive of voices, each a few frames of noise."""
    noise = np.random.default_rng(0)
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            inputs = noise.standard_normal((5, 1, 1, width)).astype(np.float32)
            tokens = noise.integers(0, 200, (1, 17, 4))
            data = torch_file({"embeddings": ("BFloat16Storage", inputs), "cache": ("LongStorage", tokens)})
            member = tarfile.TarInfo(f"voices/{name}.pt")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def torch_file(tensors: dict[str, tuple[str, NDArray[Any]]]) -> bytes:
    """What ``torch.save`` writes for a table of tensors, each given as type of storage and numbers."""
    storages = []
    pickled = b"\x80\x02}("
    for name, (kind, numbers) in tensors.items():
        strides = [int(np.prod(numbers.shape[axis + 1 :])) for axis in range(numbers.ndim)]
        pickled += _word(name) + b"ctorch._utils\n_rebuild_tensor_v2\n("
        pickled += b"(" + _word("storage") + f"ctorch\n{kind}\n".encode() + _word(str(len(storages)))
        pickled += _word("cuda:0") + _whole(numbers.size) + b"tQ" + _whole(0)
        pickled += b"(" + b"".join(map(_whole, numbers.shape)) + b"t(" + b"".join(map(_whole, strides))
        pickled += b"t\x89ccollections\nOrderedDict\n)RtR"
        bits = numbers.view(np.uint32) >> 16 if kind == "BFloat16Storage" else numbers
        storages.append(np.ascontiguousarray(bits.astype(TORCH_TYPES[kind])).tobytes())
    return archived(pickled + b"u.", storages)


def archived(pickled: bytes, storages: Iterable[bytes] = ()) -> bytes:
    """A pickle and its storages in a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("voice/data.pkl", pickled)
        for index, storage in enumerate(storages):
            archive.writestr(f"voice/data/{index}", storage)
        archive.writestr("voice/version", "3\n")
    return target.getvalue()


def _word(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def _whole(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)
