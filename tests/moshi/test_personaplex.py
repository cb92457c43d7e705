"""PersonaPlex: its files made into a checkpoint, its voices read without running them, its prompt."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn
from mlx.utils import tree_flatten

from assistant.errors import CheckpointDamagedError, CheckpointError, CheckpointMissingError
from assistant.voice.moshi.catalogue import PERSONAPLEX, VOICES_FILE, WEIGHT_FILES
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.config import MOSHI_7B, MoshiConfig
from assistant.voice.moshi.dense import dense_shapes
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.personaplex import (
    PAD,
    PAUSE_FRAMES,
    SILENCE,
    TONE,
    VOICES,
    Voice,
    persona_prompt,
    read_voice,
    tagged,
)
from assistant.voice.moshi.personaplex_setup import convert_personaplex
from assistant.voice.moshi.torch_pickle import read_tensors
from assistant.voice.moshi.weights import load_lm
from tests.fakes.moshi_torch import (
    TINY_PERSONAPLEX,
    archived,
    torch_file,
    torch_names,
    write_personaplex,
    write_voices,
)
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, own_run, users

BUDGET_BYTES = 4_000_000_000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("published")
    return folder, write_personaplex(folder)


@pytest.mark.parametrize("bits", [4, 8])
def test_what_is_converted_is_what_mlx_would_have_packed(
    published: tuple[Path, Any], tmp_path: Path, bits: int
) -> None:
    source, lm = published
    told: list[float] = []
    convert_personaplex(source, tmp_path / "made", bits, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    checkpoint = open_checkpoint(tmp_path / "made", bits)
    packed = load_lm(checkpoint)
    expected = dict(tree_flatten(_packed(lm, bits).parameters()))
    for name, value in tree_flatten(packed.parameters()):
        assert mx.array_equal(value, expected[name]).item(), name
    assert len(own_run(Generator(packed, GREEDY), users(3, 2048))) == 3


def _packed(lm: Any, bits: int) -> Any:
    made = random_lm(TINY_PERSONAPLEX, "bf16")
    made.load_weights(list(tree_flatten(lm.parameters())), strict=True)
    nn.quantize(made, bits=bits, group_size={4: 32, 8: 64}[bits])
    return made


def test_it_also_loads_as_it_is_published(published: tuple[Path, Any]) -> None:
    source, lm = published
    loaded = load_lm(open_checkpoint(source))
    assert own_run(Generator(loaded, GREEDY), users(5, 2048)) == own_run(
        Generator(lm, GREEDY), users(5, 2048)
    )


def test_a_configuration_without_sizes_is_known_by_name() -> None:
    config = MoshiConfig.of({"model_type": "personaplex"}, "the test")
    assert config.raw["model_type"] == "personaplex"
    assert {name: config.raw[name] for name in MOSHI_7B.raw} == dict(MOSHI_7B.raw)


def test_all_voices_come_along(published: tuple[Path, Any], tmp_path: Path) -> None:
    convert_personaplex(published[0], tmp_path / "made", 8, lambda _: None)
    voices = [read_voice(tmp_path / "made", name) for name in VOICES]
    assert len(VOICES) == 18
    assert all(voice.inputs.shape == (5, 256) and voice.tokens.shape == (17, 4) for voice in voices)
    assert len({voice.inputs.tobytes() for voice in voices}) == 18
    with pytest.raises(CheckpointMissingError, match="has no voice NATF9; PersonaPlex has NATF0, "):
        read_voice(tmp_path / "made", "NATF9")


@pytest.mark.parametrize("kind", ["FloatStorage", "HalfStorage", "LongStorage", "BFloat16Storage"])
def test_tensors_come_out_as_they_went_in(kind: str) -> None:
    numbers = np.arange(24).reshape(2, 3, 4)
    given = numbers if kind == "LongStorage" else numbers.astype(np.float32)
    found = read_tensors(torch_file({"a": (kind, given), "b": ("LongStorage", numbers + 1)}), "the test")
    np.testing.assert_array_equal(found["a"], given)
    np.testing.assert_array_equal(found["b"], numbers + 1)


def test_the_real_torch_writes_what_is_read() -> None:
    torch = pytest.importorskip("torch")
    given = {
        "embeddings": torch.randn(7, 1, 1, 64).to(torch.bfloat16),
        "cache": torch.arange(68).reshape(1, 17, 4),
    }
    target = io.BytesIO()
    torch.save(given, target)
    found = read_tensors(target.getvalue(), "the test")
    for name, tensor in given.items():
        assert (torch.tensor(found[name]) == tensor).all()


class Harm:
    """Runs a command when it is unpickled by something careless."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self._path}",)


def test_nothing_in_a_voice_is_run(tmp_path: Path) -> None:
    harm = tmp_path / "harm"
    for protocol in (0, 2, 4):
        for bad in ({"embeddings": Harm(harm)}, Harm(harm)):
            with pytest.raises(CheckpointDamagedError, match=r"asks for posix\.system") as refused:
                read_tensors(archived(pickle.dumps(bad, protocol)), "voice.pt")
            assert "\n" not in str(refused.value)
    assert not harm.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no file of tensors"),
        (b"\x80\x02}q.", "no file of tensors"),
        (archived(b"\x80\x02"), "no file of tensors"),
        (archived(b"\x80\x02]."), "holds no table of tensors"),
        (archived(pickle.dumps({"a": 1}, 2)), "holds more than tensors"),
        (archived(pickle.dumps({"a": np.float64}, 2)), r"asks for numpy\.float64"),
        (archived(b"\x80\x02cbuiltins\neval\n."), r"asks for builtins\.eval"),
        (archived(b"\x80\x02ctorch\nload\n."), r"asks for torch\.load"),
        (archived(torch_file({})), "no file of tensors"),
        (torch_file({"a": ("LongStorage", np.arange(4))})[:-40], "no file of tensors"),
    ],
)
def test_a_broken_voice_is_told_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(CheckpointDamagedError, match=says) as failed:
        read_tensors(data, "voice.pt")
    assert "\n" not in str(failed.value)
    assert str(failed.value).startswith("voice.pt ")


def test_a_storage_that_is_too_short_is_damage() -> None:
    whole = torch_file({"a": ("LongStorage", np.arange(4))})
    with pytest.raises(CheckpointDamagedError):
        read_tensors(whole.replace(np.arange(4).tobytes(), b"\0" * 32)[:-1], "voice.pt")


def spoil_archive(folder: Path) -> None:
    path = folder / VOICES_FILE
    path.write_bytes(path.read_bytes()[:-2000])


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / VOICES_FILE).unlink(), "lacks its voices"),
        (lambda folder: (folder / VOICES_FILE).write_bytes(b"nothing"), "cut short or no archive"),
        (spoil_archive, "cut short or no archive"),
        (lambda folder: write_voices(folder / VOICES_FILE, 256, VOICES[1:]), "lacks the voice NATF0"),
        (lambda folder: write_voices(folder / VOICES_FILE, 255), "voice NATF0 was not made for this"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 99), "is cut short"),
    ],
)
def test_a_failed_conversion_leaves_nothing(
    published: tuple[Path, Any], tmp_path: Path, spoil: Any, says: str
) -> None:
    source = shutil.copytree(published[0], tmp_path / "source")
    spoil(source)
    with pytest.raises(CheckpointError, match=says):
        convert_personaplex(source, tmp_path / "made", 8, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_the_prompt_is_voice_silence_text_silence() -> None:
    noise = np.random.default_rng(0)
    voice = Voice(noise.standard_normal((6, 8)).astype(np.float32), noise.integers(0, 99, (17, 4), np.int32))
    delays = MOSHI_7B.raw["delays"][1:]
    prompt = persona_prompt(voice, [11, 12, 13], delays)
    rows = prompt.rows
    steps = 1 + PAUSE_FRAMES + 3 + PAUSE_FRAMES
    assert rows.shape == (steps + 1, 17)
    assert rows[0].tolist() == voice.tokens[:, 6 % 4].tolist()
    assert rows[1:steps, 0].tolist() == [PAD] * 6 + [11, 12, 13] + [PAD] * 6
    assert (rows[2:steps, 1:] == SILENCE + TONE).all()
    # The first row after the voice still holds the acoustic codes of the voice's last frame.
    late = np.array([0, *delays]) == 1
    assert rows[1, late].tolist() == voice.tokens[late, 7 % 4].tolist()
    assert rows[1, ~late].tolist() == [PAD, SILENCE[0], TONE[0]]
    with pytest.raises(CheckpointError, match="made for 16 codebooks, not for 32"):
        persona_prompt(voice, [11], [0] * 32)


def test_tags_are_put_around_a_role_once() -> None:
    assert tagged(" You are wise. ") == "<system> You are wise. <system>"
    assert tagged(tagged("You are wise.")) == "<system> You are wise. <system>"


def test_the_licence_is_told_before_it_is_fetched() -> None:
    terms = PERSONAPLEX.terms()
    assert "NVIDIA Open Model License" in terms
    assert "Read and accept it on huggingface.co/nvidia/personaplex-7b-v1" in terms


MEASURE = """
import json, resource, sys
from pathlib import Path
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.quantising import quantise
folder = Path(sys.argv[1])
quantise(open_checkpoint(folder), int(sys.argv[2]), folder / "made.safetensors", lambda _: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def sparse_personaplex(folder: Path, layers: int, depth_layers: int) -> None:
    """Weights of the published shapes without content, which take no room on the disk."""
    raw = dict(MOSHI_7B.raw) | {"num_layers": layers, "depformer_num_layers": depth_layers}
    (folder / "config.json").write_text(json.dumps(raw))
    shapes = torch_names(dense_shapes(MoshiConfig.of(raw | {"dep_q": 16}, "the test")))
    entries, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + 2 * int(np.prod(shape))
        entries[name] = {"dtype": "BF16", "shape": shape, "data_offsets": (start, end)}
    header = json.dumps(entries).encode()
    with (folder / WEIGHT_FILES["bf16"]).open("wb") as target:
        target.write(len(header).to_bytes(8, "little") + header)
        target.truncate(8 + len(header) + end)
    for name in PERSONAPLEX.files[1:3]:
        mx.save_safetensors(str(folder / "x.safetensors"), {"x": mx.zeros(3)})
        shutil.copy(folder / "x.safetensors", folder / name)


@pytest.mark.parametrize(("layers", "depth_layers"), [(1, 1), pytest.param(32, 6, marks=pytest.mark.long)])
@pytest.mark.timeout(900)
def test_full_size_tensors_are_packed_within_the_budget(
    tmp_path: Path, layers: int, depth_layers: int
) -> None:
    sparse_personaplex(tmp_path, layers, depth_layers)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), "4"], capture_output=True, text=True, check=True
    )
    print(f"packing {layers} layers of full size took {int(done.stdout) / 1e9:.2f} GB of memory")
    assert int(done.stdout) < BUDGET_BYTES
