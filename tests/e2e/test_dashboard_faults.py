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
from tests.e2e.terminal import ROOT, Terminal, as_run_starts_it, assistant
from tests.e2e.test_dashboard_conversation import LISTENING, remembered
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
"""Coverage saves its data after the program's own end; a key pressed then is a traceback of its own."""


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


@pytest.mark.parametrize(
    ("arguments", "after_s"),
    [
        *(((), after_s) for after_s in (0.02, 0.05, 0.1, 0.4, 0.8, 1.5, 3.0)),
        *((("talk",), after_s) for after_s in (0.05, 0.4, 1.5)),
    ],
)
def test_ctrl_c_at_any_moment_of_the_start_leaves_cleanly(
    env: dict[str, str], start: StartDashboard, arguments: tuple[str, ...], after_s: float
) -> None:
    terminal = start(command=as_run_starts_it(*arguments), **UNMEASURED)
    time.sleep(after_s)
    leave(terminal, env)


def test_ctrl_c_while_the_interpreter_starts_leaves_without_a_word(env: dict[str, str]) -> None:
    for after_ms in range(0, 120, 10):
        program = subprocess.Popen(
            as_run_starts_it("talk"),
            env={**env, **UNMEASURED},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with program:
            time.sleep(after_ms / 1000)
            while program.poll() is None:
                program.send_signal(signal.SIGINT)
                time.sleep(0.05)
            assert program.stderr is not None
            assert program.stderr.read() == "", f"after {after_ms} ms"


@pytest.mark.parametrize(("arguments", "speaking"), [((), "▸ speaking"), (("talk",), "you: What can")])
def test_ctrl_c_while_it_speaks_leaves_cleanly_and_loses_nothing(
    env: dict[str, str], start: StartDashboard, arguments: tuple[str, ...], speaking: str
) -> None:
    terminal = start(command=as_run_starts_it(*arguments), **UNMEASURED)
    terminal.wait_for("[microphone" if arguments else LISTENING, timeout_s=40)
    terminal.type("What can you do?")
    terminal.wait_for(speaking)
    time.sleep(1.0)
    leave(terminal, env)
    assert ("user", "What can you do?") in [said[:2] for said in remembered(Path(env["HOME"]))]


def leave(terminal: Terminal, env: dict[str, str]) -> None:
    """Press Ctrl-C until the program has ended: no traceback, and no engine stays behind."""
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
