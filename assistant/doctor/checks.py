"""All checks in their order: from what is quick and certain to what makes sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.config.locations import find_config_file, find_locations
from assistant.doctor.configuration import check_settings
from assistant.doctor.files import check_files
from assistant.doctor.finding import Finding
from assistant.doctor.probe import probe
from assistant.doctor.program import check_program
from assistant.doctor.speech import check_parts
from assistant.doctor.terminal import TerminalView, check_terminal
from assistant.doctor.text import check_text_engine
from assistant.voice.cascade.parts import describe_parts


def run_checks(options: Mapping[str, Any] | None = None, *, with_sound: bool = False) -> Iterator[Finding]:
    """Every finding as soon as it is known; ``options`` are those of the command line.

    ``with_sound`` plays five seconds of sound for the echo test. Nothing raises and nothing hangs.
    """
    yield from check_program()
    settings, findings = check_settings(options)
    yield from findings
    locations = find_locations(settings.data_dir)
    yield from check_files(locations, find_config_file(), settings.themes_dir or locations.themes)
    yield from check_terminal(TerminalView.here())
    yield from check_parts(describe_parts(settings.voice_engine, settings.voice_model), settings.without)
    yield check_text_engine(settings, locations)
    yield from probe(
        "speech",
        {"without": settings.without, "engine": settings.voice_engine, "model": settings.voice_model},
    )
    devices = {"input_name": settings.input_device, "output_name": settings.output_device}
    yield from probe("sound", {**devices, "with_sound": with_sound})
