"""Fetching with the real ``huggingface_hub`` from a hub on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import DownloadError, RoomError
from assistant.voice.moshi import download as downloading
from assistant.voice.moshi.catalogue import RELEASES, find_release
from assistant.voice.moshi.checkpoint import find_cached
from assistant.voice.moshi.download import Progress, download
from tests.fakes.hub import Hub, serve

RELEASE = RELEASES[0]
MEGABYTES = 24
"""The hub's client passes data on in pieces of 10 MB."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    noise = np.random.default_rng(0).bytes
    files = {name: noise(MEGABYTES * 2**20 if "model.q4" in name else 5000) for name in RELEASE.files}
    with serve(Hub({RELEASE.repo: files})) as running:
        yield running


def fetch(hub: Hub, cache: Path, told: list[Progress] | None = None) -> Path:
    return download(RELEASE, (told if told is not None else []).append, cache=cache, endpoint=hub.endpoint)


def test_everything_arrives_and_is_found_again(hub: Hub, tmp_path: Path) -> None:
    told: list[Progress] = []
    assert find_cached(RELEASE, tmp_path) is None
    folder = fetch(hub, tmp_path, told)
    for name, body in hub.repos[RELEASE.repo].items():
        assert (folder / name).read_bytes() == body
    assert find_cached(RELEASE, tmp_path) == folder
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == told[-1].total == sum(map(len, hub.repos[RELEASE.repo].values()))
    assert told[-1].speed > 0


def test_what_broke_off_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.break_after = 15 * 2**20
    folder = fetch(hub, tmp_path)
    assert (folder / RELEASE.files[0]).read_bytes() == hub.repos[RELEASE.repo][RELEASE.files[0]]
    assert hub.ranges
    assert hub.ranges[0] != "bytes=0-"


def test_what_is_there_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    told: list[Progress] = []
    fetch(hub, tmp_path, told)
    assert {each.speed for each in told} == {0.0}


def test_a_damaged_file_is_noticed_and_not_kept(hub: Hub, tmp_path: Path) -> None:
    hub.spoil.add(RELEASE.files[0])
    with pytest.raises(DownloadError, match=r"model\.q4\.safetensors arrived damaged"):
        fetch(hub, tmp_path)
    hub.spoil.clear()
    folder = fetch(hub, tmp_path)
    assert (folder / RELEASE.files[0]).read_bytes() == hub.repos[RELEASE.repo][RELEASE.files[0]]


def test_a_gated_model_says_what_to_do(hub: Hub, tmp_path: Path) -> None:
    hub.gated.add(RELEASE.repo)
    with pytest.raises(DownloadError, match=r"accept its licence.*hf auth login"):
        fetch(hub, tmp_path)


def test_a_repository_or_a_file_that_is_not_there(hub: Hub, tmp_path: Path) -> None:
    del hub.repos[RELEASE.repo][RELEASE.files[2]]
    with pytest.raises(DownloadError, match=f"does not offer {RELEASE.files[2]}"):
        fetch(hub, tmp_path)
    hub.repos.clear()
    with pytest.raises(DownloadError, match="The hub has no kyutai/"):
        fetch(hub, tmp_path)


def test_no_network(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="could not be fetched") as failed:
        download(RELEASE, lambda _: None, cache=tmp_path, endpoint="http://127.0.0.1:9")
    assert "\n" not in str(failed.value)


def test_a_disk_without_room_is_noticed_before(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "SPARE_BYTES", 10**16)
    with pytest.raises(RoomError, match=r"needs .* GB in .*; .* GB are free"):
        fetch(hub, tmp_path)
    assert not hub.ranges


def test_a_disk_that_fills_up(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloading, "_verify", full)
    with pytest.raises(RoomError, match="The disk is full"):
        fetch(hub, tmp_path)


def test_the_licence_is_told_before() -> None:
    assert all(release.licence in release.terms() and release.repo in release.terms() for release in RELEASES)
    assert all("CC BY 4.0" in release.terms() for release in RELEASES if release.maker == "Kyutai")
    assert find_release("kyutai/moshiko-mlx-q8") in RELEASES
    assert find_release("somebody/else") is None
