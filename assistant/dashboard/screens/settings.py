"""Every setting: its value, where that came from, what it means; a new one is checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.dashboard.screens.dialog import Dialog
from assistant.dashboard.text import one_line
from assistant.errors import ConfigError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from assistant.config.editor import SettingRow, SettingsEditor

_NAME = 20
_VALUE = 26


class SettingsScreen(Dialog[None]):
    """Choose a setting, type its value, Enter writes it; an empty value goes back to the default.

    ``saved`` is called with the row of a setting that has been written. ``choose`` opens another way to
    change a setting and calls back after it; False where there is none.
    """

    OPENED_BY = "settings"
    DEFAULT_CSS = """
    SettingsScreen > .dialog { width: 92; }
    SettingsScreen OptionList, SettingsScreen OptionList:focus {
        height: auto; max-height: 16; border: none; padding: 0; background: $surface;
        background-tint: $surface 0%; scrollbar-size-vertical: 1; scrollbar-color: $panel;
        scrollbar-background: $surface;
    }
    SettingsScreen Input, SettingsScreen Input:focus {
        border: none; height: 1; padding: 0 1; margin-top: 1; background: $panel;
        background-tint: $panel 0%;
    }
    SettingsScreen #meaning { margin-top: 1; color: $muted; }
    SettingsScreen #verdict { height: 2; }
    """

    _list = query_one(OptionList)
    _value = query_one(Input)
    _meaning = query_one("#meaning", Static)
    _verdict = query_one("#verdict", Static)

    def __init__(
        self,
        editor: SettingsEditor,
        saved: Callable[[SettingRow], None],
        choose: Callable[[str, Callable[[], None]], bool],
    ) -> None:
        super().__init__()
        self._choose = choose
        self._editor = editor
        self._saved = saved
        self._rows = {row.name: row for row in editor.rows()}
        self._row = next(iter(self._rows.values()))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Settings"
            dialog.border_subtitle = "Tab changes between list and value, Enter writes, Esc closes"
            yield OptionList(*(Option(_line(row), id=row.name) for row in self._rows.values()))
            yield Static("", id="meaning")
            yield Input(select_on_focus=False)
            yield Static("", id="verdict")

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        self._show_row(str(event.option_id))

    def _show_row(self, name: str) -> None:
        self._row = self._rows[name]
        choices = f"\nOne of: {', '.join(self._row.choices)}." if self._row.choices else ""
        self._meaning.update(
            Content(f"{self._row.name} is {self._row.meaning}.{choices}\nNow from: {self._row.origin}.")
        )
        value = self._row.value.strip('"') if self._row.is_text else self._row.value
        with self._value.prevent(Input.Changed):
            self._value.value = value
        self._verdict.update("")

    @on(OptionList.OptionSelected)
    def _edit(self, event: OptionList.OptionSelected) -> None:
        if not self._choose(self._row.name, self._renew):
            self._value.focus()

    def _renew(self) -> None:
        """Another screen may have written this setting."""
        self._rows = {row.name: row for row in self._editor.rows()}
        for row in self._rows.values():
            self._list.replace_option_prompt(row.name, _line(row))
        self._show_row(self._row.name)

    @on(Input.Changed)
    def _check(self, event: Input.Changed) -> None:
        text = event.value.strip()
        if wrong := self._editor.check(self._row.name, text) if text else "":
            self._verdict.update(Content.styled(f"✗ {wrong}", "$text-error"))
        else:
            what = "Enter writes it" if text else "Enter goes back to the default"
            self._verdict.update(Content.styled(f"✓ {what}", "$text-success"))

    @on(Input.Submitted)
    def _save(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            row = self._editor.save(self._row.name, event.value)
        except ConfigError as error:
            self._verdict.update(Content.styled(f"✗ {error}", "$text-error"))
            return
        self._rows[row.name] = self._row = row
        self._list.replace_option_prompt(row.name, _line(row))
        self._saved(row)
        self._verdict.update(Content.styled(f"✓ written to {self._editor.file}", "$text-success"))
        self._list.focus()


def _line(row: SettingRow) -> Content:
    return Content.assemble(
        f"{row.name:<{_NAME}}",
        (f"{one_line(row.value, _VALUE - 2) or '–':<{_VALUE}}", "bold"),
        (one_line(row.origin, 34), "dim"),
    )
