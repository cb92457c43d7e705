"""Every action of the table, by its key, while the input line has the focus."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    StopRequested,
    TalkRequested,
    VolumeRequested,
    WakeRequested,
)
from assistant.conversation.updates import MessageShown, Phase, PhaseChanged
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.keymap import ACTIONS
from assistant.dashboard.screens.help import HelpScreen
from assistant.dashboard.screens.personas import PersonaScreen
from tests.dashboard.stage import stage

LISTENING = PhaseChanged(Phase.LISTENING, microphone_open=True)


def keys() -> list[str]:
    return [key for action in ACTIONS for key in action.key.split(",")]


def test_ids_and_keys_are_unique_and_every_action_exists():
    ids = [action.id for action in ACTIONS]
    assert len(set(ids)) == len(ids)
    assert len(set(keys())) == len(keys())
    assert all(callable(getattr(DashboardApp, f"action_{name}", None)) for name in ids)


def test_no_key_types_a_letter_or_is_taken_by_the_input_line():
    editing = {key for binding in Input.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr]
    copy = {"ctrl+c"}  # the selection of the input line is copied by the action itself
    assert not set(keys()) & (editing - copy)
    assert all(len(key) > 1 for key in keys())
    assert not set(keys()) & {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+b", "ctrl+s", "ctrl+z"}


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("f3", MicrophoneRequested(False)),
        ("ctrl+o", MicrophoneRequested(False)),
        ("f4", TalkRequested(True)),
        ("ctrl+t", TalkRequested(True)),
        ("escape", StopRequested()),
        ("f8", WakeRequested()),
        ("ctrl+c", StopRequested()),
    ],
)
async def test_a_key_asks_the_conversation(key: str, request_: object):
    async with stage([LISTENING]) as on:
        assert on.app.focused is not None
        assert on.app.focused.id == "prompt"
        await on.pilot.press(key)
        assert on.conversation.requests == [request_]


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
        await on.pilot.pause()
        assert all(action.help in on.text and action.key_shown in on.text for action in ACTIONS)
        await on.pilot.press("f1")
        await on.until(lambda: not isinstance(on.app.screen, HelpScreen))


@pytest.mark.parametrize(
    ("key", "selector"), [("f5", "#voice"), ("f6", "PersonaPanel"), ("f7", "DetailsPanel")]
)
async def test_a_panel_key_hides_and_shows_it(key: str, selector: str):
    async with stage() as on:
        panel = on.app.dashboard.query_one(selector)
        assert panel.is_on_screen
        await on.pilot.press(key)
        assert not panel.display
        await on.pilot.press(key)
        assert panel.display


async def test_a_panel_key_opens_the_side_where_there_was_no_room_for_it():
    async with stage(size=(80, 24)) as on:
        side = on.app.dashboard.query_one("#side")
        assert not side.display
        await on.pilot.press("f7")
        assert (side.display, on.app.dashboard.details.display, on.app.dashboard.persona_panel.display) == (
            True,
            True,
            False,
        )
        await on.pilot.press("f7")
        assert not side.display


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


async def test_ctrl_q_quits():
    async with stage() as on:
        await on.pilot.press("ctrl+q")
        await on.until(lambda: not on.app.is_running)


async def test_the_palette_finds_personas_and_loudness():
    async with stage() as on:
        await on.pilot.press("ctrl+p")
        await on.until(lambda: CommandPalette.is_open(on.app))
        await on.pilot.press(*"to: bob")
        await on.until(lambda: "Change to: Bob" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [PersonaRequested("bob")]


async def test_the_palette_runs_actions():
    async with stage() as on:
        await on.pilot.press("ctrl+p", *"40 %")
        await on.until(lambda: "Loudness: 40" in on.text)
        await on.pilot.press("enter", "enter")
        await on.until(lambda: on.conversation.requests)
        assert on.conversation.requests == [VolumeRequested(0.4)]
