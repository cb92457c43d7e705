"""The main screen: header, conversation with panels beside it, voices, input line, status, keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal
from textual.events import Resize
from textual.getters import query_one
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from assistant.conversation.updates import (
    EngineShown,
    HealthShown,
    InputEnded,
    LatencyShown,
    LevelsShown,
    MessageShown,
    NoticeShown,
    PersonaChanged,
    PhaseChanged,
    RecordingShown,
    ToolShown,
    Update,
)
from assistant.dashboard.keymap import bindings
from assistant.dashboard.status import Status
from assistant.dashboard.widgets.chat_log import ChatLog
from assistant.dashboard.widgets.header_bar import HeaderBar
from assistant.dashboard.widgets.key_bar import KeyBar
from assistant.dashboard.widgets.panels.devices_panel import DevicesPanel
from assistant.dashboard.widgets.panels.engine_panel import EnginePanel
from assistant.dashboard.widgets.panels.latency_panel import LatencyPanel
from assistant.dashboard.widgets.panels.log_panel import LogPanel
from assistant.dashboard.widgets.panels.panel import Panel
from assistant.dashboard.widgets.panels.persona_panel import PersonaPanel
from assistant.dashboard.widgets.panels.tools_panel import ToolsPanel
from assistant.dashboard.widgets.panels.voice_visualizer_panel import VoiceVisualizerPanel
from assistant.dashboard.widgets.prompt import Prompt
from assistant.dashboard.widgets.search_bar import SearchBar
from assistant.dashboard.widgets.side import Side
from assistant.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from assistant.dashboard.keymap import Action
    from assistant.personas.model import Persona


class DashboardScreen(Screen[None]):
    """Shows updates; knows nothing of where they come from."""

    BINDINGS = bindings(everywhere=False)
    AUTO_FOCUS = "#prompt"

    status: reactive[Status] = reactive(Status())
    persona: reactive[Persona | None] = reactive(None)

    chat = query_one(ChatLog)
    voice = query_one(VoiceVisualizerPanel)
    side = query_one(Side)
    prompt = query_one(Prompt)
    search = query_one(SearchBar)
    tools = query_one(ToolsPanel)
    devices = query_one(DevicesPanel)
    log_panel = query_one(LogPanel)

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock

    def compose(self) -> ComposeResult:
        screen = DashboardScreen
        yield HeaderBar().data_bind(screen.persona, screen.status)
        with Container(id="body"):
            yield ChatLog()
            yield Side(
                (
                    PersonaPanel().data_bind(screen.persona),
                    EnginePanel().data_bind(screen.status),
                    LatencyPanel().data_bind(screen.status),
                    DevicesPanel().data_bind(screen.status),
                    ToolsPanel(),
                    LogPanel(),
                ),
                lambda: self.app.size.width,
            )
        yield VoiceVisualizerPanel(self._clock).data_bind(screen.persona)
        yield SearchBar(lambda: self.chat)
        with Horizontal(id="input"):
            yield Static("›", id="caret")
            yield Prompt()
        yield StatusLine().data_bind(screen.status)
        yield KeyBar()

    def on_resize(self, event: Resize) -> None:
        """Another size may have room for other panels."""
        self.side.show_open()

    def use_actions(self, actions: tuple[Action, ...]) -> None:
        """Show these keys and complete these commands."""
        self.query_one(KeyBar).actions = actions
        keys = {action.id: action.key_shown for action in actions}
        for panel in self.query(Panel):
            panel.key_shown = keys[f"{panel.NAME}_panel"]
        self.query_one(Prompt).complete([action.command for action in actions])

    def show(self, update: Update, find: Callable[[str], Persona | None]) -> None:
        """Show one update; ``find`` gives the persona of a slug. A change of persona is the app's to show."""
        match update:
            case MessageShown():
                self.chat.show(update, find(update.persona))
                self._remember_line(update)
            case ToolShown():
                self.chat.show(update)
                self.tools.show_tool(update)
            case NoticeShown():
                self.chat.show(update)
                self.log_panel.note(update.severity, f"{update.message} {update.remedy}")
            case LevelsShown():
                self.voice.show_levels(update)
                self.devices.show_levels(update)
            case PhaseChanged():
                self.status = replace(self.status, phase=update)
                self.voice.microphone_open = update.microphone_open
            case EngineShown():
                self.status = replace(self.status, engine=update)
            case LatencyShown():
                self.status = self.status.with_turn(update)
            case HealthShown():
                self.status = replace(self.status, health=update)
            case RecordingShown(folder):
                self.status = replace(self.status, is_recording=bool(folder))
            case PersonaChanged() | InputEnded():
                pass

    def _remember_line(self, message: MessageShown) -> None:
        """What was spoken can be changed and sent again like what was typed."""
        if message.role == "user" and message.final and message.source == "voice" and message.text:
            self.prompt.remember(message.text)
