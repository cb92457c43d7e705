"""Recording in, answer out, with the real codec; a random checkpoint that upstream's own loaders take too."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from moshi_mlx import models
from numpy.typing import NDArray

from assistant.errors import CheckpointError, CheckpointMissingError
from assistant.voice.moshi.catalogue import MIMI_FILE
from assistant.voice.moshi.codec import FRAME, mimi_encoder
from assistant.voice.moshi.handover import HandOver
from assistant.voice.moshi.sampling import Sampling
from assistant.voice.moshi_mlx import MoshiBridge
from tests.fakes.moshi_weights import TINY, write_checkpoint

FRAMES = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moshi")
    write_checkpoint(folder, TINY, ("bf16",))
    return folder


@pytest.fixture(scope="module")
def bridge(folder: Path) -> MoshiBridge:
    return MoshiBridge(folder, max_steps=FRAMES, sampling=Sampling(seed=5))


def sound(frames: int) -> NDArray[np.float32]:
    return (0.2 * np.random.default_rng(0).standard_normal(frames * FRAME)).astype(np.float32)


def test_an_answer_is_sound_and_text(bridge: MoshiBridge, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        audio, text = bridge.generate_response(sound(2), text_prompt="You are a pirate.", max_frames=100)
    assert audio.shape == (FRAMES * FRAME,)
    assert np.isfinite(audio).all()
    assert audio.std() > 0
    assert isinstance(text, str)
    assert "not used" in caplog.text
    again, _ = bridge.generate_response(sound(2))
    assert np.array_equal(audio, again)


def test_sound_becomes_codes_that_follow_it(bridge: MoshiBridge) -> None:
    codes = bridge.encode_audio(sound(3)[: 2 * FRAME + 10])
    assert codes.shape == (3, 8)
    assert codes.min() >= 0
    assert codes.max() < 2048
    assert not np.array_equal(codes, bridge.encode_audio(np.zeros(3 * FRAME, np.float32)))
    assert bridge.encode_audio(np.zeros(0, np.float32)).shape == (0, 8)


def test_upstreams_codec_takes_the_file(folder: Path) -> None:
    upstream = models.mimi.Mimi(models.mimi_202407(32))
    upstream.load_pytorch_weights(str(folder / MIMI_FILE), strict=True)


def test_a_codec_that_is_none_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "mimi.safetensors"
    broken.write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="is no Mimi that can be used") as failed:
        mimi_encoder(broken, 8)
    assert "\n" not in str(failed.value)


def test_missing_weights_say_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("assistant.voice.moshi_mlx.find_cached", lambda release: None)
    with pytest.raises(CheckpointMissingError, match=r"CC BY 4\.0.*hf download kyutai/moshika-mlx-q4"):
        MoshiBridge()
    with pytest.raises(CheckpointMissingError, match="neither a folder nor"):
        MoshiBridge(str(tmp_path / "gone"))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_handed_over_codec_codes_as_an_unbroken_one(folder: Path) -> None:
    """Codes of every frame after the first of the new object."""
    frames = sound(300).reshape(-1, FRAME)
    unbroken = mimi_encoder(folder / MIMI_FILE, 8)
    handed = HandOver(unbroken._make, lifetime=260, overlap=130)
    codes = np.array([(unbroken(frame), handed(frame)) for frame in frames])
    assert handed.handovers == 1
    same = (codes[261:, 0] == codes[261:, 1]).mean()
    print(f"codes equal after the hand-over: {same:.2%}")
    assert same >= 0.99
