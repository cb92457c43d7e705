"""Checkpoints in upstream's layout load; whatever is wrong with one is told in one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from moshi_mlx import models
from safetensors.numpy import save_file

from assistant.errors import CheckpointDamagedError, CheckpointError, CheckpointMissingError, RoomError
from assistant.voice.moshi.catalogue import MIMI_FILE, TOKENIZER_FILE
from assistant.voice.moshi.checkpoint import Checkpoint, open_checkpoint
from assistant.voice.moshi.config import MOSHI_7B
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.weights import load_lm
from tests.fakes.moshi_weights import TINY, WEIGHT_FILES, random_lm, write_checkpoint
from tests.moshi.upstream import GREEDY, own_run, users

KINDS = ("bf16", "f32", "q8", "q4")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moshi")
    write_checkpoint(folder, TINY, KINDS, mimi=False)
    save_file({"x": np.zeros(3, np.float32)}, folder / MIMI_FILE)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.mark.parametrize(("quantized", "kind"), [(None, "bf16"), (8, "q8"), (4, "q4")])
def test_what_was_written_is_what_steps(made: Path, quantized: int | None, kind: str) -> None:
    loaded = load_lm(open_checkpoint(made, quantized))
    runs = [own_run(Generator(lm, GREEDY), users(6)) for lm in (loaded, random_lm(TINY, kind))]
    assert runs[0] == runs[1]


def test_the_known_sizes_are_those_of_upstream() -> None:
    ours, theirs = MOSHI_7B.lm_config(), models.config_v0_1()
    theirs.transformer.max_seq_len = theirs.transformer.context
    for config in (ours, theirs):
        config.depformer.transformer.max_seq_len = 0
        config.depformer.transformer.bias_attn = bool(config.depformer.transformer.bias_attn)
    assert ours.transformer == theirs.transformer
    assert ours.depformer == theirs.depformer
    assert (ours.text_out_vocab_size, ours.audio_vocab_size) == (32000, 2049)
    assert ours.audio_delays == theirs.audio_delays
    assert MOSHI_7B.ring_bytes == 1_572_864_000


def test_a_folder_without_a_configuration_is_taken_for_the_7b_one(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert open_checkpoint(folder).config is MOSHI_7B


Spoil = Callable[[Path], object]


def cut(name: str, size: int) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


def remove(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def configure(**changes: object) -> Spoil:
    def write(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return write


def swap(kind: str, other: str) -> Spoil:
    return lambda folder: shutil.copy(folder / WEIGHT_FILES[other], folder / WEIGHT_FILES[kind])


@pytest.mark.parametrize(
    ("spoil", "quantized", "error", "says"),
    [
        (shutil.rmtree, None, CheckpointMissingError, "There is no folder"),
        (remove(WEIGHT_FILES["q4"]), 4, CheckpointMissingError, "lacks its weights"),
        (remove(MIMI_FILE), None, CheckpointMissingError, "lacks its codec"),
        (remove(TOKENIZER_FILE), None, CheckpointMissingError, "lacks its text"),
        (cut(TOKENIZER_FILE, 0), None, CheckpointMissingError, "lacks its text"),
        (cut(WEIGHT_FILES["bf16"], 1_000_000), None, CheckpointDamagedError, "is cut short or too long"),
        (cut(WEIGHT_FILES["bf16"], 900), None, CheckpointDamagedError, "is cut short"),
        (cut(WEIGHT_FILES["bf16"], 3), None, CheckpointDamagedError, "is cut short"),
        (cut(MIMI_FILE, 20), None, CheckpointDamagedError, "is cut short"),
        (swap("q4", "q8"), 4, CheckpointError, "holds 8-bit weights, not 4-bit ones"),
        (swap("q8", "bf16"), 8, CheckpointError, "not quantised, not 8-bit ones"),
        (lambda _: None, 3, CheckpointError, "not 3-bit ones"),
        (configure(dim="wide"), None, CheckpointError, "dim is 'wide'"),
        (configure(dep_q=None), None, CheckpointError, "dep_q is missing"),
        (configure(delays=[0, 1]), None, CheckpointError, "delays must hold 17 numbers"),
        (configure(num_heads=7), None, CheckpointError, "do not go together"),
        (configure(moshi_name="../other.safetensors"), None, CheckpointError, "no file beside it"),
        (configure(num_layers=3), None, CheckpointError, "lacks transformer.layers.2"),
        (configure(num_layers=1), None, CheckpointError, "that the configuration does not know"),
        (configure(text_card=500), None, CheckpointError, r"emb.weight is .*, not \(501, "),
        (cut("config.json", 7), None, CheckpointDamagedError, "cannot be read"),
        (lambda folder: (folder / "config.json").write_text("[]"), None, CheckpointError, "not a table"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence(
    folder: Path, spoil: Spoil, quantized: int | None, error: type[CheckpointError], says: str
) -> None:
    spoil(folder)
    with pytest.raises(error, match=says) as failed:
        load_lm(open_checkpoint(folder, quantized))
    assert "\n" not in str(failed.value)
    assert len(failed.value.message) < 400


def test_a_header_that_lies_is_damage(folder: Path) -> None:
    for body in (
        b"\xff" * 8,
        b"\x04" + b"\0" * 7 + b"nope",
        b"\x02" + b"\0" * 7 + b"[]",
        b"\x10" + b"\0" * 7 + b'{"a":{"dtype":1}}',
    ):
        (folder / WEIGHT_FILES["bf16"]).write_bytes(body)
        with pytest.raises(CheckpointDamagedError):
            open_checkpoint(folder)


def test_memory_is_looked_at_before_the_weights_are_read(made: Path) -> None:
    checkpoint: Checkpoint = open_checkpoint(made)
    checkpoint.check_memory(free=checkpoint.memory)
    with pytest.raises(RoomError, match=r"needs about .* GB of memory; 1\.0 GB are free"):
        checkpoint.check_memory(free=10**9)
