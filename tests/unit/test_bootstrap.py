"""The set-up script: which Python it takes, and an environment made without the venv module."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run bash with the set-up functions at hand and ``$venv`` in a folder of the test."""
    prelude = f"set -euo pipefail; . '{ROOT}/scripts/bootstrap'; venv='{folder}/an environment'\n"
    return subprocess.run(
        ["bash", "-c", prelude + script],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | variables,
    )  # fmt: skip


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """A program that answers like a Python that is too old."""
    path = tmp_path / "python3"
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return path


def test_a_python_that_does_not_suit_is_refused_with_a_sentence(tmp_path: Path, old_python: Path) -> None:
    done = bash("find_python", tmp_path, PYTHON=str(old_python))
    assert done.returncode != 0
    assert f"No Python 3.11 to 3.14 among: {old_python}" in done.stderr


def test_the_python_that_is_named_is_taken(tmp_path: Path) -> None:
    assert bash("find_python", tmp_path, PYTHON=sys.executable).stdout.strip() == sys.executable


def test_an_environment_made_by_hand_is_one(tmp_path: Path) -> None:
    script = """bare_environment "$PYTHON"; "$venv/bin/python" -c 'import sys; print(sys.prefix)'
    "$venv/bin/python" -c 'import sysconfig, os; print(os.path.isdir(sysconfig.get_path("purelib")))'"""
    done = bash(script, tmp_path, PYTHON=sys.executable)
    assert done.stdout.splitlines() == [f"{tmp_path}/an environment", "True"], done.stderr


def test_without_pip_the_line_that_installs_it_is_printed(tmp_path: Path) -> None:
    script = "find_pip() { return 1; }; may_install() { return 1; }; make_environment"
    done = bash(script, tmp_path, PYTHON=sys.executable)
    assert done.returncode != 0
    assert "sudo apt-get install -y python3-venv" in done.stderr
    assert not (tmp_path / "an environment").exists()


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt-get", "sudo apt-get install -y libportaudio2"),
        ("dnf", "sudo dnf install -y portaudio"),
        ("pacman", "sudo pacman -S --noconfirm portaudio"),
        ("zypper", "sudo zypper install -y libportaudio2"),
    ],
)
def test_a_missing_portaudio_is_told_once_with_the_line_that_installs_it(
    tmp_path: Path, manager: str, line: str
) -> None:
    script = f"""mkdir -p "$venv"; uname() {{ echo Linux; }}; has_portaudio() {{ return 1; }}
    may_install() {{ return 1; }}
    command() {{ [ "$1" = -v ] && [ "$2" = {manager} ]; }}
    ensure_portaudio; ensure_portaudio"""
    done = bash(script, tmp_path)
    assert done.returncode == 0
    assert done.stderr.count(line) == done.stderr.count("PortAudio is missing") == 1


def test_a_lock_without_wheels_for_this_machine_is_told_and_not_tried_again(tmp_path: Path) -> None:
    script = """mkdir -p "$venv"
    install_lock() { echo "ERROR: No matching distribution found for x" >"$2"; echo tried; return 1; }
    try_lock requirements-fast.lock; try_lock requirements-fast.lock"""
    done = bash(script, tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["tried"]
    assert "has no wheels for this machine" in done.stderr


def test_a_lock_that_could_not_be_fetched_is_tried_again(tmp_path: Path) -> None:
    script = """mkdir -p "$venv"
    install_lock() { echo "ERROR: the network is down" >"$2"; echo tried; return 1; }
    try_lock requirements-fast.lock; try_lock requirements-fast.lock"""
    done = bash(script, tmp_path)
    assert done.stdout.splitlines() == ["tried", "tried"]
    assert "the network is down" in done.stderr
