"""What a user meets when something breaks: a clear sentence, a clean screen, and nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.terminal import ROOT, assistant
from tests.e2e.test_dashboard_conversation import LISTENING, remembered
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def engine_of(home: str) -> psutil.Process:
    """The engine process of the dashboard that runs in this home."""
    found = [process for process in psutil.process_iter(["cmdline"]) if _is_engine(process, home)]
    assert found, "no engine process"
    return found[0]


def test_a_killed_engine_and_a_killed_sound_server_come_back(
    virtual_audio: VirtualAudio, env: dict[str, str], start: StartDashboard, say: Callable[[str], None]
) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    terminal.type("Who are you?")
    terminal.wait_for("▸ speaking")
    engine_of(env["HOME"]).kill()
    terminal.wait_for("ended by SIGKILL", "nothing said so far is lost")
    terminal.wait_for("The engine is back", LISTENING, timeout_s=40)
    say("Hello there.")
    terminal.wait_for("Hello there")
    terminal.wait_for(LISTENING)

    terminal.type("What can you do?")
    terminal.wait_for("▸ speaking")
    virtual_audio.kill_server()
    terminal.wait_for("The sound device is gone.", "typing works meanwhile", timeout_s=15)
    terminal.type("Are you still there?")
    terminal.wait_for("Are you still there?")
    virtual_audio.up()
    terminal.wait_for("default → Loudspeaker", timeout_s=30)
    terminal.wait_for(LISTENING)
    say("Good morning.")
    terminal.wait_for("Good morning", timeout_s=15)
    assert "ALSA" not in terminal.screen
    assert "Traceback" not in terminal.screen

    terminal.keys("C-c")
    terminal.wait_for("again to quit")
    terminal.keys("C-c")
    assert terminal.wait_for_exit() == 0
    said = [text for role, text, _, _ in remembered(Path(env["HOME"])) if role == "user"]
    assert said[0] == "Who are you?"
    assert "Are you still there?" in said


def test_no_device_no_home_and_a_broken_persona_are_told_and_typing_works(
    env: dict[str, str], start: StartDashboard, tmp_path: Path
) -> None:
    themes = tmp_path / "themes"
    themes.mkdir()
    (themes / "broken.toml").write_text('name = "Broken"\ntagline = \n')
    for variable in ("PULSE_SERVER", "PULSE_COOKIE", "ALSA_CONFIG_PATH"):
        del env[variable]
    terminal = start(HOME="/dev/null/home", ASSISTANT_THEMES_DIR=str(themes))
    terminal.wait_for("Welcome", timeout_s=40)
    terminal.keys("Escape")
    terminal.wait_for("cannot be written to", ".toml:2: Invalid value", timeout_s=40)
    terminal.wait_for("There is no microphone and no speaker.")
    terminal.type("What is two plus three?")
    terminal.wait_for("2 plus 3 is 5")
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0


def test_a_second_start_says_which_one_runs(env: dict[str, str], start: StartDashboard) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    second = subprocess.run(
        assistant("talk"),
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert "already running: process" in second.stderr
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("after_s", [0.1, 0.4, 0.8, 1.5, 3.0])
def test_ctrl_c_at_any_moment_of_the_start_leaves_cleanly(
    env: dict[str, str], start: StartDashboard, after_s: float
) -> None:
    # Coverage saves its data after the program's own end; a key pressed then is a traceback of its own.
    terminal = start(COVERAGE_PROCESS_CONFIG="")
    time.sleep(after_s)
    deadline = time.monotonic() + 20
    while "exit-code=" not in terminal.screen:
        assert time.monotonic() < deadline, terminal.screen
        terminal.keys("C-c")
        time.sleep(0.15)
    screen = terminal.screen
    assert "Traceback" not in screen, screen
    time.sleep(0.5)
    assert not [process for process in psutil.process_iter(["cmdline"]) if _is_engine(process, env["HOME"])]


def test_a_terminated_dashboard_takes_its_engine_along(env: dict[str, str], start: StartDashboard) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    engine = engine_of(env["HOME"])
    parent = engine.parent()
    assert parent is not None
    os.kill(parent.pid, signal.SIGKILL)
    engine.wait(5)


def _is_engine(process: psutil.Process, home: str) -> bool:
    try:
        is_engine = "assistant.engine.host" in (process.info["cmdline"] or [])
        return is_engine and process.environ().get("HOME") == home
    except psutil.Error:
        return False
