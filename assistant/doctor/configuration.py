"""The settings: whether they can be read, and what was set where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.config.layers import LoadedSettings, load_settings
from assistant.config.settings import Settings
from assistant.doctor.finding import Finding, Status
from assistant.errors import ConfigError

AREA = "settings"


def check_settings(
    command_line: Mapping[str, Any] | None = None, config_file: Path | None = None
) -> tuple[Settings, list[Finding]]:
    """The settings in force, the defaults where they cannot be read, and what is to be said about them."""
    try:
        loaded = load_settings(command_line, config_file)
    except ConfigError as error:
        return Settings(), [Finding(AREA, Status.PROBLEM, "values", error.message, error.remedy)]
    return loaded.values, [_summary(loaded), *(_ignored(warning) for warning in loaded.warnings)]


def _summary(loaded: LoadedSettings) -> Finding:
    given = [f"{key} = {getattr(loaded.values, key)} ({loaded.origin(key)})" for key in loaded.origins]
    return Finding(AREA, Status.OK, "values", "; ".join(sorted(given)) or "all at their defaults")


def _ignored(warning: str) -> Finding:
    detail, _, hint = warning.partition(" and was ignored. ")
    return Finding(AREA, Status.WARNING, "ignored", f"{detail}.", hint)
