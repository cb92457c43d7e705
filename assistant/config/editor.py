"""The settings as rows to look at and to change; changes go into the user's settings file, line by line."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from assistant.config.layers import load_settings
from assistant.config.locations import find_config_file
from assistant.config.settings import Settings
from assistant.config.toml_lines import find_line
from assistant.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: its value as it is written in TOML (empty for none), where that came from, what it is."""

    name: str
    value: str
    origin: str
    meaning: str
    choices: tuple[str, ...] = ()
    is_text: bool = False
    """Whether the value is written without quotes where it is edited."""


class SettingsEditor:
    """The settings in force under the options of the command line."""

    def __init__(self, options: Mapping[str, Any], file: Path | None = None) -> None:
        self._options = options
        self.file = file or find_config_file()
        self._loaded = load_settings(options, self.file)

    @property
    def values(self) -> Settings:
        """The settings in force."""
        return self._loaded.values

    def rows(self) -> list[SettingRow]:
        """All settings in the order of the schema."""
        return [self._row(name, info) for name, info in Settings.model_fields.items()]

    def check(self, name: str, text: str) -> str:
        """What is wrong with ``text`` as the value of this setting; empty when nothing is."""
        try:
            self._parse(name, text)
        except ConfigError as error:
            return error.message
        return ""

    def save(self, name: str, text: str) -> SettingRow:
        """Write the value into the settings file, take it out where ``text`` is empty, and read all anew.

        The result tells what holds now, which a variable or an option may still decide. Raises
        ``ConfigError`` when the value cannot be used or the file cannot be written.
        """
        value = self._parse(name, text) if text.strip() else None
        try:
            before = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
            after = with_value(before, name, value)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            spare = self.file.with_suffix(".part")
            spare.write_text(after, encoding="utf-8")
            os.replace(spare, self.file)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{self.file} cannot be changed: {error}.", "Correct it by hand.") from error
        self._loaded = load_settings(self._options, self.file)
        return self._row(name, Settings.model_fields[name])

    def _row(self, name: str, info: FieldInfo) -> SettingRow:
        value = getattr(self.values, name)
        if isinstance(value, SecretStr) or name == "mcp":
            # Secrets are neither shown nor put where an Enter would write their mask back.
            value = ""
        return SettingRow(
            name,
            literal(value) if value not in (None, "") else "",
            self._loaded.origin(name),
            str(info.description),
            tuple(map(str, get_args(info.annotation))) if get_origin(info.annotation) is Literal else (),
            isinstance(value, str | Path) or value is None,
        )

    def _parse(self, name: str, text: str) -> Any:
        text = text.strip()
        row = self._row(name, Settings.model_fields[name])
        try:
            value: Any = text.strip("\"'") if row.is_text else tomllib.loads(f"value = {text}")["value"]
            Settings(**{name: value})
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"It should be {row.meaning}.", "Write it as in TOML.") from error
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            raise ConfigError(f"{reason}. It should be {row.meaning}.", "Change it.") from error
        return value


def literal(value: object) -> str:
    """``value`` as it is written in TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            inner = ", ".join(f"{json.dumps(key)} = {literal(each)}" for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
    # A JSON string is a TOML string, too, but for the one control character that JSON leaves alone.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def with_value(text: str, name: str, value: object) -> str:
    """The TOML ``text`` with another value of a key at its top; None takes it out. Comments stay.

    Raises ``tomllib.TOMLDecodeError`` where that does not come out right: a value over several lines or a
    table is the user's to change.
    """
    wanted = tomllib.loads(text)
    lines = text.removesuffix("\n").split("\n") if text else []
    place = find_line(text, (name,)) - 1 if name in wanted else None
    line = [] if value is None else [f"{name} = {literal(value)}"]
    if place is not None:
        lines[place : place + 1] = line
    else:
        first_table = next((at for at, each in enumerate(lines) if each.lstrip().startswith("[")), len(lines))
        lines[first_table:first_table] = line
    after = "\n".join(lines) + "\n" if lines else ""
    wanted.pop(name, None)
    if value is not None:
        wanted[name] = tomllib.loads(f"value = {literal(value)}")["value"]
    if tomllib.loads(after) != wanted:
        raise tomllib.TOMLDecodeError(f"{name} cannot be changed in one line")
    return after
