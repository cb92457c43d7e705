"""Kyutai's voice: its codes against upstream's own model, its layout, and the cascade with it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from moshi_mlx import models
from moshi_mlx.models.tts import TTSModel
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from assistant.engine.protocol import VoiceSpec
from assistant.errors import CheckpointError, VoiceError
from assistant.voice.cascade.larger_voices import voices_in_order
from assistant.voice.cascade.parts import load_voice
from assistant.voice.cascade.voices import kyutai
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.tts import GUIDANCE, PAUSE, TextToSpeech, _Codec, open_tts
from assistant.voice.moshi.voice_files import find_speaker
from tests.fakes.moshi_torch import TINY_TTS, write_tts

TEXT = "Good morning, the sea is calm: we leave at nine."


SEED = 5


class Codec(_Codec):
    def reset_all(self) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tts")
    write_tts(made)
    return made


def upstream(folder: Path) -> tuple[Any, Any, dict[str, Any]]:
    """What upstream's own loader makes of the folder."""
    checkpoint = open_checkpoint(folder)
    config = checkpoint.config.lm_config()
    lm = models.Lm(config)
    lm.load_pytorch_weights(str(checkpoint.weights), config, strict=True)
    words = SentencePieceProcessor(model_file=str(checkpoint.tokenizer))
    return lm, words, dict(checkpoint.config.raw)


def upstream_frames(folder: Path, text: str, temperature: float) -> list[NDArray[np.int32]]:
    lm, words, raw = upstream(folder)
    model = TTSModel(lm, Codec(), words, temp=temperature, raw_config=raw)
    attributes = model.make_condition_attributes([find_speaker(folder)], GUIDANCE)
    mx.random.seed(SEED)
    told = model.generate([model.prepare_script([text], padding_between=PAUSE)], [attributes])
    return [np.array(frame[0, :, 0]) for frame in told.frames]


@pytest.mark.parametrize("temperature", [0.0, 0.6])
def test_codes_are_upstreams(folder: Path, temperature: float) -> None:
    lm, words, raw = upstream(folder)
    tts = TextToSpeech(lm, words, raw, find_speaker(folder), temperature)
    for text in (TEXT, "And then another."):
        theirs = upstream_frames(folder, text, temperature)
        mx.random.seed(SEED)
        ours = list(tts.frames(text))
        assert len(ours) > 20
        np.testing.assert_array_equal(ours, theirs)
    assert len({tuple(frame) for frame in ours}) > 10


def test_the_published_layout_is_loaded_and_the_speaker_is_heard(folder: Path, tmp_path: Path) -> None:
    tts, _ = open_tts(folder)
    assert next(tts.frames(TEXT)).shape == (tts.codebooks,)
    other = tmp_path / "other.safetensors"
    mx.save_safetensors(str(other), {"speaker_wavs": mx.random.normal((1, 16, 20))})
    lm, words, raw = upstream(folder)
    one, another = (
        list(TextToSpeech(lm, words, raw, speaker, 0.0).frames(TEXT))
        for speaker in (find_speaker(folder), other)
    )
    assert [tuple(frame) for frame in one] != [tuple(frame) for frame in another]


def test_other_folders_are_refused_by_name(folder: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    write_tts(plain, {key: value for key, value in TINY_TTS.items() if key != "tts_config"})
    with pytest.raises(CheckpointError, match="no voice"):
        open_tts(plain)
    alone = tmp_path / "alone"
    write_tts(alone)
    find_speaker(alone).unlink()
    with pytest.raises(CheckpointError, match="no speaker"):
        open_tts(alone)


def test_the_cascade_speaks_with_it_on_a_thread_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kyutai, "decoder", lambda path, codebooks: Tone())
    found: list[Any] = []
    loading = threading.Thread(target=lambda: found.extend(load_voice((), "kyutai", str(folder))))
    loading.start()
    loading.join()
    voice, notes = found
    assert (voice.name, notes) == ("Kyutai TTS", ())
    blocks: list[NDArray[np.float32]] = []

    def speak() -> None:
        blocks.extend(voice.synthesise(TEXT, VoiceSpec(effects=("warm",))))
        voice.close()

    speaking = threading.Thread(target=speak)
    speaking.start()
    speaking.join()
    assert sum(map(len, blocks)) > 24_000
    assert max(map(len, blocks)) <= 4_800


def test_where_it_is_not_the_packaged_voice_speaks_and_says_why(folder: Path, tmp_path: Path) -> None:
    voice, notes = load_voice((), "kyutai", str(tmp_path))
    assert voice.name == "Hibari"
    assert "Kyutai TTS cannot be used" in notes[0]
    assert "assistant models get tts-1.6b-en_fr" in notes[0]
    assert [part.key for part in voices_in_order("system", "")][:2] == ["system", "hibari"]
    with pytest.raises(VoiceError, match=r"not on this machine|not installed"):
        voices_in_order("csm", str(tmp_path))[0].check()


class Tone:
    """A codec that is none: every frame the same tone."""

    def __call__(self, codes: NDArray[np.int32]) -> NDArray[np.float32]:
        assert codes.shape == (TINY_TTS["dep_q"],)
        return np.sin(np.arange(1920) / 10).astype(np.float32)

    def close(self) -> None:
        pass
