"""The dashboard in a real terminal, on a virtual microphone and a virtual speaker."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from tests.e2e.conftest import StartDashboard
from tests.e2e.recognise import heard_in
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LISTENING = "○ listening"
MEMORY = ".local/share/local-voice-assistant/memory.sqlite"


def remembered(home: Path) -> list[tuple[str, str, str, int]]:
    """Role, text, persona and interrupted of every message in the memory file."""
    with sqlite3.connect(home / MEMORY) as connection:
        return connection.execute(
            "SELECT role, text, persona, interrupted FROM messages ORDER BY id"
        ).fetchall()


def test_a_conversation_by_voice(
    virtual_audio: VirtualAudio,
    env: dict[str, str],
    start: StartDashboard,
    say: Callable[[str], None],
    tmp_path: Path,
) -> None:
    with virtual_audio.record(tmp_path / "speaker.wav"):
        terminal = start()
        terminal.wait_for("Nova", LISTENING, timeout_s=30)
        terminal.wait_for("Hello")
        terminal.wait_for(LISTENING)

        say("Hello there.")
        terminal.wait_for("Hello there")
        terminal.wait_for(LISTENING)

        say("Change to glad oss.")
        terminal.wait_for("◉ GLaDOS", "change_theme", "▸ speaking")
        terminal.wait_for(LISTENING)

        say("What can you do?")
        terminal.wait_for("▸ speaking")
        say("Stop talking now please, that is enough.")
        terminal.wait_for("⊘ interrupted")
        terminal.wait_for(LISTENING)

        terminal.type("What time is it?")
        terminal.wait_for("typed", "time")
        terminal.wait_for(LISTENING)

        say("Change to Gandalf.")
        terminal.wait_for("✗ failed")
        terminal.wait_for(LISTENING)

        say("Go to sleep.")
        terminal.wait_for("asleep")
        say("What is your name?")
        say("Wake up.")
        terminal.wait_for("is listening.")
        terminal.wait_for(LISTENING)

        say("Mute.")
        terminal.wait_for("mic closed", "○ ready")
        say("Change to Jarvis.")
        time.sleep(1.5)  # as long as a turn would take to come through
        terminal.keys("F3")
        terminal.wait_for("mic open")
        assert "JARVIS" not in terminal.screen

        terminal.keys("C-q")
        assert terminal.wait_for_exit() == 0

    messages = remembered(Path(env["HOME"]))
    said = [text.casefold() for role, text, _, _ in messages if role == "user"]
    assert "hello there" in said[0]
    assert "what time is it?" in said
    assert not any("your name" in text or "jarvis" in text for text in said), "heard while asleep or muted"
    answers = [
        (text, persona, interrupted) for role, text, persona, interrupted in messages if role == "assistant"
    ]
    assert {persona for _, persona, _ in answers} == {"default", "glados"}
    assert [bool(text) for text, _, interrupted in answers if interrupted] == [True]
    heard = heard_in(tmp_path / "speaker.wav")
    spoken = [text for text, _, interrupted in answers if not interrupted]
    scores = {text: fuzz.partial_ratio(text.casefold(), heard.casefold()) for text in spoken}
    assert sum(score > 70 for score in scores.values()) >= 0.8 * len(scores), (scores, heard)
    assert "tool" not in heard.casefold()
