"""Every action of the table by each of its keys, by palette, by slash command and by voice, from one list.

An action that is new in the table and not in ``PROOFS`` fails here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.command import CommandPalette

from assistant.config.editor import SettingsEditor
from assistant.conversation.intents import find_intent
from assistant.conversation.requests import (
    MicrophoneRequested,
    RecordingRequested,
    Request,
    SoundTestRequested,
    StopRequested,
    TalkRequested,
    WakeRequested,
)
from assistant.conversation.updates import MessageShown, Phase, PhaseChanged, Update
from assistant.dashboard.actions import ActionApp
from assistant.dashboard.keymap import ACTIONS, Action
from assistant.dashboard.remembered import Memory
from assistant.dashboard.screens.devices import DevicesScreen
from assistant.dashboard.screens.help import HelpScreen
from assistant.dashboard.screens.personas import PersonaScreen
from assistant.dashboard.screens.settings import SettingsScreen
from assistant.dashboard.screens.themes import ThemeScreen
from assistant.dashboard.screens.welcome import WelcomeScreen
from assistant.personas.load import load_library
from tests.dashboard.stage import Stage, stage
from tests.fakes.checks import FakeChecks

LISTENING = PhaseChanged(Phase.LISTENING, microphone_open=True)
BACK = 30
"""A row from which nothing earlier has to be loaded, and from which the newest is out of sight."""

LINES = tuple(MessageShown(n, "user", f"line {n}", "ada", final=True) for n in range(60))
TWO = (*LINES, MessageShown(100, "assistant", "Bob speaking", "bob", final=True))


async def nothing(on: Stage) -> None:
    """No preparation."""


async def scroll_back(on: Stage) -> None:
    on.app.dashboard.chat.scroll_to(y=BACK, animate=False)
    await on.until(lambda: "line 59" not in on.text)


async def go_back_twice(on: Stage) -> None:
    await on.pilot.press("up", "up")


@dataclass(frozen=True)
class Proof:
    """``done`` holds once the action took place, and not before."""

    done: Callable[[Stage], object]
    script: Sequence[Update] = (LISTENING,)
    before: Callable[[Stage], Awaitable[None]] = nothing


def asked(request: Request) -> Proof:
    return Proof(lambda on: request in on.conversation.requests)


def dialog(kind: type) -> Proof:
    return Proof(lambda on: isinstance(on.app.screen, kind))


def hidden(selector: str) -> Proof:
    return Proof(lambda on: not on.app.dashboard.query_one(selector).display)


def shown(selector: str) -> Proof:
    return Proof(lambda on: on.app.dashboard.query_one(selector).display)


PROOFS = {
    "microphone": asked(MicrophoneRequested(False)),
    "talk": asked(TalkRequested(True)),
    "stop": asked(StopRequested()),
    "wake": asked(WakeRequested()),
    "personas": dialog(PersonaScreen),
    "recording": asked(RecordingRequested(True)),
    "devices": dialog(DevicesScreen),
    "sound_test": asked(SoundTestRequested()),
    "voice_panel": hidden("#voice"),
    "persona_panel": hidden("#persona-panel"),
    "latency_panel": hidden("#latency-panel"),
    "engine_panel": hidden("#engine-panel"),
    "devices_panel": shown("#devices-panel"),
    "tools_panel": shown("#tools-panel"),
    "log_panel": shown("#log-panel"),
    "scroll_up": Proof(lambda on: "line 59" not in on.text, LINES),
    "scroll_down": Proof(lambda on: on.app.dashboard.chat.scroll_y > BACK, LINES, scroll_back),
    "newest": Proof(lambda on: "line 59" in on.text, LINES, scroll_back),
    "search": Proof(lambda on: on.app.dashboard.query("#search")),
    "filter": Proof(lambda on: "Bob speaking" not in on.text and on.app.dashboard.chat.is_filtered, TWO),
    "copy": Proof(lambda on: on.app.clipboard == "Bob speaking", TWO),
    "export": Proof(lambda on: "The conversation is in" in on.text and list(on.app.exports.iterdir()), TWO),
    "earlier_line": Proof(lambda on: on.app.dashboard.prompt.value == "line 59", LINES),
    "later_line": Proof(lambda on: on.app.dashboard.prompt.value == "line 59", LINES, go_back_twice),
    "settings": dialog(SettingsScreen),
    "welcome": dialog(WelcomeScreen),
    "theme": dialog(ThemeScreen),
    "command_palette": Proof(lambda on: CommandPalette.is_open(on.app)),
    "help": dialog(HelpScreen),
    "suspend": Proof(
        lambda on: on.conversation.requests[:2] == [StopRequested(), MicrophoneRequested(False)]
    ),
    "interrupt": asked(StopRequested()),
    "quit": Proof(lambda on: not on.app.is_running),
}


def ways(action: Action) -> list[str]:
    palette = [] if action.id == "command_palette" else ["palette"]
    # Sending a line goes to the newest message, and is what is brought back: by command these prove nothing.
    slash = [] if action.id in {"scroll_up", "scroll_down", "earlier_line", "later_line"} else ["slash"]
    return [*action.keys, *palette, *slash]


@pytest.mark.parametrize(
    ("action", "way"),
    [pytest.param(action, way, id=f"{action.id}-{way}") for action in ACTIONS for way in ways(action)],
)
async def test_an_action_by_each_of_its_ways(action: Action, way: str, tmp_path: Path):
    proof = PROOFS[action.id]
    memory = Memory()
    memory.change(welcomed=True)
    prepared = {"settings": SettingsEditor({}, tmp_path / "config.toml"), "checks": FakeChecks()}
    async with stage(proof.script, exports=tmp_path, memory=memory, **prepared) as on:
        await proof.before(on)
        assert on.app.focused is on.app.dashboard.query_one("#prompt")
        assert not proof.done(on)
        if way == "palette":
            await by_palette(on, action)
        elif way == "slash":
            await on.pilot.press(*action.command, "enter")
        else:
            await on.pilot.press(way)
        await on.until(lambda: proof.done(on))


async def by_palette(on: Stage, action: Action) -> None:
    await on.pilot.press("ctrl+p")
    await on.until(lambda: CommandPalette.is_open(on.app))
    on.app.screen.query_one("CommandInput").value = f"{action.group}: {action.label}"  # type: ignore[attr-defined]
    await on.until(lambda: action.help in on.text)
    while CommandPalette.is_open(on.app):
        await on.pilot.press("enter")


def test_nothing_is_proved_that_does_not_exist():
    assert PROOFS.keys() == {action.id for action in ACTIONS}


@pytest.mark.parametrize("action", [each for each in ACTIONS if each.spoken], ids=lambda each: each.id)
def test_what_can_be_said_for_an_action_is_understood(action: Action):
    assert find_intent(action.spoken, load_library()) is not None


def test_every_action_is_a_method_of_the_app():
    assert all(callable(getattr(ActionApp, f"action_{action.id}", None)) for action in ACTIONS)
