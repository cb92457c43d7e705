"""Choosing devices: the screen with its meters, the palette, and what is kept for the next start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.command import CommandPalette
from textual.widgets import OptionList

from assistant.config.editor import SettingsEditor
from assistant.config.settings import Settings
from assistant.conversation.requests import DevicesRequested, SoundTestRequested
from assistant.conversation.updates import EngineShown, LevelsShown, Phase, PhaseChanged
from assistant.dashboard.screens.devices import DevicesScreen
from assistant.dashboard.screens.settings import SettingsScreen
from assistant.doctor.finding import Finding, Status
from tests.dashboard.stage import Stage, stage
from tests.fakes.checks import FakeChecks

HEARD = (
    EngineShown("e", "t", {}, "Built-in", "Loud"),
    PhaseChanged(Phase.LISTENING, microphone_open=True),
)


async def open_devices(on: Stage) -> None:
    await on.pilot.press("escape", *"/devices", "enter")
    await on.until(lambda: isinstance(on.app.screen, DevicesScreen) and "Webcam" in on.text)


def prepared(tmp_path: Path, **options: object) -> dict[str, object]:
    return {"settings": SettingsEditor(options, tmp_path / "config.toml"), "checks": FakeChecks()}


async def test_a_device_is_used_at_once_kept_and_its_level_seen(tmp_path: Path):
    async with stage(HEARD, **prepared(tmp_path)) as on:
        await open_devices(on)
        assert "microphone  Built-in" in on.text
        await on.pilot.press("down", "down", "enter")
        await on.until(lambda: "✓ microphone: Webcam" in on.text)
        assert on.conversation.requests[-1] == DevicesRequested("Webcam", "")
        assert 'input_device = "Webcam"' in (tmp_path / "config.toml").read_text()
        await on.tell(EngineShown("e", "t", {}, "Webcam", "Loud"), LevelsShown(-6, -120))
        assert "microphone  Webcam" in on.text
        assert f"{'▮' * 30}   −6 dB" in on.text
        await on.tell(LevelsShown(-120, -30.5))
        assert f"{'▮' * 15}{'▯' * 15}  −30 dB" in on.text
        await on.pilot.press("tab", "down", "enter")
        await on.until(lambda: on.conversation.requests[-1] == DevicesRequested("Webcam", "Headset"))
        await on.pilot.press("up", "enter")
        await on.until(lambda: on.conversation.requests[-1] == DevicesRequested("Webcam", ""))
        assert "output_device" not in (tmp_path / "config.toml").read_text()


async def test_a_key_plays_a_test_sound_and_a_closed_microphone_says_so(tmp_path: Path):
    closed = PhaseChanged(Phase.LISTENING, microphone_open=False)
    async with stage((HEARD[0], closed), **prepared(tmp_path)) as on:
        await open_devices(on)
        assert "⊘ mic closed: F3 opens it" in on.text
        await on.tell(LevelsShown(-6, -120))
        assert "−6 dB" not in on.text
        await on.pilot.press("t")
        await on.until(lambda: on.conversation.requests == [SoundTestRequested()])


async def test_a_device_of_the_command_line_gives_way_until_the_end_only(tmp_path: Path):
    async with stage(HEARD, **prepared(tmp_path, input_device="Headset")) as on:
        await open_devices(on)
        assert on.app.screen.query_one("#microphone OptionList", OptionList).highlighted == 1
        await on.pilot.press("down", "enter")
        await on.until(lambda: on.conversation.requests == [DevicesRequested("Webcam", "")])


async def test_a_choice_that_cannot_be_written_counts_until_the_end(tmp_path: Path):
    (tmp_path / "config.toml").write_text("volume = 0.5\n")
    async with stage(HEARD, **prepared(tmp_path)) as on:
        await open_devices(on)
        (tmp_path / "config.toml").write_text("= broken\n")
        await on.pilot.press("down", "enter")
        await on.until(lambda: "! used until the end only: " in on.text)
        assert on.conversation.requests == [DevicesRequested("Headset", "")]


async def test_without_the_library_it_says_what_to_do():
    class Missing(FakeChecks):
        def devices(self) -> Iterator[Finding]:
            yield Finding("devices", Status.PROBLEM, "PortAudio", "It is not installed.", "Run: this.")

    async with stage(HEARD, checks=Missing()) as on:
        await on.pilot.press("escape", *"/devices", "enter")
        await on.until(lambda: "✗ It is not installed. Run: this." in on.text)


async def test_settings_lead_to_the_choice_and_show_what_came_of_it(tmp_path: Path):
    async with stage(HEARD, **prepared(tmp_path)) as on:
        await on.pilot.press("escape", *"/settings", "enter")
        await on.until(lambda: isinstance(on.app.screen, SettingsScreen))
        rows = on.app.screen.query_one(OptionList)
        rows.highlighted = list(Settings.model_fields).index("output_device")
        await on.pilot.pause()
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, DevicesScreen) and "Webcam" in on.text)
        await on.pilot.press("down", "enter")
        await on.until(lambda: on.conversation.requests == [DevicesRequested("", "Headset")])
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, SettingsScreen) and '"Headset"' in on.text)


async def test_every_device_is_in_the_palette(tmp_path: Path):
    async with stage(HEARD, **prepared(tmp_path)) as on:
        await on.pilot.press("escape", "ctrl+p")
        await on.until(lambda: CommandPalette.is_open(on.app))
        await on.pilot.press(*"microphone: web")
        await on.until(lambda: "Microphone: Webcam" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests == [DevicesRequested("Webcam", "")])
