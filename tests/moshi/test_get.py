"""``assistant models get``: the licence first, then nothing without consent."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CheckpointMissingError, DownloadError
from assistant.voice.moshi import get
from assistant.voice.moshi.catalogue import PERSONAPLEX
from assistant.voice.moshi.download import Progress
from assistant.voice.moshi.get import get_release, progress_line


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Names of the releases that were fetched."""
    names: list[str] = []

    def download(release: object, report: object) -> Path:
        names.append(str(getattr(release, "name", "")))
        return tmp_path

    monkeypatch.setattr(get, "find_cached", lambda release: None)
    monkeypatch.setattr(get, "download", download)
    return names


@pytest.mark.parametrize("name", ["moshika-q4", "kyutai/moshika-mlx-q4"])
def test_terms_are_shown_before_it_is_asked_for_and_fetched(
    fetched: list[str], tmp_path: Path, name: str
) -> None:
    said: list[str] = []

    def agrees() -> bool:
        assert "CC BY 4.0" in said[0]
        assert not fetched
        return True

    assert get_release(name, tmp_path, said.append, agrees)
    assert fetched == ["Moshika q4"]


def test_nothing_is_fetched_without_consent_offline_or_of_no_name(fetched: list[str], tmp_path: Path) -> None:
    said: list[str] = []
    assert not get_release("moshika-q4", tmp_path, said.append, lambda: False)
    with pytest.raises(DownloadError, match="offline"):
        get_release("moshika-q4", tmp_path, said.append, lambda: True, offline=True)
    with pytest.raises(CheckpointMissingError, match="moshiko-q8"):
        get_release("moshi-q5", tmp_path, said.append, lambda: True)
    assert not fetched


def test_personaplex_is_made_ready_once(
    fetched: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def convert(source: Path, target: Path, bits: int, report: object) -> None:
        made.append(bits)
        target.mkdir()

    monkeypatch.setattr("assistant.voice.moshi.personaplex_setup.convert_personaplex", convert)
    said: list[str] = []
    for _ in range(2):
        assert get_release(PERSONAPLEX.key, tmp_path / "models", said.append, lambda: True)
    assert made == [4]
    assert "NVIDIA" in said[0]
    assert f'moshi_model = "{tmp_path / "models" / PERSONAPLEX.key}"' in said[-1]


def test_progress_is_one_line() -> None:
    line = progress_line(Progress("model.safetensors", 512_000_000, 5_200_000_000, 25e6, 187.5))
    assert line == "model.safetensors  512 of 5,200 MB, 25 MB/s, 188 s left"
    assert progress_line(Progress("a", 0, 10_000_000, 0.0, float("inf"))) == "a  0 of 10 MB"
