"""The dashboard as a Textual app, and how it is run in a terminal."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on

from assistant.conversation.requests import PersonasReloaded, TypedTurn
from assistant.conversation.updates import (
    LevelsShown,
    NoticeShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    Update,
)
from assistant.dashboard import slash
from assistant.dashboard.actions import ActionApp
from assistant.dashboard.bridge import Prepared, UpdateArrived
from assistant.dashboard.commands import AssistantCommands, DeviceCommands
from assistant.dashboard.devices import Devices
from assistant.dashboard.keymap import remap
from assistant.dashboard.room import HUGE, NORMAL, WIDE
from assistant.dashboard.screens.dashboard import DashboardScreen
from assistant.dashboard.terminal import native_output_to, when_asked_to_stop
from assistant.dashboard.theming.theme import persona_theme
from assistant.dashboard.widgets.prompt import Prompt
from assistant.errors import AssistantError, EngineError
from assistant.severity import Severity

if TYPE_CHECKING:
    from textual.screen import Screen

    from assistant.dashboard.mini import MiniApp
    from assistant.dashboard.widgets.panels.voice_visualizer_panel import VoiceVisualizerPanel
    from assistant.dashboard.widgets.side import Side
    from assistant.personas.watch import PersonaWatch

LOOK_S = 1.0
"""How often persona files are looked at."""

log = logging.getLogger(__name__)


class DashboardApp(ActionApp):
    """Shows a conversation full-screen."""

    CSS_PATH = "app.tcss"
    TITLE = "Assistant"
    COMMANDS: ClassVar = {AssistantCommands, DeviceCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NORMAL, "-normal"), (WIDE, "-wide"), (HUGE, "-huge")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    _voice: VoiceVisualizerPanel

    # --- life -----------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the only screen beside its dialogs."""
        return DashboardScreen(self._clock)

    def begin(self, prepared: Prepared) -> None:
        """See ``FaceApp``."""
        self.settings, self.checks = prepared.settings, prepared.checks
        self.memory, self.exports = prepared.memory, prepared.exports
        self.devices = Devices(prepared.checks, prepared.settings, self.request)
        self.dashboard.add_panels(self.memory.now.panels, prepared.engine_log)
        self.use_look(prepared.look)
        self._wear(prepared.slug)
        self._use_keys(prepared)
        self.dashboard.voice.display = self.memory.now.dots
        if watch := prepared.watch:
            self.set_interval(LOOK_S, lambda: self._look_at_personas(watch))
        self.stop = when_asked_to_stop(self.action_suspend)
        self._voice = self.dashboard.voice
        self.app_resume_signal.subscribe(self, lambda _: self.resumed())
        if not self.memory.now.welcomed:
            self.action_welcome()

    def _use_keys(self, prepared: Prepared) -> None:
        self.actions, faults = remap(prepared.keys)
        self.set_keymap({action.id: action.key or f"unbound-{action.id}" for action in self.actions})
        self.dashboard.use_actions(self.actions)
        for fault in faults:
            self.tell(
                Severity.WARNING,
                f"{prepared.locate_key(fault.action_id)}: {fault.reason}.",
                "Until it is corrected that action keeps its usual key.",
            )

    def on_side_changed(self, event: Side.Changed) -> None:
        """Which panels are open is remembered."""
        self.memory.change(panels=event.panels)

    def ended(self, error: BaseException | None) -> None:
        """A conversation that fails is told about; what was said stays readable."""
        if not isinstance(error, AssistantError):
            log.error("the conversation stopped", exc_info=error)
            error = EngineError(
                "The conversation stopped unexpectedly.", "Start the program again; the log says why."
            )
        self._show(PhaseChanged(Phase.DOWN, microphone_open=False))
        self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))

    # --- what the session tells -----------------------------------------------------------------------

    def show_levels(self, levels: LevelsShown) -> None:
        """See ``FaceApp``."""
        self._voice.show_levels(levels)

    @on(UpdateArrived)
    def _update_arrived(self, event: UpdateArrived) -> None:
        self._show(event.update)

    def _show(self, update: Update) -> None:
        if isinstance(update, PersonaChanged):
            self._wear(update.slug)
        else:
            if isinstance(update, PhaseChanged):
                self._ring(update.phase)
            self.dashboard.show(update, self.find)

    def _ring(self, phase: Phase) -> None:
        """Where another window has the focus, the bell says that somebody speaks here."""
        speaks = phase is Phase.SPEAKING and self.dashboard.status.phase.phase is not Phase.SPEAKING
        if speaks and self.look.bell and not self.app_focus:
            self.bell()

    def _wear(self, slug: str) -> None:
        """Become this persona: theme and texts change between two paints, never over several.

        Nothing may be awaited between here and Textual's recolouring, which runs right after this handler.
        """
        persona = self.find(slug)
        if persona is None:
            return
        try:
            theme = persona_theme(persona)
        except AssistantError as error:
            self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))
            return
        self.dashboard.persona = persona
        self.put_on(self.chosen_theme or theme)

    async def _look_at_personas(self, watch: PersonaWatch) -> None:
        if self.personas is None or self.dashboard.persona is None:
            return
        current = self.dashboard.persona.slug
        library = await asyncio.to_thread(watch.poll, self.personas, current)
        if library is None:
            return
        known = {str(error) for error in self.personas.failed}
        self.personas = library
        self.request(PersonasReloaded(tuple(each.model_dump(mode="json") for each in library)))
        # As a message: a timer's own task may be followed by a paint before the new colours are there.
        self.post_update(PersonaChanged(current))
        if broken := [error for error in library.failed if str(error) not in known]:
            text = "\n".join(f"{error.file}:{error.line}: {error.reason}" for error in broken)
            self.notify(text, title="A persona stays as it was", severity="warning", timeout=10, markup=False)

    # --- what the user types --------------------------------------------------------------------------

    @on(Prompt.Entered)
    def _line_entered(self, event: Prompt.Entered) -> None:
        self.dashboard.chat.go_to_newest()
        match slash.read(event.text, self.actions):
            case slash.Unknown(message, remedy):
                self.tell(Severity.WARNING, message, remedy)
            case slash.Call(action, argument) if argument:
                getattr(self, f"action_{action.id}")(argument)
            case slash.Call(action):
                self.call_later(self.run_action, f"app.{action.id}")
            case None:
                self.request(TypedTurn(slash.words(event.text)))


def run_dashboard(
    prepare: Callable[[], Prepared], native_log: Path | None = None, *, mini: bool = False
) -> None:
    """Show the dashboard until the user quits; the terminal is restored before anything else ends.

    ``prepare`` is called once, after the first paint. ``native_log`` receives what native libraries write
    meanwhile. ``mini`` shows one line where the cursor is. Raises ``AssistantError``: what ``prepare``
    raised, or that there is no terminal, or that the dashboard itself failed.
    """
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise AssistantError("The dashboard needs a terminal.", "Run it in one, or use: assistant --plain")
    with native_output_to(native_log):
        app = _mini(prepare) if mini else DashboardApp(prepare)
        asyncio.run(_run(app, inline=mini))
    if app.failure is not None:
        raise app.failure
    if app.return_code:
        raise AssistantError(
            "The dashboard stopped unexpectedly.", f"Details are in {native_log or 'no log'}."
        )


def _mini(prepare: Callable[[], Prepared]) -> MiniApp:
    from assistant.dashboard.mini import MiniApp

    return MiniApp(prepare)


async def _run(app: DashboardApp | MiniApp, *, inline: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, app.exit)
    try:
        await app.run_async(inline=inline)
    finally:
        await app.close()
