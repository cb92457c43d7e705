"""Kyutai's recogniser: its layout, its tokens against upstream's own step, its turns from scripted heads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from moshi_mlx import models, utils
from numpy.typing import NDArray

from assistant.errors import CheckpointError
from assistant.voice.duplex.user_words import Words
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.config import MoshiConfig, Packing
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.listener import DELAY_FRAMES, Listener, open_stt
from assistant.voice.moshi.stt import Heard, SpeechToText
from assistant.voice.moshi.transcript import Transcript, TurnEnds
from assistant.voice.moshi.weights import load_lm
from tests.fakes.moshi_torch import STT_1B, TINY_STT, write_stt
from tests.fakes.moshi_weights import random_lm

SMALL_STT = TINY_STT | {"dim": 64, "context": 40, "card": 200, "max_period": 1000.0}
FRAMES = 150
"""More than three wraps of the ring."""
PAD, NEW_WORD = 3, 0


def codes(frames: int = FRAMES) -> NDArray[np.int32]:
    return np.random.default_rng(2).integers(0, 200, (frames, 32), np.int32)


@pytest.mark.parametrize("compiled", [False, True])
def test_tokens_and_pauses_are_upstreams_a_step_earlier(compiled: bool) -> None:
    lm = random_lm(SMALL_STT)
    theirs = models.LmGen(lm, FRAMES, utils.Sampler(temp=0), utils.Sampler(temp=0))
    upstream = []
    for frame in codes():
        text, heads = theirs.step_with_extra_heads(mx.array(frame)[None])
        upstream.append((text.item(), [head[0, 0, 0].item() for head in heads]))
    stt = SpeechToText(random_lm(SMALL_STT), compiled=compiled)
    ours = [stt.step(frame) for frame in codes()]
    assert [heard.text for heard in ours][:-1] == [text for text, _ in upstream][1:]
    assert len({heard.text for heard in ours}) > 20
    np.testing.assert_allclose(
        [heard.pauses for heard in ours][:-1], [pauses for _, pauses in upstream][1:], rtol=1e-4
    )


def test_the_published_sizes_are_read_as_upstream_reads_them() -> None:
    config = MoshiConfig.of(STT_1B, "the test").lm_config()
    assert config.transformer.max_period == 100_000
    assert (config.transformer.context, config.transformer.max_seq_len) == (750, 750)
    assert (config.other_codebooks, config.extra_heads_num_heads, config.text_out_vocab_size) == (32, 4, 8000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stt")
    write_stt(made)
    return made


def test_the_candle_layout_loads_as_upstream_loads_it(folder: Path) -> None:
    checkpoint = open_checkpoint(folder)
    config = checkpoint.config.lm_config()
    theirs = models.Lm(config)
    theirs.load_pytorch_weights(str(checkpoint.weights), config, strict=True)
    runs = [[SpeechToText(lm).step(frame) for frame in codes(5)] for lm in (load_lm(checkpoint), theirs)]
    assert runs[0] == runs[1]


def test_it_can_be_packed_in_memory(folder: Path) -> None:
    stt, decode, _ = open_stt(folder, Packing(8, 64))
    assert stt._text_output.packing == Packing(8, 64)
    assert stt.step(codes(1)[0]).text in range(400)
    assert isinstance(decode([5, 6]), str)


def test_a_recogniser_does_not_speak_and_a_moshi_is_no_recogniser(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="it cannot speak"):
        Generator(random_lm(SMALL_STT))
    write_stt(tmp_path)
    config = tmp_path / "config.json"
    depth = {f"depformer_{name}": 8 for name in ("dim", "num_heads", "num_layers", "dim_feedforward")}
    config.write_text(json.dumps(json.loads(config.read_text()) | depth | {"dep_q": 8}))
    with pytest.raises(CheckpointError, match="which is no recogniser"):
        open_stt(tmp_path, None)


def test_a_file_that_lacks_something_says_what(folder: Path, tmp_path: Path) -> None:
    write_stt(tmp_path)
    for change, says in (
        ({"num_layers": 4}, r"lacks transformer\.layers\.2"),
        ({"text_card": 401}, r"text_emb\.weight is \(401, 256\), not \(402, 256\)"),
    ):
        (tmp_path / "config.json").write_text(
            json.dumps(json.loads((folder / "config.json").read_text()) | change)
        )
        with pytest.raises(CheckpointError, match=says):
            load_lm(open_checkpoint(tmp_path))


class Scripted:
    """Stands for the model: a token and pauses a step, as they are written down."""

    codebooks = 32

    def __init__(self, steps: list[tuple[int, float]]) -> None:
        self._steps = iter(steps)
        self.given: list[int] = []

    def step(self, user: NDArray[np.int32]) -> Heard:
        self.given.append(int(user[0]))
        token, pause = next(self._steps)
        # The other heads tell shorter and longer pauses; only the third one counts.
        return Heard(token, (1.0, 1.0, pause, 1.0))

    def reset(self) -> None:
        self.given.clear()


PIECES = {5: "Hello", 6: " there", 7: " you", 8: "\N{EURO SIGN}"}


def spell(tokens: list[int]) -> str:
    return "".join(PIECES[token] for token in tokens)


def heard(steps: list[tuple[int, float]], frames: int) -> tuple[list[Words], Scripted]:
    model = Scripted(steps)
    stt: Any = model
    listener = Listener(stt, spell, np.full(32, -1, np.int32))
    return [listener.hear(np.full(32, index, np.int32)) for index in range(frames)], model


def test_a_turn_ends_where_a_long_pause_begins_and_its_last_words_are_fetched() -> None:
    quiet = [(PAD, 0.9)] * 14
    spoken = [(NEW_WORD, 0.1), (5, 0.1), (PAD, 0.2), (6, 0.59), (PAD, 0.61)]
    fetched = [(PAD, 0.9), (7, 0.9)] + [(PAD, 0.9)] * (DELAY_FRAMES - 2)
    words, model = heard([*quiet, *spoken, *fetched, *quiet], 14 + 5 + 14)
    assert [each.added for each in words if each.added] == ["Hello", " there", " you"]
    assert [(index, each.turn) for index, each in enumerate(words) if each.turn is not None] == [
        (18, "Hello there you")
    ]
    assert model.given == [*range(19), *[-1] * DELAY_FRAMES, *range(19, 33)]


def test_silence_ends_no_turn_and_a_second_turn_begins_anew() -> None:
    words, _ = heard([(PAD, 0.99)] * 40, 40)
    assert not any(each.added or each.turn for each in words)
    turn = [(5, 0.0)] * 12 + [(6, 0.0), (PAD, 0.9)] + [(PAD, 0.9)] * DELAY_FRAMES
    words, _ = heard([*turn, (6, 0.0), (PAD, 0.9), *[(PAD, 0.9)] * DELAY_FRAMES], 16)
    assert [each.turn for each in words if each.turn] == ["Hello" * 12 + " there", " there"]


def test_the_heads_are_not_believed_in_the_first_second() -> None:
    ends = TurnEnds()
    assert [ends.over(5, (0, 0, 0.99, 0)) for _ in range(13)] == [False] * 12 + [True]


def test_a_character_in_several_tokens_waits_until_it_is_whole() -> None:
    transcript = Transcript(lambda tokens: "cost \ufffd" if tokens[-1] == 9 else "cost \N{EURO SIGN}")
    assert [transcript.add(token) for token in (9, PAD, 10)] == ["", "", "cost \N{EURO SIGN}"]
    assert transcript.take() == "cost \N{EURO SIGN}"
    assert transcript.text == ""
