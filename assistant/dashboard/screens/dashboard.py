"""The main screen: header, conversation with panels beside it, voices, input line, status, keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical, VerticalScroll
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
from assistant.dashboard.widgets.panels.details_panel import DetailsPanel
from assistant.dashboard.widgets.panels.persona_panel import PersonaPanel
from assistant.dashboard.widgets.panels.voice_visualizer_panel import VoiceVisualizerPanel
from assistant.dashboard.widgets.prompt import Prompt
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
    details = query_one(DetailsPanel)
    persona_panel = query_one(PersonaPanel)

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock

    def compose(self) -> ComposeResult:
        screen = DashboardScreen
        yield HeaderBar().data_bind(screen.persona, screen.status)
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield ChatLog()
                yield VoiceVisualizerPanel(self._clock).data_bind(screen.persona)
                with Horizontal(id="input"):
                    yield Static("›", id="caret")
                    yield Prompt()
            with VerticalScroll(id="side", can_focus=False):
                yield PersonaPanel().data_bind(screen.persona)
                yield DetailsPanel().data_bind(screen.status)
        yield StatusLine().data_bind(screen.status)
        yield KeyBar()

    def use_actions(self, actions: tuple[Action, ...]) -> None:
        """Show these keys and complete these commands."""
        self.query_one(KeyBar).actions = actions
        self.query_one(Prompt).complete([action.command for action in actions])

    def show(self, update: Update, find: Callable[[str], Persona | None]) -> None:
        """Show one update; ``find`` gives the persona of a slug. A change of persona is the app's to show."""
        match update:
            case MessageShown():
                self.chat.show_message(update, find(update.persona))
            case ToolShown():
                self.chat.show_tool(update)
            case NoticeShown():
                self.chat.show_notice(update)
            case LevelsShown():
                self.voice.show_levels(update)
            case PhaseChanged():
                self.status = replace(self.status, phase=update)
                self.voice.microphone_open = update.microphone_open
            case EngineShown():
                self.status = replace(self.status, engine=update)
            case LatencyShown():
                self.status = replace(self.status, latency=update)
            case HealthShown():
                self.status = replace(self.status, health=update)
            case RecordingShown(folder):
                self.status = replace(self.status, is_recording=bool(folder))
            case PersonaChanged() | InputEnded():
                pass

    def toggle_side(self, panel: PersonaPanel | DetailsPanel) -> None:
        """Show or hide a panel of the side column, and the column with its last panel."""
        side = self.query_one("#side")
        shown = side.display and panel.display
        if not side.display:
            for other in (self.persona_panel, self.details):
                other.display = False
        panel.display = not shown
        side.display = self.persona_panel.display or self.details.display
