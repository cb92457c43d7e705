"""The screen of the first run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assistant.conversation.requests import MicrophoneRequested, StopRequested
from assistant.conversation.updates import EngineShown, Phase, PhaseChanged
from assistant.dashboard.remembered import Memory
from assistant.dashboard.screens.welcome import WelcomeScreen
from assistant.doctor.finding import Finding, Status
from tests.dashboard.stage import Stage, stage
from tests.fakes.checks import FakeChecks

HEARD = (EngineShown("e", "t", {}, "Headset", "Headset"), PhaseChanged(Phase.LISTENING, microphone_open=True))
MUTE = (EngineShown("e", "t", {}, "Headset", ""), PhaseChanged(Phase.LISTENING, microphone_open=True))


def is_open(on: Stage) -> bool:
    return isinstance(on.app.screen, WelcomeScreen)


async def test_it_tells_what_was_found_what_would_be_better_and_how_large(tmp_path: Path):
    memory = Memory(tmp_path / "dashboard.json")
    async with stage(MUTE, checks=FakeChecks(), memory=memory) as on:
        await on.until(lambda: is_open(on) and "→ For free answers: a GGUF model of 0.3 to 5 GB" in on.text)
        assert "✓ microphone     Headset" in on.text
        assert "! speaker        none" in on.text
        assert "The sound check needs a microphone and a speaker" in on.text
        assert not memory.now.welcomed
        await on.pilot.press("escape")
        await on.until(lambda: not is_open(on))
    assert on.conversation.requests == []
    async with stage(HEARD, checks=FakeChecks(), memory=Memory(tmp_path / "dashboard.json")) as on:
        assert not is_open(on)
        await on.pilot.press(*"/welcome", "enter")
        await on.until(lambda: is_open(on))


async def test_the_sound_check_has_the_sound_for_itself():
    asked: list[object] = []

    class Listening(FakeChecks):
        def sound(self) -> Iterator[Finding]:
            asked.extend(on.conversation.requests)
            yield Finding("echo", Status.OK, "test", "−20 dB after 62 ms, cancelled by 31 dB.")

    async with stage(HEARD, checks=Listening()) as on:
        await on.pilot.press("enter")
        await on.until(lambda: "cancelled by 31 dB" in on.text)
        assert asked == [StopRequested(), MicrophoneRequested(False)]
        assert on.conversation.requests[2:] == [MicrophoneRequested(True)]
        await on.pilot.press("enter")
        await on.until(lambda: not is_open(on))


async def test_without_a_speaker_there_is_no_check_and_enter_begins():
    async with stage(MUTE, checks=FakeChecks()) as on:
        await on.until(lambda: "needs a microphone and a speaker" in on.text)
        assert "Enter or Esc begins" in on.text
        await on.pilot.press("enter")
        await on.until(lambda: not is_open(on))
    assert on.conversation.requests == []


async def test_a_check_that_outlives_its_screen_gives_the_microphone_back():
    async with stage(HEARD, checks=FakeChecks(sound_s=0.2)) as on:
        await on.pilot.press("enter", "escape")
        await on.until(lambda: on.conversation.requests[2:] == [MicrophoneRequested(True)])
        assert not is_open(on)


async def test_a_microphone_that_was_closed_stays_so():
    muted = PhaseChanged(Phase.LISTENING, microphone_open=False)
    async with stage([muted], checks=FakeChecks()) as on:
        await on.pilot.press("enter")
        await on.until(lambda: "cancelled by" in on.text)
        assert MicrophoneRequested(True) not in on.conversation.requests
