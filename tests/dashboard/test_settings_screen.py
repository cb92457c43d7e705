"""The screen of settings."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, OptionList

from assistant.config.editor import SettingsEditor
from assistant.config.settings import Settings
from assistant.conversation.requests import VolumeRequested
from assistant.dashboard.screens.settings import SettingsScreen
from tests.dashboard.stage import Stage, stage


async def go_to(on: Stage, name: str) -> None:
    await on.pilot.press(*"/settings", "enter")
    await on.until(lambda: isinstance(on.app.screen, SettingsScreen))
    on.app.screen.query_one(OptionList).highlighted = list(Settings.model_fields).index(name)
    await on.pilot.pause()
    await on.pilot.press("enter")
    await on.until(lambda: isinstance(on.app.focused, Input))


async def type_in(on: Stage, text: str) -> None:
    on.app.screen.query_one(Input).value = ""
    await on.pilot.press(*text)


async def test_a_setting_is_shown_checked_written_and_used_at_once(tmp_path: Path):
    editor = SettingsEditor({}, tmp_path / "config.toml")
    async with stage(settings=editor) as on:
        await go_to(on, "volume")
        await on.until(lambda: "volume is the voice's loudness, from 0.0 to 1.0." in on.text)
        assert "Now from: default." in on.text
        await type_in(on, "1.5")
        await on.until(lambda: "✗ Input should be less than or equal to 1" in on.text)
        await on.pilot.press("enter")
        assert not editor.file.exists()
        await type_in(on, "0.5")
        await on.until(lambda: "✓ Enter writes it" in on.text)
        await on.pilot.press("enter")
        await on.until(lambda: on.conversation.requests == [VolumeRequested(0.5)])
        assert "volume = 0.5" in editor.file.read_text()
        await on.pilot.press("escape")
        await on.until(lambda: on.app.screen is on.app.dashboard)


async def test_how_it_looks_changes_at_once_and_other_things_at_the_next_start(tmp_path: Path):
    editor = SettingsEditor({}, tmp_path / "config.toml")
    async with stage(settings=editor) as on:
        await go_to(on, "theme")
        await type_in(on, "nord")
        await on.pilot.press("enter")
        await on.until(lambda: on.app.theme == "nord")
        await on.pilot.press("escape")
        await on.until(lambda: on.app.screen is on.app.dashboard)
        await go_to(on, "log_level")
        await type_in(on, "debug")
        await on.pilot.press("enter")
        await on.until(lambda: any("next start" in each.message for each in on.app._notifications))
