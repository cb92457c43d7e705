"""Which microphones and speakers there are, and which are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from assistant.conversation.requests import DevicesRequested
from assistant.doctor.finding import Status
from assistant.errors import ConfigError

if TYPE_CHECKING:
    from assistant.config.editor import SettingsEditor
    from assistant.conversation.requests import Request
    from assistant.dashboard.bridge import Checks
    from assistant.doctor.finding import Finding

Role = Literal["microphone", "speaker"]

ROLES: tuple[Role, Role] = ("microphone", "speaker")

SETTINGS: Mapping[str, Role] = {"input_device": "microphone", "output_device": "speaker"}
"""The role of the device that a setting names."""

SYSTEM = "the system's default"
"""How the empty name is shown."""


class Devices:
    """The choice of devices: taken at once, and written into the settings for the next start."""

    def __init__(
        self, checks: Checks | None, settings: SettingsEditor | None, request: Callable[[Request], None]
    ) -> None:
        self._checks = checks
        self._settings = settings
        self._request = request
        self._wanted: dict[str, str] = {}
        self._read_settings()

    def wanted(self, role: Role) -> str:
        """The name of the wanted device; empty follows the system's default."""
        return self._wanted.get(role, "")

    def follow_settings(self) -> None:
        """Change to what the settings say."""
        self._read_settings()
        self._ask()

    def _read_settings(self) -> None:
        if self._settings:
            values = self._settings.values
            self._wanted = {"microphone": values.input_device, "speaker": values.output_device}

    def _ask(self) -> None:
        self._request(DevicesRequested(self.wanted("microphone"), self.wanted("speaker")))

    def use(self, role: Role, name: str) -> ConfigError | None:
        """Change to this device; the error tells why it counts for this conversation only."""
        error = self._save(role, name)
        self._wanted[role] = name
        self._ask()
        return error

    def _save(self, role: Role, name: str) -> ConfigError | None:
        if self._settings is None:
            return None
        setting = next(setting for setting, of in SETTINGS.items() if of == role)
        try:
            self._settings.save(setting, name)
        except ConfigError as error:
            return error
        return None

    async def look(self) -> tuple[Finding, ...]:
        """Every device there is now, and what kept it from being looked for; takes half a second."""
        if self._checks is None:
            return ()
        checks = self._checks
        return await asyncio.to_thread(lambda: tuple(checks.devices()))


def names_of(found: tuple[Finding, ...], role: Role) -> list[str]:
    """The names of this role's devices, the system's default (an empty name) first."""
    return ["", *(each.detail for each in found if each.name == role and each.status is Status.OK)]
