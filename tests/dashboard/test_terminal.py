"""The dashboard in a real terminal: what is drawn, and that the terminal comes back clean."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
READY = b"just talk"
HEARD = b"552 ms"


@dataclass
class Terminal:
    """A pseudo-terminal with the dashboard in it."""

    process: subprocess.Popen[bytes]
    descriptor: int
    output: bytes = field(default=b"")

    def wait_for(self, marker: bytes, timeout: float = 20.0) -> None:
        """Read until ``marker`` was drawn."""
        deadline = time.monotonic() + timeout
        while marker not in self.output:
            assert time.monotonic() < deadline, self.output[-500:]
            self._read(0.2)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 20.0) -> None:
        """Read until ``condition`` holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, self.output[-500:]
            self._read(0.05)

    def resize(self, rows: int, columns: int) -> None:
        """Another size, as a window manager would say it."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def write(self, data: bytes) -> None:
        """Type, reading meanwhile, as a terminal does."""
        os.set_blocking(self.descriptor, False)
        while data:
            self._read(0.0)
            try:
                data = data[os.write(self.descriptor, data[:4096]) :]
            except BlockingIOError:
                self._read(0.05)
        os.set_blocking(self.descriptor, True)

    def end(self, timeout: float = 20.0) -> int:
        """Read until the program has ended."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.output[-500:]
            self._read(0.05)
        self._read(0.0)
        return self.process.returncode

    def _read(self, timeout: float) -> None:
        if select.select([self.descriptor], [], [], timeout)[0]:
            try:
                self.output += os.read(self.descriptor, 65536)
            except OSError:
                time.sleep(0.01)


def start(terminal: int, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.dashboard", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )


@contextmanager
def dashboard(*arguments: str) -> Iterator[Terminal]:
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    before = termios.tcgetattr(child)
    process = start(child, *arguments)
    try:
        yield Terminal(process, parent)
        assert termios.tcgetattr(child) == before
    finally:
        process.kill()
        process.wait()
        os.close(parent)
        os.close(child)


def assert_clean(terminal: Terminal) -> None:
    """The alternate screen was left and the cursor is back, in this order, and nothing was drawn after it."""
    assert terminal.output.count(ALTERNATE) == terminal.output.count(NORMAL) == 1
    assert SHOW_CURSOR in terminal.output[terminal.output.index(NORMAL) - 50 :]
    assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_and_restore_the_terminal(number: signal.Signals):
    with dashboard() as terminal:
        terminal.wait_for(HEARD)
        terminal.process.send_signal(number)
        assert terminal.end() == 0
        assert_clean(terminal)


def test_who_stops_it_from_elsewhere_closes_the_microphone_as_its_own_key_does(tmp_path: Path):
    log = tmp_path / "asked.log"
    with dashboard("telling", str(log)) as terminal:
        terminal.wait_for(HEARD)
        process = psutil.Process(terminal.process.pid)
        for times in (1, 2):
            terminal.process.send_signal(signal.SIGTSTP)
            terminal.wait_until(lambda: process.status() == psutil.STATUS_STOPPED)
            assert log.read_text().count("MicrophoneRequested(is_open=False)") == times
            assert terminal.output.count(NORMAL) == times
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_until(
                lambda times=times: log.read_text().count("MicrophoneRequested(is_open=True)") == times
            )
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 0


def test_a_terminal_that_is_gone_ends_it_also_without_a_signal():
    parent, child = pty.openpty()
    # In a session of its own and without a terminal that controls it: no SIGHUP comes.
    process = start(child)
    os.close(child)
    terminal = Terminal(process, parent)
    try:
        terminal.wait_for(HEARD)
        os.close(parent)
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_a_storm_of_sizes_leaves_the_last_one_on_the_screen():
    with dashboard() as terminal:
        terminal.wait_for(HEARD)
        for step in range(60):
            terminal.resize(20 + step % 41, 60 + (step * 7) % 141)
            time.sleep(0.005)
        terminal.resize(24, 80)
        terminal.output = b""
        os.write(terminal.descriptor, b"still here")
        terminal.wait_for(b"here")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 0


def test_ctrl_c_twice_ends_it():
    with dashboard() as terminal:
        terminal.wait_for(HEARD)
        os.write(terminal.descriptor, b"\x03")
        terminal.wait_for(b"again")
        os.write(terminal.descriptor, b"\x03")
        assert terminal.end() == 0
        assert_clean(terminal)


def test_what_cannot_be_loaded_is_said_after_the_terminal_is_back():
    with dashboard("broken") as terminal:
        assert terminal.end() == 1
        assert_clean(terminal)
        assert b"The personas are missing. Install again." in terminal.output[terminal.output.index(NORMAL) :]


def test_native_libraries_write_to_the_log_and_not_over_the_screen(tmp_path: Path):
    log = tmp_path / "native.log"
    with dashboard("noisy", str(log)) as terminal:
        terminal.wait_for(HEARD)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()
        assert b"ALSA" not in terminal.output
        assert "underrun occurred" in log.read_text()


def test_it_is_painted_before_anything_is_loaded():
    with dashboard() as terminal:
        terminal.wait_for(HEARD)
        assert terminal.output.index(READY) < terminal.output.index(HEARD)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()


def test_without_a_terminal_it_says_what_to_use_instead():
    process = subprocess.run(
        [sys.executable, "-m", "tests.fakes.dashboard"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "needs a terminal" in process.stderr
    assert "assistant --plain" in process.stderr


def test_importing_the_dashboard_loads_neither_audio_nor_models():
    heavy = "numpy sounddevice onnxruntime mlx moonshine_voice ctranslate2 soxr pydantic hibari tokenizers"
    code = f"import sys, assistant.dashboard.app; print(*sorted(set({heavy.split()!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
