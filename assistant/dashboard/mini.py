"""The mini mode: one line of meter and caption under the shell's prompt, and a few keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from assistant.conversation.requests import MicrophoneRequested, Request, StopRequested, TalkRequested
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
from assistant.dashboard.bridge import Conversation, Prepared, UpdateArrived
from assistant.dashboard.keymap import bindings
from assistant.dashboard.look import GLYPH_SETS, Look
from assistant.dashboard.status import microphone_text, phase_text
from assistant.dashboard.text import one_line
from assistant.dashboard.theming.theme import NEUTRAL, named_theme, persona_theme
from assistant.dashboard.widgets.dots import SILENCE_DB, dot_size
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from assistant.personas.load import Library

METER = 8
"""Cells of the meter: the newest moments of whoever is louder."""

_KEYS = ("microphone", "talk", "stop", "interrupt", "quit")


class MiniLine(Widget):
    """State, meter, and the newest words from either side; the end of a long text stays in sight."""

    DEFAULT_CSS = "MiniLine { height: 1; width: 100%; color: $foreground; background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self.phase = PhaseChanged(Phase.STARTING, microphone_open=False)
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
        state = f"{microphone_text(self.phase)}  {phase_text(self.phase)} "
        room = max(0, self.content_size.width - len(state) - METER - 2)
        caption = one_line(self.caption, 10_000)
        if len(caption) > room:
            caption = "…" + caption[len(caption) - room + 1 :]
        return Content.assemble((state, "bold $primary"), (meter, "$accent"), "  ", caption)


class MiniApp(App[None]):
    """Shows a conversation on one line. ``prepare`` and ``failure`` are as those of ``DashboardApp``."""

    CSS = "Screen { height: 1; } Screen:inline { height: 1; border: none; }"
    BINDINGS = [*bindings(everywhere=True, only=_KEYS), *bindings(everywhere=False, only=_KEYS)]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    QUIT_WITHIN_S = 2.0

    def __init__(self, prepare: Callable[[], Prepared], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._prepare = prepare
        self._clock = clock
        self._interrupted_at = float("-inf")
        self.failure: AssistantError | None = None
        self.conversation: Conversation | None = None
        self._personas: Library | None = None
        self.line = MiniLine()
        self.register_theme(NEUTRAL)
        self.theme = NEUTRAL.name

    def compose(self) -> ComposeResult:
        yield self.line

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """As in the dashboard."""
        return NEUTRAL.variables

    def on_mount(self) -> None:
        """Paint first, load then."""
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        try:
            prepared = self._prepare()
        except AssistantError as error:
            self.failure = error
            self.exit(return_code=1)
            return
        self.conversation, self._personas, self.line.look = (
            prepared.conversation,
            prepared.personas,
            prepared.look,
        )
        self._wear(prepared.slug)
        prepared.conversation.subscribe(self._post_update)
        self.run_worker(prepared.conversation.run(), name="conversation", exit_on_error=False)

    def _post_update(self, update: Update) -> None:
        self.post_message(UpdateArrived(update))

    async def close(self) -> None:
        """End the conversation, after the app has ended."""
        if self.conversation is not None:
            await self.conversation.close()

    @on(Worker.StateChanged)
    def _conversation_ended(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            unexpected = AssistantError("The conversation stopped unexpectedly.", "Start the program again.")
            self.failure = error if isinstance(error, AssistantError) else unexpected
            self.exit(return_code=1)

    @on(UpdateArrived)
    def _show(self, event: UpdateArrived) -> None:
        match event.update:
            case LevelsShown() as levels:
                self.line.hear(levels)
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
            case EngineShown(engine=engine):
                self.line.caption = self.line.caption or engine
            case _:
                return
        self.line.refresh()

    def _wear(self, slug: str) -> None:
        persona = self._personas.get(slug) if self._personas else None
        if persona is None:
            return
        theme = named_theme(self.line.look.theme) or persona_theme(persona)
        self.register_theme(theme)
        self.theme = theme.name

    def _name_of(self, slug: str) -> str:
        persona = self._personas.get(slug) if self._personas else None
        return persona.name if persona else slug

    def _request(self, request: Request) -> None:
        if self.conversation is not None:
            self.conversation.request(request)

    def action_microphone(self) -> None:
        """Close the microphone, or open it again."""
        self._request(MicrophoneRequested(not self.line.phase.microphone_open))

    def action_talk(self) -> None:
        """Begin a turn by key, or end it."""
        self._request(TalkRequested(not self.line.phase.push_to_talk))

    def action_stop(self) -> None:
        """Stop what is being said or thought."""
        self._request(StopRequested())

    def action_interrupt(self) -> None:
        """Stop what is being said; twice within two seconds, quit."""
        now = self._clock()
        if now - self._interrupted_at <= self.QUIT_WITHIN_S:
            self.exit()
            return
        self._interrupted_at = now
        self.action_stop()
        self.line.caption = "Press Ctrl-C again to quit."
        self.line.refresh()
