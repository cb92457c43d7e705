"""The dashboard with Moshi at work, in a real terminal: a tiny random one with a codec that is none.

What it says is noise, and its words are those that the test writes; everything else is as with the real one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.terminal import Terminal
from tests.e2e.test_dashboard_conversation import LISTENING, remembered
from tests.fakes.talker import SAYS

pytest.importorskip("mlx.core", reason="Moshi's lock is not installed")

from tests.fakes.moshi_weights import write_without_codec

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HOST = "tests.fakes.moshi_host"
AT_WORK = "listens and answers by itself now"
CALL = 'One moment. TOOL_CALL: {"name": "time", "arguments": {}}\n'


@pytest.fixture
def moshi(tmp_path: Path, start: StartDashboard) -> Callable[[], Terminal]:
    """Starts the dashboard with ``engine = moshi``."""
    model = write_without_codec(tmp_path / "moshi")
    says = tmp_path / "says"
    says.touch()
    command = [sys.executable, "-m", "tests.fakes.moshi_assistant", "--engine", "moshi"]
    variables = {"ASSISTANT_MOSHI_MODEL": str(model), SAYS: str(says)}
    return lambda: start(command=command, **variables)


def engine_of(home: str) -> psutil.Process:
    def is_it(process: psutil.Process) -> bool:
        try:
            return HOST in (process.info["cmdline"] or []) and process.environ().get("HOME") == home
        except psutil.Error:
            return False

    return next(process for process in psutil.process_iter(["cmdline"]) if is_it(process))


def says(tmp_path: Path, text: str) -> None:
    with (tmp_path / "says").open("a") as file:
        file.write(text)


def a_tool_call_is_run_once(terminal: Terminal, tmp_path: Path, home: Path) -> None:
    before = len(remembered(home))
    says(tmp_path, CALL)
    terminal.wait_for("One moment.", "time")
    terminal.wait_for("It is ")
    terminal.wait_for(LISTENING)
    assert "TOOL_CALL" not in terminal.screen
    texts = [text for role, text, _, _ in remembered(home)[before:] if role == "assistant"]
    assert texts[0].endswith("One moment.")
    assert len(texts) == 2, texts


def the_engine_is_killed_and_comes_back(terminal: Terminal, home: str) -> tuple[float, float]:
    """Seconds until something listens again, and until it is Moshi."""
    engine_of(home).kill()
    began = time.monotonic()
    terminal.wait_for("ended by SIGKILL")
    terminal.wait_for("The engine is back", timeout_s=40)
    back = time.monotonic() - began
    # What it said at first has scrolled away with what came between, or stands there twice.
    while "The engine is back" not in terminal.screen.rpartition(AT_WORK)[0]:
        assert time.monotonic() - began < 40, terminal.screen
        time.sleep(0.1)
    return back, time.monotonic() - began


def test_a_conversation_with_moshi(
    moshi: Callable[[], Terminal], env: dict[str, str], say: Callable[[str], None], tmp_path: Path
) -> None:
    home = Path(env["HOME"])
    terminal = moshi()
    terminal.wait_for("Moshi is being loaded", timeout_s=40)
    terminal.wait_for(AT_WORK, timeout_s=40)
    terminal.wait_for(LISTENING)
    says(tmp_path, "Good to hear you. ")
    terminal.wait_for("Good to hear you.")
    a_tool_call_is_run_once(terminal, tmp_path, home)

    say("Change to glad oss.")
    terminal.wait_for("◉ GLaDOS", "change_theme")
    terminal.wait_for(LISTENING)
    back, at_work = the_engine_is_killed_and_comes_back(terminal, env["HOME"])
    print(f"listening {back:.1f} s after the kill, Moshi at work {at_work:.1f} s after it")
    says(tmp_path, "Here I am again. ")
    terminal.wait_for("Here I am again.")
    say("Change to Jarvis.")
    terminal.wait_for("JARVIS")
    terminal.wait_for(LISTENING)
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0
    messages = remembered(home)
    assert sum("One moment." in text for role, text, _, _ in messages if role == "assistant") == 1
    assert {persona for _, _, persona, _ in messages} >= {"default", "glados", "jarvis"}


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_minutes_with_moshi(
    moshi: Callable[[], Terminal], env: dict[str, str], say: Callable[[str], None], tmp_path: Path
) -> None:
    home = Path(env["HOME"])
    terminal = moshi()
    began = time.monotonic()
    terminal.wait_for(AT_WORK, timeout_s=60)
    terminal.wait_for(LISTENING)
    switches = iter(
        (("Change to glad oss.", "GLaDOS"), ("Change to Jarvis.", "JARVIS"), ("Change to Tars.", "TARS"))
    )
    minute = 0
    while (minute := minute + 1) <= 10:
        says(tmp_path, f"This is minute {minute}, and I am still here to listen.\n")
        terminal.wait_for(f"This is minute {minute},")
        if minute in (2, 5, 8):
            said, name = next(switches)
            say(said)
            terminal.wait_for(name)
            terminal.wait_for(LISTENING)
        if minute == 3:
            a_tool_call_is_run_once(terminal, tmp_path, home)
        if minute == 6:
            back, at_work = the_engine_is_killed_and_comes_back(terminal, env["HOME"])
            print(f"listening {back:.1f} s after the kill, Moshi at work {at_work:.1f} s after it")
            terminal.wait_for(LISTENING)
        time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0
    texts = [text for role, text, _, _ in remembered(home) if role == "assistant"]
    assert sum(text.startswith("This is minute") for text in texts) == 10
