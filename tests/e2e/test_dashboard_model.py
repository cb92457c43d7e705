"""The real dashboard with a fake language model behind it, which checks its prompts and calls a tool."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.recognise import heard_in
from tests.e2e.test_dashboard_conversation import LISTENING, remembered
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_a_models_tool_call_switches_the_persona_and_is_not_voiced(
    virtual_audio: VirtualAudio,
    env: dict[str, str],
    start: StartDashboard,
    say: Callable[[str], None],
    tmp_path: Path,
) -> None:
    complaints = tmp_path / "complaints"
    with virtual_audio.record(tmp_path / "speaker.wav"):
        terminal = start(command=[sys.executable, "-m", "tests.fakes.text_engine", str(complaints)])
        terminal.wait_for("Good morning.", LISTENING, timeout_s=40)
        for number in range(6):
            terminal.type(f"This is sentence number {number}.")
            terminal.wait_for(f"That is turn number {number + 2}.", LISTENING)
        say("Give me a surprise, please.")
        terminal.wait_for("◉ GLaDOS", "and the test begins.", "✓ done")
        screen = terminal.wait_for(LISTENING)
        terminal.keys("C-q")
        assert terminal.wait_for_exit() == 0

    assert "TOOL" not in screen
    assert complaints.read_text() == ""
    messages = remembered(Path(env["HOME"]))
    introductions = [text for _, text, persona, _ in messages if persona == "glados"]
    assert introductions == ["Well. I am GLaDOS, and the test begins."]
    heard = heard_in(tmp_path / "speaker.wav").casefold()
    assert "and the test" in heard
    assert not any(word in heard for word in ("tool", "theme", "argument", "persona"))
