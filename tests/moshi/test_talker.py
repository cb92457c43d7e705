"""Which Moshi is taken, and when none is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import CheckpointError, CheckpointMissingError
from assistant.voice.duplex.pipeline import Conversation
from assistant.voice.moshi import talker
from assistant.voice.moshi.catalogue import STT, find_release
from assistant.voice.moshi.talker import find_moshi
from tests.fakes.moshi_weights import write_without_codec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_without_codec(tmp_path_factory.mktemp("moshi"))


def accelerated(monkeypatch: pytest.MonkeyPatch, is_it: bool = True) -> None:
    monkeypatch.setattr(talker, "_is_accelerated", lambda: is_it)


def test_a_folder_and_a_release_that_is_here_are_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_moshi("moshi", str(folder))
    assert found is not None
    assert folder.name in found.name
    q8 = find_release("moshiko-q8")
    monkeypatch.setattr(talker, "find_cached", lambda release: folder if release is q8 else None)
    for model in ("", "moshiko-q8", "kyutai/moshiko-mlx-q8"):
        found = find_moshi("moshi", model)
        assert found is not None
        assert found.name == "Moshiko q8"
    with pytest.raises(CheckpointMissingError, match="assistant models get moshika-q4"):
        find_moshi("moshi", "moshika-q4")


def test_auto_takes_one_only_where_it_is_here_fits_and_is_fast(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talker, "find_cached", lambda release: folder)
    accelerated(monkeypatch, False)
    assert find_moshi("auto", "") is None
    accelerated(monkeypatch)
    assert find_moshi("auto", "") is not None
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 1000})())
    assert find_moshi("auto", "") is None
    monkeypatch.setattr(talker, "find_cached", lambda release: None)
    assert find_moshi("auto", "") is None


def test_a_folder_with_the_wrong_files_and_a_name_that_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    for model in (str(tmp_path), "moshi-q5"):
        with pytest.raises(CheckpointError) as told:
            find_moshi("moshi", model)
        assert "\n" not in str(told.value)


def test_without_its_packages_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talker, "find_spec", lambda name: None)
    with pytest.raises(CheckpointMissingError, match=r"requirements-moshi\.lock"):
        find_moshi("moshi", "")


def test_the_personas_voice_is_taken_and_the_other_can_be_had(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"moshika-q4", "moshika-q8", "moshiko-q8"}
    monkeypatch.setattr(talker, "find_cached", lambda release: folder if release.key in here else None)
    found = find_moshi("moshi", "", "moshiko")
    assert found is not None
    assert (found.name, found.model, found.models) == ("Moshiko q8", "moshiko", {"moshika", "moshiko"})
    found.choose("moshika")
    assert (found.name, found.model) == ("Moshika q8", "moshika"), "of the same quantization"
    here -= {"moshiko-q8"}
    found = find_moshi("moshi", "", "moshiko")
    assert found is not None
    assert (found.name, found.models) == ("Moshika q4", {"moshika"})
    found = find_moshi("moshi", "moshika-q8", "moshiko")
    assert found is not None
    assert not found.models, "the one that was asked for stays"


def test_a_personas_temperatures_hold_from_its_first_step(folder: Path) -> None:
    """At 0 the likeliest tokens are said, every time the same; otherwise they are drawn."""
    stepper = find_moshi("moshi", str(folder)).make_stepper()  # type: ignore[union-attr]

    def said(temperature: float) -> list[list[int]]:
        stepper.begin(Conversation(text_temperature=temperature, audio_temperature=temperature))
        steps = [stepper.step(np.zeros(8, np.int32)) for _ in range(6)]
        return [step.codes.tolist() for step in steps if step.codes is not None]

    cold = said(0.0)
    assert said(0.0) == cold
    drawn = said(0.8)
    assert drawn != cold
    assert said(0.8) == drawn, "the noise is the conversation's"
    assert said(0.2) not in (cold, drawn)
    assert said(0.0) == cold


def test_kyutais_recogniser_hears_beside_it_where_it_can_be_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(talker, "find_cached", lambda release: folder if release is STT else None)
    codebooks = []
    monkeypatch.setattr(talker, "mimi_encoder", lambda mimi, count: codebooks.append(count))
    found = find_moshi("moshi", str(folder))
    assert found is not None
    found.make_encoder()
    assert found.make_listener() is None
    assert "which is no recogniser" in caplog.text, "the embedded one listens"
    without = find_moshi("moshi", str(folder), without=("kyutai-stt",))
    assert without is not None
    without.make_encoder()
    assert codebooks == [32, 8]
    assert without.make_listener() is None
