"""What MLX computes of a prompt before all of it is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.llm.sampling import Sampling
from tests.llm.needs import needs_mlx

if TYPE_CHECKING:
    from assistant.llm.mlx.model import MlxModel

pytestmark = needs_mlx


@pytest.fixture
def load_tiny(tmp_path: Path) -> Callable[[], MlxModel]:
    from assistant.llm.mlx.model import load_folder
    from assistant.llm.mlx.words import PRE_TOKENIZERS
    from tests.fakes.tiny_models import Shape, byte_level, write_tiny_folder

    path = write_tiny_folder(tmp_path / "tiny", byte_level(PRE_TOKENIZERS["qwen2"][0]), Shape(context=2048))
    return lambda: load_folder(path)


def test_what_is_read_ahead_changes_no_reply(load_tiny: Callable[[], MlxModel]):
    tokens, sampling = [number * 7 % 400 for number in range(300)], Sampling(temperature=0.0, max_tokens=24)
    model = load_tiny()
    model.read_ahead([*tokens[:250], 1], lambda: False)
    cached, ahead = model.reply(tokens, sampling, lambda: False)
    uncached, whole = load_tiny().reply(tokens, sampling, lambda: False)
    assert (cached, uncached) == (250, 0)
    assert list(ahead) == list(whole)


def test_what_was_read_before_a_cancel_is_kept(load_tiny: Callable[[], MlxModel]):
    model, tokens = load_tiny(), [number * 7 % 400 for number in range(1500)]
    asked = iter((False, False, False, True))
    model.read_ahead(tokens, lambda: next(asked))
    cached, _ = model.reply(tokens, Sampling(), lambda: False)
    assert 0 < cached < 500
    assert cached % 3 == 0, "three chunks"
