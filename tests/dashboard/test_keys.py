"""How actions behave beyond taking place (``test_actions`` has each of them)."""

from __future__ import annotations

from textual import events
from textual.command import CommandPalette
from textual.widgets import Static

from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    TalkRequested,
    TextEngineRequested,
    VolumeRequested,
)
from assistant.conversation.updates import MessageShown, Phase, PhaseChanged
from assistant.dashboard.keymap import ACTIONS
from assistant.dashboard.screens.help import HelpScreen
from assistant.dashboard.screens.personas import PersonaScreen
from assistant.dashboard.widgets.prompt import LONGEST
from tests.dashboard.stage import stage

LISTENING = PhaseChanged(Phase.LISTENING, microphone_open=True)


async def test_the_microphone_key_reopens_and_the_talk_key_ends_the_turn():
    async with stage([PhaseChanged(Phase.LISTENING, microphone_open=False, push_to_talk=True)]) as on:
        await on.pilot.press("f3", "f4")
        assert on.conversation.requests == [MicrophoneRequested(True), TalkRequested(False)]


async def test_personas_are_chosen_from_a_list_that_starts_at_the_present_one():
    async with stage() as on:
        await on.pilot.press("f2")
        await on.until(lambda: isinstance(on.app.screen, PersonaScreen))
        assert "answers now" in on.text
        await on.pilot.press("down", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [PersonaRequested("bob")]


async def test_escape_closes_a_dialog_and_asks_nothing():
    async with stage() as on:
        await on.pilot.press("f2")
        await on.until(lambda: isinstance(on.app.screen, PersonaScreen))
        await on.pilot.press("escape")
        await on.until(lambda: not isinstance(on.app.screen, PersonaScreen))
        assert on.conversation.requests == []


async def test_the_microphone_can_be_closed_over_a_dialog():
    async with stage([LISTENING]) as on:
        await on.pilot.press("f2", "f3")
        assert on.conversation.requests == [MicrophoneRequested(False)]


async def test_help_shows_every_action():
    async with stage() as on:
        await on.pilot.press("f1")
        await on.until(lambda: isinstance(on.app.screen, HelpScreen))
        shown = str(on.app.screen.query_one(Static).content)
        assert all(
            action.help in shown and (action.keys_shown or action.command) in shown for action in ACTIONS
        )
        await on.until(lambda: ACTIONS[0].help in on.text)
        await on.pilot.press("f1")
        await on.until(lambda: not isinstance(on.app.screen, HelpScreen))


async def test_the_conversation_scrolls_by_page_and_back_to_the_newest():
    script = [MessageShown(n, "user", f"line {n}", "ada", final=True) for n in range(60)]
    async with stage(script) as on:
        chat = on.app.dashboard.chat
        await on.until(lambda: "line 59" in on.text)
        await on.pilot.press("pageup")
        await on.until(lambda: "line 59" not in on.text)
        await on.pilot.press("pagedown")
        await on.until(lambda: chat.is_vertical_scroll_end)
        await on.pilot.press("pageup", "pageup")
        await on.until(lambda: "line 59" not in on.text)
        await on.pilot.press("ctrl+end")
        await on.until(lambda: "line 59" in on.text)


async def test_ctrl_c_twice_within_two_seconds_quits():
    async with stage() as on:
        await on.pilot.press("ctrl+c")
        on.now[0] += 3.0
        await on.pilot.press("ctrl+c")
        assert on.app.is_running
        on.now[0] += 1.0
        await on.pilot.press("ctrl+c")
        await on.until(lambda: not on.app.is_running)


async def test_ctrl_c_copies_what_is_selected_and_stops_nothing():
    async with stage() as on:
        await on.pilot.press(*"hello", "shift+home", "ctrl+c")
        assert on.app.clipboard == "hello"
        assert on.conversation.requests == []


async def test_the_palette_finds_personas_and_loudness():
    async with stage() as on:
        await on.pilot.press("ctrl+p")
        await on.until(lambda: CommandPalette.is_open(on.app))
        await on.pilot.press(*"to: bob")
        await on.until(lambda: "Change to: Bob" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [PersonaRequested("bob")]


async def test_the_palette_changes_who_writes_the_replies():
    async with stage() as on:
        await on.pilot.press("ctrl+p", *"with: llama")
        await on.until(lambda: "Think with: llama" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [TextEngineRequested("llama")]


async def test_the_palette_runs_actions():
    async with stage() as on:
        await on.pilot.press("ctrl+p", *"40 %")
        await on.until(lambda: "Loudness: 40" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [VolumeRequested(0.4)]


async def test_all_lines_of_what_is_pasted_become_one_without_what_a_terminal_would_obey():
    async with stage() as on:
        prompt = on.app.dashboard.prompt
        await on.pilot.press("x", "y")
        prompt.cursor_position = 1
        prompt.post_message(events.Paste("one\r\n\x1b[31mtwo\n three "))
        await on.until(lambda: prompt.value == "xone two  three y")
        assert prompt.cursor_position == len("xone two  three ")


async def test_a_paste_longer_than_a_line_is_cut_and_said():
    async with stage() as on:
        prompt = on.app.dashboard.prompt
        await on.pilot.press("x")
        prompt.post_message(events.Paste("y" * (LONGEST + 1)))
        await on.until(lambda: prompt.value == "x" + "y" * (LONGEST - 1))
        [said] = on.app._notifications
        assert "the rest was left out" in said.message
