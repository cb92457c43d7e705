"""Where files are kept, also where a place cannot be written to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.config.locations import find_config_file, find_locations

XDG = ("CONFIG", "DATA", "STATE")


@pytest.fixture(autouse=True)
def _xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in XDG:
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


@pytest.mark.skipif(sys.platform == "darwin", reason="XDG is the Linux way")
def test_xdg_folders_are_followed_and_made(tmp_path: Path) -> None:
    places = find_locations()
    assert places.memory_file.parent.parent == tmp_path / "data"
    assert places.log_file.parent == places.lock_file.parent == places.engine_log_file.parent
    assert places.log_file.parent.parent == tmp_path / "state"
    assert places.data.is_dir()
    assert places.state.is_dir()
    assert places.note == ""
    assert find_config_file().is_relative_to(tmp_path / "config")


def test_a_data_folder_of_the_users_own_is_used(tmp_path: Path) -> None:
    places = find_locations(tmp_path / "mine" / "deep")
    assert places.memory_file.parent == tmp_path / "mine" / "deep"
    assert places.themes.parent == tmp_path / "mine" / "deep"


def test_an_unusable_folder_gives_a_temporary_one_and_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    places = find_locations(blocked / "data")
    assert places.data.is_dir()
    assert str(places.data) in places.note
    assert "ASSISTANT_DATA_DIR" in places.note
    assert not places.state.is_relative_to(places.data)


def test_an_unusable_home_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    for name in XDG:
        monkeypatch.delenv(f"XDG_{name}_HOME")
    monkeypatch.setenv("HOME", str(blocked))
    places = find_locations()
    assert places.data == places.state
    assert places.data.is_dir()
    assert places.note
