"""Choose microphone and speaker, and see and hear at once whether they work."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.dashboard.devices import ROLES, SYSTEM, names_of
from assistant.dashboard.screens.dialog import Dialog
from assistant.dashboard.status import Status, device_text, microphone_text
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.meter import meter
from assistant.doctor.finding import Status as State

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from assistant.conversation.updates import LevelsShown
    from assistant.dashboard.actions import ActionApp
    from assistant.dashboard.devices import Devices, Role
    from assistant.doctor.finding import Finding

_LOOKING = Content.styled("looking for devices …", "$muted")


class DeviceChoice(Vertical):
    """One role: the device in use with its level, and those to choose from."""

    _use = query_one(".use", Static)
    _level = query_one(".level", Static)
    choice = query_one(OptionList)

    def __init__(self, role: Role) -> None:
        super().__init__(id=role)
        self.role = role

    def compose(self) -> ComposeResult:
        yield Static("", classes="use")
        yield Static("", classes="level")
        yield OptionList()

    def show_use(self, name: str) -> None:
        """The device that is open now."""
        self._use.update(Content.assemble((f"{self.role:<12}", "bold $text-accent"), one_line(name, 60)))

    def show_level(self, level: float) -> None:
        """Its level in dBFS."""
        if width := self._level.content_size.width:
            self._level.update(meter(level, width), layout=False)

    def show_closed(self, reason: str) -> None:
        """Why there is no level."""
        self._level.update(Content.styled(reason, "$muted"), layout=False)

    def offer(self, names: list[str], wanted: str) -> None:
        """Let one of ``names`` be chosen."""
        self.choice.set_options(
            Option(Content(one_line(name or SYSTEM, 60)), id=f"device-{place}")
            for place, name in enumerate(names)
        )
        self.choice.highlighted = names.index(wanted) if wanted in names else 0


class DevicesScreen(Dialog[None]):
    """Enter uses a device at once and stays, so that its meter can be watched; ``t`` plays a test sound.

    ``test`` plays it. Begins at ``role``.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "test", "Test sound", show=False)]
    OPENED_BY = "devices"
    DEFAULT_CSS = """
    DevicesScreen > .dialog { width: 76; }
    DevicesScreen DeviceChoice { height: auto; margin-bottom: 1; }
    DevicesScreen .use, DevicesScreen .level { width: 100%; height: 1; }
    DevicesScreen OptionList, DevicesScreen OptionList:focus {
        height: auto; max-height: 8; border: none; padding: 0; background: $surface;
        background-tint: $surface 0%; scrollbar-size-vertical: 1; scrollbar-color: $panel;
        scrollbar-background: $surface;
    }
    DevicesScreen OptionList > .option-list--option-highlighted { color: $foreground; background: $panel; }
    DevicesScreen OptionList:focus > .option-list--option-highlighted {
        color: $block-cursor-foreground; background: $block-cursor-background;
    }
    DevicesScreen #verdict { height: auto; }
    """

    _verdict = query_one("#verdict", Static)

    def __init__(self, devices: Devices, test: Callable[[], object], role: Role = "microphone") -> None:
        super().__init__()
        self._devices = devices
        self._test = test
        self._sides = {role: DeviceChoice(role) for role in ROLES}
        self._begin_at = role
        self._names: dict[Role, list[str]] = {}

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Devices"
            dialog.border_subtitle = "Enter uses it, T plays a test sound, Tab changes, Esc closes"
            yield from self._sides.values()
            yield Static(_LOOKING, id="verdict")

    def on_mount(self) -> None:
        """Show what there is as soon as it is found."""
        app: ActionApp = self.app  # type: ignore[assignment]
        self.watch(app.dashboard, "status", self._show_status)
        self.watch(app.dashboard.voice, "levels", self._show_levels)
        self._sides[self._begin_at].choice.focus()
        self._look()

    def _show_status(self, status: Status) -> None:
        engine = status.engine
        names = (engine.input_device, engine.output_device) if engine else ("", "")
        for side, name in zip(self._sides.values(), names, strict=True):
            side.show_use(device_text(name) if engine else "coming up …")
        if not status.phase.microphone_open:
            remedy = ": F3 opens it" if engine is None or engine.input_device else ""
            self._sides["microphone"].show_closed(f"{microphone_text(status.phase, engine)}{remedy}")

    def _show_levels(self, levels: LevelsShown) -> None:
        app: ActionApp = self.app  # type: ignore[assignment]
        self._sides["speaker"].show_level(levels.speaker)
        if app.dashboard.status.phase.microphone_open:
            self._sides["microphone"].show_level(levels.microphone)

    @work(exclusive=True, group="devices")
    async def _look(self) -> None:
        found = await self._devices.look()
        for role, side in self._sides.items():
            self._names[role] = names_of(found, role)
            side.offer(self._names[role], self._devices.wanted(role))
        self._verdict.update(_faults(found))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        side = event.option_list.parent
        assert isinstance(side, DeviceChoice)
        name = self._names[side.role][event.option_index]
        error = self._devices.use(side.role, name)
        if error:
            self._verdict.update(Content.styled(f"! used until the end only: {error}", "$text-warning"))
        else:
            self._verdict.update(Content.styled(f"✓ {side.role}: {name or SYSTEM}", "$text-success"))

    def action_test(self) -> None:
        """Hear the speaker."""
        self._test()


def _faults(found: tuple[Finding, ...]) -> Content:
    faults = [f"✗ {each.detail} {each.remedy}" for each in found if each.status is not State.OK]
    return Content.styled("\n".join(faults), "$text-error")
