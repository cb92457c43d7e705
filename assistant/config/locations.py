"""Where settings, memory, state and logs are kept: the places each system has for them (XDG on Linux)."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

APP = "local-voice-assistant"


@dataclass(frozen=True, slots=True)
class Locations:
    """Folders that exist and can be written to.

    ``note`` is empty, or a sentence for the user when a place of our own choosing had to do.
    """

    data: Path
    state: Path
    note: str = ""

    @property
    def memory_file(self) -> Path:
        """SQLite: everything that was said, and what was to be remembered."""
        return self.data / "memory.sqlite"

    @property
    def themes(self) -> Path:
        """The user's own personas, one TOML file each; need not exist."""
        return self.data / "themes"

    @property
    def models(self) -> Path:
        """GGUF files that can be named without their path; need not exist."""
        return self.data / "models"

    @property
    def text_log_file(self) -> Path:
        """What llama.cpp says in its own process."""
        return self.state / "llama.log"

    @property
    def mcp_log_file(self) -> Path:
        """What servers of tools write to their standard error."""
        return self.state / "mcp.log"

    @property
    def log_file(self) -> Path:
        """What the session and the dashboard log."""
        return self.state / "assistant.log"

    @property
    def engine_log_file(self) -> Path:
        """What the engine process and the native libraries in it say."""
        return self.state / "engine.log"

    @property
    def recordings(self) -> Path:
        """Recorded conversations, a folder each; need not exist."""
        return self.state / "recordings"

    @property
    def dashboard_file(self) -> Path:
        """Which panels are open, and what else the dashboard remembers."""
        return self.state / "dashboard.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one assistant that runs."""
        return self.state / "running.lock"


def find_config_file() -> Path:
    """The user's settings file; need not exist."""
    return PlatformDirs(APP, appauthor=False).user_config_path / "config.toml"


def find_locations(data_dir: Path | None = None) -> Locations:
    """Make and return the folders; ``data_dir`` replaces the system's place for data.

    Where one cannot be written to, everything goes to a temporary folder and ``note`` says so.
    """
    system = PlatformDirs(APP, appauthor=False)
    data, state = data_dir or system.user_data_path, system.user_state_path
    unusable = [folder for folder in (data, state) if not _is_usable(folder)]
    if not unusable:
        return Locations(data, state)
    spare = Path(tempfile.mkdtemp(prefix=f"{APP}-"))
    note = (
        f"{unusable[0]} cannot be written to, so that this conversation is kept in {spare} only. "
        "Make it writable, or name another folder with ASSISTANT_DATA_DIR and XDG_STATE_HOME."
    )
    return Locations(spare if data in unusable else data, spare if state in unusable else state, note)


def _is_usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
