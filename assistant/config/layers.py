"""Reads the layers of settings and remembers which layer each value came from."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from assistant.config.locations import find_config_file
from assistant.config.settings import Settings
from assistant.config.toml_lines import find_line
from assistant.errors import ConfigError

PREFIX = "ASSISTANT_"
_ASIDE = "Correct it, or move it away: every setting has a default."


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force, where they came from, and sentences about what was ignored."""

    values: Settings
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    config_file: Path | None = None

    def origin(self, field: str) -> str:
        """Where a value came from: an option, a variable, a file, or "default"."""
        return self.origins.get(field, "default")

    def locate(self, field: str, key: str) -> str:
        """Where an entry of a table stands: ``FILE:LINE: table.key``, or the origin of the whole table."""
        if self.config_file is None or str(self.config_file) not in self.origin(field):
            return f"{self.origin(field)}: {key}"
        text = self.config_file.read_text(encoding="utf-8", errors="replace")
        return f"{self.config_file}:{find_line(text, (field, key))}: {field}.{key}"


@dataclass(frozen=True, slots=True)
class _Layer:
    values: Mapping[str, Any]
    origin: str
    """With ``{option}``, ``{variable}`` or ``{key}`` where the setting's name belongs."""

    def name(self, key: str) -> str:
        return self.origin.format(option="--" + key.replace("_", "-"), variable=PREFIX + key.upper(), key=key)


def load_settings(
    command_line: Mapping[str, Any] | None = None,
    config_file: Path | None = None,
    env_file: Path = Path(".env"),
) -> LoadedSettings:
    """Merge the layers. Options of the command line that are None were not given.

    Raises ``ConfigError`` naming the file, variable or option, the value and the remedy.
    """
    config_file = config_file or find_config_file()
    given = {key: value for key, value in (command_line or {}).items() if value is not None}
    in_file, warnings = _read_toml(config_file)
    layers = (
        _Layer(given, "{option}"),
        _Layer(EnvSettingsSource(Settings)(), "{variable}"),
        _Layer(_read_env_file(env_file), f"{{variable}} in {_escape(env_file)}"),
        _Layer(in_file, f"{{key}} in {_escape(config_file)}"),
    )
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        for key in layer.values.keys() - merged.keys():
            merged[key], origins[key] = layer.values[key], layer.name(key)
    return LoadedSettings(_validate(merged, origins), origins, warnings, config_file)


def _validate(merged: dict[str, Any], origins: Mapping[str, str]) -> Settings:
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        reason = first["msg"][0].lower() + first["msg"][1:]
        if len(first["loc"]) > 1:
            # Beside the wrong value of a table there may be a secret.
            wrong = f"{origins.get(key, key)}: {'.'.join(map(str, first['loc']))} cannot be used: {reason}."
        else:
            wrong = f"{origins.get(key, key)} is {merged.get(key)!r}, which cannot be used: {reason}."
        raise ConfigError(
            wrong,
            f"It should be {Settings.model_fields[key].description}.",
        ) from error


def _read_env_file(file: Path) -> dict[str, Any]:
    try:
        return _known(DotEnvSettingsSource(Settings, env_file=file)())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.absolute()} cannot be read: {error}.", _ASIDE) from error


def _read_toml(file: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}, ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}.", _ASIDE) from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error}.", _ASIDE) from error
    unknown = content.keys() - Settings.model_fields.keys()
    return _known(content), tuple(_about_unknown(key, file) for key in sorted(unknown))


def _about_unknown(key: str, file: Path) -> str:
    closest = difflib.get_close_matches(key, Settings.model_fields, n=1, cutoff=0.5)
    hint = f"Did you mean {closest[0]}?" if closest else f"Known are {', '.join(Settings.model_fields)}."
    return f"{key} in {file} is not a setting and was ignored. {hint}"


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in Settings.model_fields}


def _escape(path: Path) -> str:
    return str(path).replace("{", "{{").replace("}", "}}")
