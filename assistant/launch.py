"""Starts the dashboard: the least that its first paint needs, then everything else."""

from __future__ import annotations

import contextlib
from typing import Any

from assistant.config.locations import find_locations
from assistant.dashboard.app import run_dashboard
from assistant.dashboard.bridge import Prepared
from assistant.dashboard.look import Look
from assistant.dashboard.remembered import Memory
from assistant.garbage import keep_what_is_loaded


def launch_dashboard(options: dict[str, Any], *, mini: bool = False) -> None:
    """Show the dashboard, or one line of it, until the user quits. ``options``: settings by name.

    Raises ``AssistantError``.
    """
    with contextlib.ExitStack() as held:

        def prepare() -> Prepared:
            # Imported after the first paint, which none of this may delay.
            from assistant.assembly import Assembly
            from assistant.config.editor import SettingsEditor
            from assistant.doctor.welcome import WelcomeChecks
            from assistant.personas.watch import PersonaWatch

            assembly = held.enter_context(Assembly(options))
            assembled = assembly.assemble()
            values = assembly.settings.values
            keep_what_is_loaded()
            return Prepared(
                assembled.runner,
                assembled.library,
                assembled.persona.slug,
                memory=Memory(assembly.locations.dashboard_file),
                settings=SettingsEditor(options),
                checks=WelcomeChecks(options),
                look=Look(values.theme, values.glyphs, values.motion, values.bell),
                watch=PersonaWatch(values.themes_dir or assembly.locations.themes),
                exports=assembly.locations.data / "exports",
                engine_log=assembly.locations.engine_log_file,
                keys=values.keys,
                locate_key=lambda action: assembly.settings.locate("keys", action),
            )

        run_dashboard(prepare, find_locations().engine_log_file, mini=mini)
