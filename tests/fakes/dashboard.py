"""A dashboard without an engine: ``python -m tests.fakes.dashboard [broken|noisy|telling|keys|mini]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from assistant.dashboard.app import DashboardApp, run_dashboard
from assistant.dashboard.bridge import Prepared
from assistant.errors import AssistantError


def prepare() -> Prepared:
    """Load as the real program does, with the fault that the command line names."""
    from tests.fakes.dashboard_conversation import FakeConversation
    from tests.fakes.personas import LIBRARY
    from tests.fakes.scene import jarvis_scene

    fault = sys.argv[1] if len(sys.argv) > 1 else ""
    if fault == "broken":
        raise AssistantError("The personas are missing.", "Install again.")
    if fault == "noisy":
        os.write(2, b"ALSA lib pcm.c: underrun occurred\n")
    conversation = FakeConversation(tuple(jarvis_scene()))
    if fault == "telling":
        conversation.request = lambda request: os.write(2, f"{request}\n".encode())  # type: ignore[assignment, method-assign]
    if fault == "keys":
        DashboardApp.run_action = _only_told  # type: ignore[assignment, method-assign]
    return Prepared(conversation, LIBRARY, "ada")


async def _only_told(app: DashboardApp, action: str, *where: object) -> bool:
    # What widgets would do with the key is passed over, as where they have nothing to scroll.
    if is_ours := action.startswith("app."):
        os.write(2, f"{action}\n".encode())
    return is_ours


if __name__ == "__main__":
    try:
        log = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        run_dashboard(prepare, log, mini="mini" in sys.argv)
    except AssistantError as error:
        sys.exit(str(error))
