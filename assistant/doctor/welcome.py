"""What the dashboard looks at: the quick part of the checks, the sound, and the devices."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from assistant.config.layers import load_settings
from assistant.doctor.finding import Finding
from assistant.doctor.probe import probe
from assistant.doctor.terminal import TerminalView, check_terminal


class WelcomeChecks:
    """For a program that has the terminal: nothing is written, and nothing of the checks stays in memory.

    ``options`` are those of the command line.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = {name: value for name, value in options.items() if value is not None}

    def found(self) -> Iterator[Finding]:
        """Speech parts, who writes the replies, and what the terminal can show."""
        yield from probe("parts", {name: _plain(value) for name, value in self._options.items()})
        size = shutil.get_terminal_size()
        encoding = sys.__stdout__.encoding if sys.__stdout__ else ""
        yield from check_terminal(TerminalView(True, size.columns, size.lines, encoding, dict(os.environ)))

    def devices(self) -> Iterator[Finding]:
        """Every microphone and speaker, by name; looked at afresh each time."""
        return probe("devices", {})

    def sound(self) -> Iterator[Finding]:
        """Microphone, speaker and echo; plays five seconds."""
        values = load_settings(self._options).values
        devices = {"input_name": values.input_device, "output_name": values.output_device}
        return probe("sound", {**devices, "with_sound": True})


def check_engines(options: dict[str, Any]) -> Iterator[Finding]:
    """The speech parts and who writes the replies, with what would be better; loads neither."""
    from assistant.config.locations import find_locations
    from assistant.doctor.speech import check_parts
    from assistant.doctor.text import check_text_engine
    from assistant.voice.cascade.parts import describe_parts

    values = load_settings(options).values
    yield from check_parts(describe_parts(values.voice_engine, values.voice_model), values.without)
    yield check_text_engine(values, find_locations(values.data_dir))


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float) else str(value)
