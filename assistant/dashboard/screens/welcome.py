"""The first run: what was found, what is used and why, what would be better, and a sound check."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from assistant.dashboard.screens.dialog import Dialog
from assistant.dashboard.status import Status, device_text
from assistant.dashboard.text import clean
from assistant.doctor.finding import MARKS, Finding
from assistant.doctor.finding import Status as State

if TYPE_CHECKING:
    from textual.app import App, ComposeResult

    from assistant.dashboard.actions import ActionApp
    from assistant.dashboard.bridge import Checks

_COLOURS = {State.OK: "$text-success", State.WARNING: "$text-warning", State.PROBLEM: "$text-error"}
_INDENT = " " * 17
_LOOKING = Content.styled("looking around …", "$muted")
_OFFER = Content.styled("Enter plays five seconds of soft tones and measures the echo.", "$muted")
_SILENT = Content.styled(
    "The sound check needs a microphone and a speaker; without them you type and read.", "$muted"
)
_CHECKS, _BEGINS = "Enter checks the sound, Esc begins", "Enter or Esc begins"
_PLAYING = Content.styled("playing; please be quiet for a moment …", "$muted")


class WelcomeScreen(Dialog[None]):
    """Lists findings as they come; Enter makes the sound check, then closes; Escape closes at any time.

    ``hush`` is called with True before the check makes sound, so that the conversation neither speaks nor
    listens meanwhile, and with False after it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "check", "Sound check", show=False)]
    OPENED_BY = "welcome"
    DEFAULT_CSS = """
    WelcomeScreen > .dialog { width: 84; }
    WelcomeScreen Static { height: auto; margin-bottom: 1; }
    """

    _devices = query_one("#devices", Static)
    _found = query_one("#found", Static)
    _sound = query_one("#sound", Static)

    def __init__(self, checks: Checks, hush: Callable[[bool], object]) -> None:
        super().__init__()
        self._checks = checks
        self._hush = hush
        self._findings: list[Finding] = []
        self._heard: list[Finding] = []
        self._is_checking = self._is_checked = False
        self._has_sound = True

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Welcome"
            dialog.border_subtitle = _CHECKS
            yield Static("", id="devices")
            yield Static(_LOOKING, id="found")
            yield Static(_OFFER, id="sound")

    def on_mount(self) -> None:
        """Look around at once; nobody has to wait for it."""
        app: ActionApp = self.app  # type: ignore[assignment]
        self.watch(app.dashboard, "status", self._show_devices)
        self._look_around()

    def _show_devices(self, status: Status) -> None:
        engine = status.engine
        if engine is None:
            self._devices.update(_line(State.OK, "sound", "coming up …"))
            return
        lines = [
            _line(State.OK if name else State.WARNING, role, device_text(name))
            for role, name in (("microphone", engine.input_device), ("speaker", engine.output_device))
        ]
        self._devices.update(Content("\n").join(lines))
        self._has_sound = bool(engine.input_device and engine.output_device)
        if not self._is_checking and not self._heard:
            self._sound.update(_OFFER if self._has_sound else _SILENT)
            self.query_one(".dialog").border_subtitle = _CHECKS if self._has_sound else _BEGINS

    @work(thread=True, exclusive=True, group="welcome")
    def _look_around(self) -> None:
        for finding in self._checks.found():
            self.app.call_from_thread(self._add, finding)

    def _add(self, finding: Finding) -> None:
        self._findings.append(finding)
        if self.is_attached:
            self._write()

    def on_resize(self) -> None:
        """Lines are broken for the width there is."""
        self._write()

    def _write(self) -> None:
        width = self.query_one(".dialog").content_size.width
        for place, findings in ((self._found, self._findings), (self._sound, self._heard)):
            if findings:
                place.update(findings_content(findings, width))

    def action_check(self) -> None:
        """Make the sound check; once it is made, close."""
        if self._is_checked or not self._has_sound:
            self.dismiss(None)
        elif not self._is_checking:
            self._is_checking = True
            self._hush(True)
            self._sound.update(_PLAYING)
            app = self.app
            # The app's, as it gives the microphone back even where this screen is gone by then.
            app.run_worker(lambda: self._check_sound(app), thread=True, group="sound-check")

    def _check_sound(self, app: App[object]) -> None:
        heard = list(self._checks.sound())
        app.call_from_thread(self._checked, heard)

    def _checked(self, heard: list[Finding]) -> None:
        self._hush(False)
        self._is_checking, self._is_checked = False, True
        if self.is_attached:
            self._heard = heard
            self._write()
            self.query_one(".dialog").border_subtitle = _BEGINS


def findings_content(findings: Iterable[Finding], width: int) -> Content:
    """Every finding on lines of ``width`` cells; below it what would be better."""
    lines = []
    for finding in findings:
        lines.append(_line(finding.status, finding.name, finding.detail, width))
        if finding.remedy:
            lines.append(Content.styled(_hanging(f"→ {finding.remedy}", width), "$muted"))
    return Content("\n").join(lines)


def _line(state: State, name: str, detail: str, width: int = 200) -> Content:
    label = f"{clean(name):<{len(_INDENT) - 2}}"
    return Content.assemble(
        (f"{MARKS[state]} ", _COLOURS[state]), (label, "bold"), _hanging(detail, width).removeprefix(_INDENT)
    )


def _hanging(text: str, width: int) -> str:
    return textwrap.fill(clean(text), max(30, width), initial_indent=_INDENT, subsequent_indent=_INDENT)
