"""Choosing devices in a real terminal: what is chosen is used, heard and remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.test_dashboard_conversation import LISTENING
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

FULL_AT_LEAST = "▮" * 8


def test_a_microphone_is_chosen_its_level_seen_and_the_speaker_heard(
    virtual_audio: VirtualAudio, env: dict[str, str], start: StartDashboard, say: Callable[[str], None]
) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    terminal.keys("C-p")
    terminal.write("microphone: vmic")
    terminal.wait_for("Microphone: vmic")
    terminal.keys("Down", "Enter")
    terminal.wait_for("vmic → Loudspeaker")

    terminal.type("/devices")
    terminal.wait_for("microphone  vmic", "speaker     Loudspeaker", "vspk")
    say("Hello there.")
    # Its last words are still on the meter, or the answer is on the other one.
    terminal.wait_for(FULL_AT_LEAST)
    terminal.keys("Escape")
    terminal.wait_for("plays a test sound", absent=True)
    terminal.wait_for("Hello there", LISTENING)

    terminal.type("/devices")
    terminal.wait_for("microphone  vmic")
    with virtual_audio.record() as speaker:
        terminal.keys("t")
        terminal.wait_for(FULL_AT_LEAST)
        terminal.keys("Escape")
        terminal.wait_for("plays a test sound", absent=True)
        terminal.wait_for("This is how Nova sounds.", LISTENING)
        assert np.abs(speaker.samples).max() > 1000
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0
    settings = Path(env["HOME"]) / ".config/local-voice-assistant/config.toml"
    assert 'input_device = "vmic"' in settings.read_text()
