"""The dashboard as a Textual app, and how it is run in a terminal."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    Request,
    StopRequested,
    TalkRequested,
    TypedTurn,
    WakeRequested,
)
from assistant.conversation.updates import NoticeShown, PersonaChanged, Phase, PhaseChanged, Update
from assistant.dashboard.bridge import Conversation, Personas, Prepared, UpdateArrived
from assistant.dashboard.commands import AssistantCommands
from assistant.dashboard.keymap import bindings
from assistant.dashboard.screens.dashboard import DashboardScreen
from assistant.dashboard.terminal import native_output_to
from assistant.dashboard.theming.theme import NEUTRAL, persona_theme
from assistant.dashboard.widgets.prompt import Prompt
from assistant.errors import AssistantError, EngineError
from assistant.severity import Severity

if TYPE_CHECKING:
    from textual.screen import Screen

    from assistant.personas.model import Persona

log = logging.getLogger(__name__)

QUIT_WITHIN_S = 2.0
"""How long after a Ctrl-C a second one quits."""


class DashboardApp(App[None]):
    """Shows a conversation full-screen.

    ``prepare`` loads the conversation and the personas; it is called after the first paint. An
    ``AssistantError`` of it ends the app and is kept as ``failure``. ``clock`` gives monotonic seconds.
    """

    CSS_PATH = "app.tcss"
    TITLE = "Assistant"
    BINDINGS = bindings(everywhere=True)
    COMMANDS: ClassVar = {AssistantCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-normal"), (104, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, prepare: Callable[[], Prepared], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._prepare = prepare
        self._clock = clock
        self._interrupted_at = float("-inf")
        self._conversation: Conversation | None = None
        self.personas: Personas | None = None
        self.failure: AssistantError | None = None
        self.register_theme(NEUTRAL)
        self.theme = NEUTRAL.name

    # --- life -----------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the only screen beside its dialogs."""
        return DashboardScreen(self._clock)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, which the stylesheet needs under every theme."""
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
        self._conversation, self.personas = prepared.conversation, prepared.personas
        self._wear(prepared.slug)
        prepared.conversation.subscribe(self._post_update)
        self.run_worker(
            prepared.conversation.run(), name="conversation", group="conversation", exit_on_error=False
        )

    def _post_update(self, update: Update) -> None:
        self.post_message(UpdateArrived(update))

    async def close(self) -> None:
        """End the conversation; after the app has ended and the terminal is the user's again."""
        if self._conversation is not None:
            await self._conversation.close()

    @on(Worker.StateChanged)
    def _conversation_ended(self, event: Worker.StateChanged) -> None:
        """A conversation that fails is told about; what was said stays readable."""
        if event.worker.name != "conversation" or event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        if not isinstance(error, AssistantError):
            log.error("the conversation stopped", exc_info=error)
            error = EngineError(
                "The conversation stopped unexpectedly.", "Start the program again; the log says why."
            )
        self._show(PhaseChanged(Phase.DOWN, microphone_open=False))
        self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))

    # --- what the session tells -----------------------------------------------------------------------

    @property
    def dashboard(self) -> DashboardScreen:
        """The main screen, whatever dialog lies over it."""
        return next(screen for screen in self.screen_stack if isinstance(screen, DashboardScreen))

    @on(UpdateArrived)
    def _update_arrived(self, event: UpdateArrived) -> None:
        self._show(event.update)

    def _show(self, update: Update) -> None:
        if isinstance(update, PersonaChanged):
            self._wear(update.slug)
        else:
            self.dashboard.show(update, self._find)

    def _find(self, slug: str) -> Persona | None:
        return self.personas.get(slug) if self.personas else None

    def _wear(self, slug: str) -> None:
        """Become this persona: theme and texts change between two paints, never over several.

        Nothing may be awaited between here and Textual's recolouring, which runs right after this handler.
        """
        persona = self._find(slug)
        if persona is None:
            return
        try:
            theme = persona_theme(persona)
        except AssistantError as error:
            self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))
            return
        self.dashboard.persona = persona
        self.register_theme(theme)
        if self.theme == theme.name:
            self.mutate_reactive(App.theme)
        else:
            self.theme = theme.name

    # --- what the user asks for -----------------------------------------------------------------------

    def request(self, request: Request) -> None:
        """Pass on what the user wants; nothing happens before the conversation is there."""
        if self._conversation is not None:
            self._conversation.request(request)

    @property
    def _phase(self) -> PhaseChanged:
        return self.dashboard.status.phase

    @on(Prompt.Entered)
    def _line_entered(self, event: Prompt.Entered) -> None:
        self.dashboard.chat.go_to_newest()
        self.request(TypedTurn(event.text))

    def action_microphone(self) -> None:
        """Close the microphone, or open it again."""
        self.request(MicrophoneRequested(not self._phase.microphone_open))

    def action_talk(self) -> None:
        """Begin a turn by key, or end it."""
        self.request(TalkRequested(not self._phase.push_to_talk))

    def action_stop(self) -> None:
        """Stop what is being said or thought."""
        self.request(StopRequested())

    def action_wake(self) -> None:
        """Wake the assistant."""
        self.request(WakeRequested())

    def action_personas(self) -> None:
        """Choose who answers."""
        from assistant.dashboard.screens.personas import PersonaScreen

        current = self.dashboard.persona.slug if self.dashboard.persona else ""
        self.push_screen(PersonaScreen(self.personas or (), current), self._persona_chosen)

    def _persona_chosen(self, slug: str | None) -> None:
        if slug:
            self.request(PersonaRequested(slug))

    def action_voice_panel(self) -> None:
        """Show or hide the voice dots."""
        self.dashboard.voice.display = not self.dashboard.voice.display

    def action_persona_panel(self) -> None:
        """Show or hide the persona."""
        self.dashboard.toggle_side(self.dashboard.persona_panel)

    def action_details_panel(self) -> None:
        """Show or hide the details."""
        self.dashboard.toggle_side(self.dashboard.details)

    def action_scroll_up(self) -> None:
        """Scroll back in the conversation."""
        self.dashboard.chat.scroll_page_up()

    def action_scroll_down(self) -> None:
        """Scroll forward in the conversation."""
        self.dashboard.chat.scroll_page_down()

    def action_newest(self) -> None:
        """Follow the conversation again."""
        self.dashboard.chat.go_to_newest()

    def action_help(self) -> None:
        """Show every key."""
        from assistant.dashboard.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_interrupt(self) -> None:
        """Copy what is selected; else stop what is being said; twice within two seconds, quit."""
        line = self.focused.selected_text if isinstance(self.focused, Input) else ""
        if selection := self.screen.get_selected_text() or line:
            self.copy_to_clipboard(selection)
            self.screen.clear_selection()
            self.notify("Copied.", timeout=2, markup=False)
            return
        now = self._clock()
        if now - self._interrupted_at <= QUIT_WITHIN_S:
            self.exit()
            return
        self._interrupted_at = now
        self.request(StopRequested())
        self.notify("Press Ctrl-C again to quit.", timeout=QUIT_WITHIN_S, markup=False)


def run_dashboard(prepare: Callable[[], Prepared], native_log: Path | None = None) -> None:
    """Show the dashboard until the user quits; the terminal is restored before anything else ends.

    ``prepare`` is called once, after the first paint. ``native_log`` receives what native libraries write
    meanwhile. Raises ``AssistantError``: what ``prepare`` raised, or that there is no terminal, or that the
    dashboard itself failed.
    """
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise AssistantError("The dashboard needs a terminal.", "Run it in one, or use: assistant talk")
    with native_output_to(native_log):
        app = DashboardApp(prepare)
        asyncio.run(_run(app))
    if app.failure is not None:
        raise app.failure
    if app.return_code:
        raise AssistantError(
            "The dashboard stopped unexpectedly.", f"Details are in {native_log or 'no log'}."
        )


async def _run(app: DashboardApp) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, app.exit)
    try:
        await app.run_async()
    finally:
        await app.close()
