"""What a terminal does to a program: clicks and wheels, suspends it, and goes away."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.terminal import ROOT, Terminal, assistant, has_tmux
from tests.e2e.test_dashboard_conversation import LISTENING, MEMORY
from tests.e2e.test_dashboard_faults import engine_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

WHEEL_UP, WHEEL_DOWN = 64, 65
WITH_JOB_CONTROL = (
    'set -m; "$@"; echo in-the-shell; read -r line; echo "typed-$line"; sleep 1; fg > /dev/null'
)


@pytest.fixture
def scene() -> Iterator[Terminal]:
    """The dashboard in tmux on a conversation that was written beforehand."""
    if not has_tmux():
        pytest.skip("this test needs tmux")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    terminal = Terminal([sys.executable, "-m", "tests.fakes.dashboard"], environment)
    terminal.wait_for("552 ms")
    yield terminal
    terminal.close()


def test_the_mouse_presses_keys_scrolls_and_chooses(scene: Terminal) -> None:
    scene.click("F7 Latency")
    scene.wait_for("within 900 ms", absent=True)
    scene.click("F7 Latency")
    scene.wait_for("within 900 ms")
    scene.click("F2 Personas")
    scene.wait_for("Who should answer?", "Bob at work")
    scene.click("Bob")
    scene.wait_for("Who should answer?", absent=True)
    scene.resize(60, 16)
    scene.wait_for("so there is time.")
    scene.mouse(WHEEL_UP, 10, 5, times=10)
    scene.wait_for("so there is time.", absent=True)
    scene.mouse(WHEEL_DOWN, 10, 5, times=20)
    scene.wait_for("so there is time.")
    scene.keys("C-q")
    assert scene.wait_for_exit() == 0
    # The shell gets the mouse as little as the program that is gone.
    assert "[<" not in scene.screen


def test_a_megabyte_pasted_into_the_input_line_is_cut_and_the_dashboard_goes_on(scene: Terminal) -> None:
    scene.paste("a [bold]line[/]\n" * 65_536)
    scene.wait_for("the rest was left out", "a [bold]line[/] a [bold]line[/]", timeout_s=40)
    scene.keys("C-u")
    scene.wait_for("Type here, or just talk")
    scene.click("F7 Latency")
    scene.wait_for("within 900 ms", absent=True)
    scene.keys("C-q")
    assert scene.wait_for_exit() == 0


def test_suspended_the_shell_has_the_terminal_and_nobody_listens_until_it_is_back(
    env: dict[str, str], start: StartDashboard
) -> None:
    terminal = start(command=["bash", "-c", WITH_JOB_CONTROL, "bash", *assistant()])
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    engine = engine_of(env["HOME"])
    terminal.keys("C-z")
    terminal.wait_for("in-the-shell")
    assert "mic open" not in terminal.screen
    assert engine.is_running()
    terminal.type("hello")
    terminal.wait_for("typed-hello")
    terminal.wait_for("mic open", LISTENING)
    assert engine_of(env["HOME"]).pid == engine.pid
    terminal.type("What is two plus three?")
    terminal.wait_for("2 plus 3 is 5")
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0


def test_a_terminal_that_is_closed_leaves_no_engine_and_the_conversation_goes_on(
    env: dict[str, str], start: StartDashboard
) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    terminal.type("My name is Anna.")
    terminal.wait_for("▸ speaking")
    engine = engine_of(env["HOME"])
    parent = engine.parent()
    assert parent is not None
    terminal.close()
    gone, left = psutil.wait_procs([engine, parent], timeout=10)
    assert not left, gone
    with sqlite3.connect(Path(env["HOME"]) / MEMORY) as memory:
        assert memory.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    terminal.type("What is my name?")
    terminal.wait_for("Anna")
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0
