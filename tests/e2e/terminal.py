"""A real terminal for tests: a tmux server of its own, one window, keys in and screen out."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """Runs a command full-screen. ``exit_code`` is known once it has ended; the screen stays readable."""

    def __init__(self, command: list[str], env: dict[str, str], *, size: tuple[int, int] = (120, 36)) -> None:
        self._socket = f"assistant-test-{os.getpid()}-{time.monotonic_ns()}"
        changed = {key: value for key, value in env.items() if os.environ.get(key) != value}
        variables = [part for key, value in changed.items() for part in ("-e", f"{key}={value}")]
        # Ctrl-C reaches the shell too, which must outlive the program to tell its exit status.
        run = f"trap : INT; unset COLUMNS LINES; {shlex.join(command)}; echo exit-code=$?"
        shell = f"{run}; while :; do sleep 600; done"
        width, height = map(str, size)
        self._tmux("new-session", "-d", "-s", "t", "-x", width, "-y", height, *variables, shell)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout

    @property
    def screen(self) -> str:
        """What a person would see now."""
        return self._tmux("capture-pane", "-p", "-t", "t")

    @property
    def coloured(self) -> str:
        """The same with its colours, as escape sequences."""
        return self._tmux("capture-pane", "-e", "-p", "-t", "t")

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names (``F3``, ``Escape``, ``C-c``)."""
        self._tmux("send-keys", "-t", "t", *names)

    def write(self, text: str) -> None:
        """Type, without Enter."""
        self._tmux("send-keys", "-t", "t", "-l", text)

    def paste(self, text: str) -> None:
        """Paste from tmux's own buffer, as a terminal pastes (bracketed)."""
        command = ["tmux", "-L", self._socket, "load-buffer", "-"]
        subprocess.run(command, input=text, check=True, text=True, timeout=20)
        self._tmux("paste-buffer", "-p", "-t", "t")

    def type(self, text: str) -> None:
        """Type a line and press Enter."""
        self.write(text)
        self.keys("Enter")

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as a window manager would say it."""
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def mouse(self, button: int, column: int, row: int, *, times: int = 1) -> None:
        """Report a button (0 left, 64 and 65 the wheel) at a cell, counted from 0, as terminals do (SGR)."""
        place = f"{button};{column + 1};{row + 1}"
        self.write(f"\x1b[<{place}M\x1b[<{place}m" * times if button == 0 else f"\x1b[<{place}M" * times)

    def click(self, text: str) -> None:
        """Click where ``text`` begins on the screen."""
        lines = self.wait_for(text).splitlines()
        row = next(number for number, line in enumerate(lines) if text in line)
        self.mouse(0, lines[row].index(text), row)

    def wait_for(self, *texts: str, timeout_s: float = 20.0, absent: bool = False) -> str:
        """Wait until all texts are on the screen (or none, with ``absent``); return the screen."""
        deadline = time.monotonic() + timeout_s
        while True:
            screen = self.screen
            if all((text in screen) is not absent for text in texts):
                return screen
            if time.monotonic() > deadline:
                wanted = "gone" if absent else "there"
                raise AssertionError(f"{texts} not {wanted} after {timeout_s:.0f} s:\n{screen}")
            time.sleep(0.05)

    def wait_for_exit(self, timeout_s: float = 10.0) -> int:
        """The command's exit status."""
        screen = self.wait_for("exit-code=", timeout_s=timeout_s)
        return int(screen.split("exit-code=")[1].split()[0])

    def close(self) -> None:
        """End the terminal and everything in it."""
        subprocess.run(["tmux", "-L", self._socket, "kill-server"], check=False, capture_output=True)


def assistant(*arguments: str) -> list[str]:
    """The command line of the program under test."""
    return [sys.executable, "-m", "assistant", *arguments]


def as_run_starts_it(*arguments: str) -> list[str]:
    """The same as ``scripts/run`` starts it once everything is set up."""
    start = (ROOT / "scripts/run").read_text().split("ensure_portaudio\n")[1]
    return ["bash", "-c", f"venv={shlex.quote(sys.prefix)}\n{start}", "run", *arguments]


def has_tmux() -> bool:
    """Whether this machine can run these tests."""
    return shutil.which("tmux") is not None
