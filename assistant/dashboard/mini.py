"""The mini mode: one line of meter and caption under the shell's prompt, and a few keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widget import Widget

from assistant.conversation.requests import MicrophoneRequested, StopRequested, TalkRequested
from assistant.conversation.updates import (
    EngineShown,
    LevelsShown,
    MessageShown,
    NoticeShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    ToolShown,
    Update,
)
from assistant.dashboard.bridge import Prepared, UpdateArrived
from assistant.dashboard.face import FaceApp
from assistant.dashboard.keymap import bindings
from assistant.dashboard.look import GLYPH_SETS, Look
from assistant.dashboard.status import microphone_text, phase_text
from assistant.dashboard.text import one_line
from assistant.dashboard.theming.theme import named_theme, persona_theme
from assistant.dashboard.widgets.dots import SILENCE_DB, dot_size
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from textual.app import ComposeResult

METER = 8
"""Cells of the meter: the newest moments of whoever is louder."""

_KEYS = ("microphone", "talk", "stop", "interrupt", "quit")


class MiniLine(Widget):
    """State, meter, and the newest words from either side; the end of a long text stays in sight."""

    DEFAULT_CSS = "MiniLine { height: 1; width: 100%; color: $foreground; background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self.phase = PhaseChanged(Phase.STARTING, microphone_open=False)
        self.engine: EngineShown | None = None
        self.caption = ""
        self.look = Look()
        self._sizes = [0] * METER

    def hear(self, levels: LevelsShown) -> None:
        """Move the meter on by one moment; it is repainted where that shows."""
        heard = levels.microphone if self.phase.microphone_open else SILENCE_DB
        before = self._sizes
        self._sizes = [dot_size(max(heard, levels.speaker)), *before[:-1]]
        if self._sizes != before:
            self.refresh()

    def render(self) -> Content:
        """The line, as wide as the terminal."""
        glyphs = GLYPH_SETS["ascii" if self.look.glyphs == "ascii" else "blocks"]
        meter = "".join(glyphs[size] for size in self._sizes)
        state = f"{microphone_text(self.phase, self.engine)}  {phase_text(self.phase)} "
        room = max(0, self.content_size.width - len(state) - METER - 2)
        caption = one_line(self.caption, 10_000)
        if len(caption) > room:
            caption = "…" + caption[len(caption) - room + 1 :]
        return Content.assemble((state, "bold $primary"), (meter, "$accent"), "  ", caption)


class MiniApp(FaceApp):
    """Shows a conversation on one line."""

    CSS = "Screen { height: 1; } Screen:inline { height: 1; border: none; }"
    BINDINGS = [*bindings(everywhere=True, only=_KEYS), *bindings(everywhere=False, only=_KEYS)]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0

    def __init__(self, prepare: Callable[[], Prepared], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(prepare, clock)
        self.line = MiniLine()

    def compose(self) -> ComposeResult:
        yield self.line

    def begin(self, prepared: Prepared) -> None:
        """See ``FaceApp``."""
        self.line.look = prepared.look
        self._wear(prepared.slug)

    def show_levels(self, levels: LevelsShown) -> None:
        """See ``FaceApp``."""
        self.line.hear(levels)

    def ended(self, error: BaseException | None) -> None:
        """There is no room to read what was said: leave with the reason."""
        unexpected = AssistantError("The conversation stopped unexpectedly.", "Start the program again.")
        self.failure = error if isinstance(error, AssistantError) else unexpected
        self.exit(return_code=1)

    @on(UpdateArrived)
    def _show(self, event: UpdateArrived) -> None:
        match event.update:
            case PersonaChanged(slug):
                self._wear(slug)
            case update:
                self._tell(update)

    def _tell(self, update: Update) -> None:
        match update:
            case PhaseChanged():
                self.line.phase = update
            case MessageShown(role=role, text=text, persona=slug) if text:
                self.line.caption = f"{'you' if role == 'user' else self._name_of(slug)}: {text}"
            case ToolShown(name=name, status=status, result=result):
                self.line.caption = f"{name}: {result or status}"
            case NoticeShown(message=message, remedy=remedy):
                self.line.caption = f"{message} {remedy}"
            case EngineShown(engine=name):
                self.line.engine = update
                self.line.caption = self.line.caption or name
            case _:
                return
        self.line.refresh()

    def _wear(self, slug: str) -> None:
        if persona := self.find(slug):
            theme = named_theme(self.line.look.theme) or persona_theme(persona)
            self.register_theme(theme)
            self.theme = theme.name

    def _name_of(self, slug: str) -> str:
        persona = self.find(slug)
        return persona.name if persona else slug

    def action_microphone(self) -> None:
        """Close the microphone, or open it again."""
        self.request(MicrophoneRequested(not self.line.phase.microphone_open))

    def action_talk(self) -> None:
        """Begin a turn by key, or end it."""
        self.request(TalkRequested(not self.line.phase.push_to_talk))

    def action_stop(self) -> None:
        """Stop what is being said or thought."""
        self.request(StopRequested())

    def action_interrupt(self) -> None:
        """Stop what is being said; twice within two seconds, quit."""
        if not self.quits_now():
            self.action_stop()
            self.line.caption = "Press Ctrl-C again to quit."
            self.line.refresh()
