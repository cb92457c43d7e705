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
    FrameTimesShown,
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
    ToolsShown,
    Update,
)
from assistant.dashboard.keymap import bindings
from assistant.dashboard.status import Status, invitation
from assistant.dashboard.widgets.chat_log import ChatLog
from assistant.dashboard.widgets.header_bar import HeaderBar
from assistant.dashboard.widgets.key_bar import KeyBar
from assistant.dashboard.widgets.panels.voice_visualizer_panel import VoiceVisualizerPanel
from assistant.dashboard.widgets.prompt import Prompt
from assistant.dashboard.widgets.status_line import StatusLine
from assistant.dashboard.widgets.still import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from assistant.dashboard.keymap import Action
    from assistant.dashboard.widgets.panels.panel import Panel
    from assistant.dashboard.widgets.side import Side
    from assistant.personas.model import Persona


class Body(Ground, Container):
    """The conversation and the panels."""


class InputLine(Ground, Horizontal):
    """The ground of the input line."""


class DashboardScreen(Ground, Screen[None]):
    """Shows updates; knows nothing of where they come from."""

    BINDINGS = bindings(everywhere=False)
    AUTO_FOCUS = "#prompt"

    status: reactive[Status] = reactive(Status())
    persona: reactive[Persona | None] = reactive(None)

    chat = query_one(ChatLog)
    voice = query_one(VoiceVisualizerPanel)
    prompt = query_one(Prompt)

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self.side: Side | None = None

    def compose(self) -> ComposeResult:
        screen = DashboardScreen
        yield HeaderBar().data_bind(screen.persona, screen.status)
        with Body(id="body"):
            yield ChatLog()
        yield VoiceVisualizerPanel(self._clock).data_bind(screen.persona)
        with InputLine(id="input"):
            yield Static("›", id="caret")
            yield Prompt()
        yield StatusLine().data_bind(screen.status)
        yield KeyBar()

    def on_resize(self, event: Resize) -> None:
        """Another size may have room for other panels."""
        if self.side:
            self.side.show_open()

    def add_panels(self, remembered: Mapping[str, tuple[str, ...]], engine_log: Path | None = None) -> None:
        """Put the panels beside the conversation, once; the first paint does not wait for them."""
        from assistant.dashboard.widgets.panels.every import every_panel
        from assistant.dashboard.widgets.side import Side

        self.side = Side(every_panel(engine_log), remembered)
        self.query_one("#body").mount(self.side)

    @property
    def panels(self) -> Sequence[Panel]:
        """All panels, open or not."""
        return self.side.panels if self.side else ()

    def toggle_panel(self, name: str) -> None:
        """Open or close a panel."""
        if self.side:
            self.side.toggle(name)

    def toggle_log(self, words: str) -> None:
        """Open or close the log; with ``words`` it is open and shows only what holds them."""
        from assistant.dashboard.widgets.panels.log_panel import LogPanel

        if self.side is None:
            return
        panel = self.side.query_one(LogPanel)
        panel.only(words)
        if not (words and panel.display):
            self.side.toggle(panel.NAME)

    def watch_status(self, status: Status) -> None:
        """Panels show parts of it, and the input line asks to talk only where somebody listens."""
        self.prompt.placeholder = invitation(status.phase)
        for panel in self.panels:
            panel.status = status

    def watch_persona(self, persona: Persona | None) -> None:
        """One panel is the persona's card."""
        for panel in self.panels:
            panel.persona = persona

    def open_search(self, words: str) -> None:
        """Open the line for searching, or go there."""
        from assistant.dashboard.widgets.search_bar import SearchBar

        if found := self.query(SearchBar):
            found.first().begin(words)
        else:
            self.mount(SearchBar(self.chat, words), before="#input")

    def use_actions(self, actions: tuple[Action, ...]) -> None:
        """Show these keys and complete these commands."""
        self.query_one(KeyBar).actions = actions
        keys = {action.id: action.key_shown for action in actions}
        for panel in self.panels:
            panel.key_shown = keys[f"{panel.NAME}_panel"]
        self.query_one(Prompt).complete([action.command for action in actions])

    def show(self, update: Update, find: Callable[[str], Persona | None]) -> None:
        """Show one update; ``find`` gives the persona of a slug. Persona and levels are the app's to show."""
        for panel in self.panels:
            panel.take(update)
        match update:
            case MessageShown():
                self.chat.show(update, find(update.persona))
                self._remember_line(update)
            case ToolShown() | NoticeShown():
                self.chat.show(update)
            case PhaseChanged():
                self.status = replace(self.status, phase=update)
                self.voice.microphone_open = update.microphone_open
            case EngineShown():
                self.status = replace(self.status, engine=update)
            case LatencyShown():
                self.status = self.status.with_turn(update)
            case HealthShown():
                self.status = replace(self.status, health=update)
            case FrameTimesShown():
                self.status = replace(self.status, frames=update)
            case RecordingShown(folder):
                self.status = replace(self.status, is_recording=bool(folder))
            case LevelsShown() | PersonaChanged() | ToolsShown() | InputEnded():
                pass

    def _remember_line(self, message: MessageShown) -> None:
        """What was spoken can be changed and sent again like what was typed."""
        if message.role == "user" and message.final and message.source == "voice" and message.text:
            self.prompt.remember(message.text)
