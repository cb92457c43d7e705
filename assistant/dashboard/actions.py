"""What every action of the table does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.constants import TEXTUAL_ANIMATIONS
from textual.widget import Widget
from textual.widgets import Input

from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    RecordingRequested,
    SoundTestRequested,
    StopRequested,
    TalkRequested,
    VolumeRequested,
    WakeRequested,
)
from assistant.conversation.updates import NoticeShown, PhaseChanged
from assistant.dashboard.face import QUIT_WITHIN_S, FaceApp
from assistant.dashboard.keymap import ACTIONS, Action, bindings, nearest
from assistant.dashboard.look import Look
from assistant.dashboard.remembered import Memory
from assistant.dashboard.screens.dashboard import DashboardScreen
from assistant.dashboard.theming.theme import named_theme, persona_theme, theme_names
from assistant.errors import PersonaError
from assistant.severity import Severity

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.theme import Theme

    from assistant.config.editor import SettingRow, SettingsEditor
    from assistant.dashboard.bridge import Checks, Prepared
    from assistant.dashboard.devices import Devices


class ActionApp(FaceApp):
    """An app with a method for every action.

    Methods of actions that take an argument are given what stands behind their slash command.
    """

    BINDINGS = bindings(everywhere=True)

    def __init__(self, prepare: Callable[[], Prepared], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(prepare, clock)
        self.actions: tuple[Action, ...] = ACTIONS
        self.memory = Memory()
        self.exports = Path.cwd()
        self.look = Look()
        self.settings: SettingsEditor | None = None
        self.checks: Checks | None = None
        self.devices: Devices | None = None
        self._listened = False
        self.stop: Callable[[], object] | None = None
        """Leaves the terminal and stops the process, until it is continued."""

    @property
    def dashboard(self) -> DashboardScreen:
        """The main screen, whatever dialog lies over it."""
        return next(screen for screen in self.screen_stack if isinstance(screen, DashboardScreen))

    def tell(self, severity: Severity, message: str, remedy: str = "") -> None:
        """Put a notice of the dashboard's own into the conversation."""
        self.dashboard.show(NoticeShown(severity, message, remedy), self.find)

    @property
    def _phase(self) -> PhaseChanged:
        return self.dashboard.status.phase

    # --- voice ----------------------------------------------------------------------------------------

    def action_microphone(self) -> None:
        """Close the microphone, or open it again."""
        self.request(MicrophoneRequested(not self._phase.microphone_open))

    def action_talk(self) -> None:
        """Begin a turn by key, or end it."""
        self.request(TalkRequested(not self._phase.push_to_talk))

    def action_stop(self) -> None:
        """Stop what is being said or thought."""
        self.request(StopRequested())

    def action_devices(self) -> None:
        """Choose microphone and speaker."""
        self.choose_device()

    def choose_device(self, setting: str = "input_device", then: Callable[[], None] | None = None) -> bool:
        """Open the choice of the device that ``setting`` names; False where it names none.

        ``then`` is called when the choice is over.
        """
        from assistant.dashboard.devices import SETTINGS
        from assistant.dashboard.screens.devices import DevicesScreen

        if self.devices is None or setting not in SETTINGS:
            return False
        screen = DevicesScreen(self.devices, self.action_sound_test, SETTINGS[setting])
        self.push_screen(screen, lambda _: then and then())
        return True

    def action_sound_test(self) -> None:
        """Hear a sentence in the present voice."""
        self.request(SoundTestRequested())

    def action_wake(self) -> None:
        """Wake the assistant."""
        self.request(WakeRequested())

    def action_personas(self, name: str = "") -> None:
        """Choose who answers, from a list or by name."""
        from assistant.dashboard.screens.personas import PersonaScreen

        if name:
            self._ask_for(name)
            return
        current = self.dashboard.persona.slug if self.dashboard.persona else ""
        self.push_screen(
            PersonaScreen(self.personas or (), current, self._preview_persona), self._persona_chosen
        )

    def _persona_chosen(self, slug: str | None) -> None:
        self._dress()
        if slug:
            self.request(PersonaRequested(slug))

    def _preview_persona(self, slug: str) -> None:
        if (persona := self.find(slug)) and not self.chosen_theme:
            with suppress(PersonaError):
                self.put_on(persona_theme(persona))

    def _ask_for(self, name: str) -> None:
        from assistant.personas.names import closest, match

        if self.personas is None:
            return
        if found := match(name, self.personas):
            self.request(PersonaRequested(found.persona.slug))
            return
        near = " or ".join(each.name for each in closest(name, self.personas))
        self.tell(Severity.WARNING, f"There is no persona named {name!r}.", f"Did you mean {near}?")

    def action_recording(self) -> None:
        """Record the conversation, or end that."""
        self.request(RecordingRequested(not self.dashboard.status.is_recording))

    # --- view -----------------------------------------------------------------------------------------

    def action_voice_panel(self) -> None:
        """Show or hide the voice dots."""
        shown = self.dashboard.voice.display = not self.dashboard.voice.display
        self.memory.change(dots=shown)

    def action_persona_panel(self) -> None:
        """Show or hide the persona."""
        self.dashboard.toggle_panel("persona")

    def action_engine_panel(self) -> None:
        """Show or hide the engine and its parts."""
        self.dashboard.toggle_panel("engine")

    def action_latency_panel(self) -> None:
        """Show or hide the last turns by stage."""
        self.dashboard.toggle_panel("latency")

    def action_devices_panel(self) -> None:
        """Show or hide microphone and speaker."""
        self.dashboard.toggle_panel("devices")

    def action_tools_panel(self) -> None:
        """Show or hide the tool calls."""
        self.dashboard.toggle_panel("tools")

    def action_log_panel(self, words: str = "") -> None:
        """Show or hide the log; with words, show what holds them."""
        self.dashboard.toggle_log(words)

    def action_scroll_up(self) -> None:
        """Scroll back in the conversation."""
        self.dashboard.chat.scroll_page_up()

    def action_scroll_down(self) -> None:
        """Scroll forward in the conversation."""
        self.dashboard.chat.scroll_page_down()

    def action_newest(self) -> None:
        """Follow the conversation again."""
        self.dashboard.chat.go_to_newest()

    def action_search(self, words: str = "") -> None:
        """Find words in the conversation."""
        self.dashboard.open_search(words)

    def action_filter(self, name: str = "") -> None:
        """Show one persona's part of the conversation, by default the present one's; or everything again."""
        from assistant.personas.names import match

        chat, persona = self.dashboard.chat, self.dashboard.persona
        found = match(name, self.personas) if name and self.personas else None
        wanted = found.persona if found else None if name or chat.is_filtered else persona
        if name and not found:
            self.tell(Severity.WARNING, f"There is no persona named {name!r}.", "F2 shows who there is.")
            return
        chat.only(wanted.slug if wanted else "")
        self.notify(
            f"Only {wanted.name} is shown." if wanted else "Everything is shown.", timeout=2, markup=False
        )

    def action_copy(self) -> None:
        """Copy the last answer."""
        if answer := self.dashboard.chat.transcript.last_answer():
            self.copy_to_clipboard(answer)
        self.notify("Copied." if answer else "There is no answer yet.", timeout=2, markup=False)

    def action_export(self, file: str = "") -> None:
        """Write the conversation to a markdown file."""
        from assistant.dashboard.export import export

        try:
            written = export(self.dashboard.chat.transcript, self.exports, file)
        except OSError as error:
            self.tell(Severity.ERROR, f"The conversation was not written: {error}.", "Name another file.")
            return
        self.tell(Severity.INFO, f"The conversation is in {written}.")

    def action_earlier_line(self) -> None:
        """Bring back what was said before."""
        self.dashboard.prompt.earlier()

    def action_later_line(self) -> None:
        """Go on to what was said after it."""
        self.dashboard.prompt.later()

    def action_settings(self) -> None:
        """See and change every setting."""
        from assistant.dashboard.screens.settings import SettingsScreen

        if self.settings is not None:
            self.push_screen(SettingsScreen(self.settings, self._setting_saved, self.choose_device))

    def _setting_saved(self, row: SettingRow) -> None:
        """What can change while it runs does so at once."""
        assert self.settings is not None
        values = self.settings.values
        match row.name:
            case "volume":
                self.request(VolumeRequested(values.volume))
            case "input_device" | "output_device" if self.devices:
                self.devices.follow_settings()
            case "theme" | "glyphs" | "motion" | "bell":
                self.use_look(Look(values.theme, values.glyphs, values.motion, values.bell))
                self._dress()
            case _:
                self.notify(f"{row.name} counts from the next start on.", timeout=4, markup=False)

    def action_welcome(self) -> None:
        """What was found, and a sound check."""
        from assistant.dashboard.screens.welcome import WelcomeScreen

        if self.checks is not None:
            screen = WelcomeScreen(self.checks, self._hush)
            self.push_screen(screen, lambda _: self.memory.change(welcomed=True))

    def _hush(self, is_quiet: bool) -> None:
        """Neither speak nor listen, so that a check of the sound has it for itself; then as before."""
        if is_quiet:
            self._listened = self._listened or self._phase.microphone_open
            self.request(StopRequested())
            self.request(MicrophoneRequested(False))
        elif self._listened:
            self._listened = False
            self.request(MicrophoneRequested(True))

    # --- colours --------------------------------------------------------------------------------------

    def put_on(self, theme: Theme) -> None:
        """Wear ``theme``, also where one of this name with other colours is worn."""
        self.register_theme(theme)
        if self.theme == theme.name:
            self.mutate_reactive(App.theme)
        else:
            self.theme = theme.name

    def use_look(self, look: Look) -> None:
        """Look like this from now on."""
        redrawn = self.look.glyphs != look.glyphs
        self.look = self.dashboard.voice.look = look
        if redrawn:
            for widget in self.dashboard.walk_children(Widget, with_self=True):
                widget.refresh()
        self.animation_level = TEXTUAL_ANIMATIONS if look.motion else "none"

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Also what keeps to ASCII, where the settings ask for it."""
        filters = super().get_line_filters()
        if self.look.glyphs != "ascii":
            return filters
        from assistant.dashboard.theming.ascii import ASCII

        return [*filters, ASCII]

    @property
    def chosen_theme(self) -> Theme | None:
        """The theme that is worn by all personas, if any: the one picked here, else that of the settings."""
        return named_theme(self.memory.now.theme or self.look.theme)

    def _dress(self) -> None:
        """Wear what holds: the chosen theme, or the persona's own."""
        if theme := self.chosen_theme:
            self.put_on(theme)
        elif persona := self.dashboard.persona:
            with suppress(PersonaError):
                self.put_on(persona_theme(persona))

    def action_theme(self, name: str = "") -> None:
        """Choose the colours, from a list or by name."""
        from assistant.dashboard.screens.themes import OWN, ThemeScreen

        if name:
            self._choose_theme(name)
        else:
            worn = self.chosen_theme.name if self.chosen_theme else OWN
            self.push_screen(ThemeScreen(worn, self._preview_theme), self._choose_theme)

    def _choose_theme(self, name: str | None) -> None:
        from assistant.dashboard.screens.themes import OWN

        if name == OWN:
            self.memory.change(theme=OWN if self.look.theme else "")
        elif name and named_theme(name):
            self.memory.change(theme=name)
        elif name:
            near = nearest(name, (OWN, *theme_names())) or OWN
            self.tell(Severity.WARNING, f"There are no colours named {name!r}.", f"Did you mean {near}?")
        self._dress()

    def _preview_theme(self, name: str) -> None:
        if theme := named_theme(name):
            self.put_on(theme)
        elif persona := self.dashboard.persona:
            with suppress(PersonaError):
                self.put_on(persona_theme(persona))

    # --- program --------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show every key."""
        from assistant.dashboard.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.actions))

    def action_suspend(self) -> None:
        """Leave for the shell, where ``fg`` comes back; meanwhile nobody speaks or listens."""
        self._hush(True)
        if self.stop is not None:
            self.stop()

    def resumed(self) -> None:
        """Back from the shell."""
        self._hush(False)

    def action_interrupt(self) -> None:
        """Copy what is selected; else stop what is being said; twice within two seconds, quit."""
        line = self.focused.selected_text if isinstance(self.focused, Input) else ""
        if selection := self.screen.get_selected_text() or line:
            self.copy_to_clipboard(selection)
            self.screen.clear_selection()
            self.notify("Copied.", timeout=2, markup=False)
            return
        if self.quits_now():
            return
        self.request(StopRequested())
        self.notify("Press Ctrl-C again to quit.", timeout=QUIT_WITHIN_S, markup=False)
