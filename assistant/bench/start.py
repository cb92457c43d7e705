"""``assistant bench start``: what a start costs, as the real command started afresh, ten times each.

Processor time of ``--help``; from start to the dashboard's first paint in a pseudo-terminal; from start to
listening (``talk`` on a silent WAV, so that no device is needed). Python may keep compiled modules, as it
does for users, whatever the caller's ``PYTHONDONTWRITEBYTECODE`` says.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.wavfile import WavWriter
from assistant.bench.record import surroundings, write_record
from assistant.engine.protocol import SAMPLE_RATE
from assistant.errors import EngineError

RUNS = 10
TIMEOUT_S = 60.0

PAINTED = b"just talk"
"""Part of the dashboard's input line, which is drawn with everything else."""

LISTENING = b"[microphone "
"""What ``talk`` says of the engine once it listens."""

COMMAND = (sys.executable, "-m", "assistant")


@dataclass(frozen=True, slots=True)
class Start:
    """One kind of start: milliseconds of each run, and what the median must not exceed."""

    runs_ms: tuple[float, ...]
    limit_ms: float

    @property
    def median_ms(self) -> float:
        """The middle run."""
        return statistics.median(self.runs_ms)


def bench_start(folder: Path, say: Callable[[str], object], runs: int = RUNS) -> bool:
    """Measure, tell, write the record. True when every median keeps its limit."""
    before = surroundings()
    starts = run_start(runs)
    for name, start in starts.items():
        say(f"{name:<20} median {start.median_ms:6.0f} ms, limit {start.limit_ms:.0f} ms")
    say(f"load average {before['load_average']}")
    figures = {
        name: {
            "median_ms": round(start.median_ms, 1),
            "limit_ms": start.limit_ms,
            "runs_ms": [round(run, 1) for run in start.runs_ms],
        }
        for name, start in starts.items()
    }
    path = write_record(
        "start", {"benchmark": "start", **before, "compiled_modules": True, "figures": figures}, folder
    )
    say(f"Written to {path}.")
    return all(start.median_ms <= start.limit_ms for start in starts.values())


def run_start(runs: int) -> dict[str, Start]:
    """``runs`` starts of each kind. Raises ``EngineError`` when one does not come up."""
    with tempfile.TemporaryDirectory(prefix="assistant-bench-") as name:
        folder = Path(name)
        # Nothing of it belongs into the user's memory.
        environment = {**os.environ, "ASSISTANT_DATA_DIR": name, "TERM": "xterm-256color"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        silence = _silence(folder / "silence.wav")
        return {
            "help (processor)": Start(_repeat(runs, lambda: _help_cpu(environment)), 300.0),
            "first paint": Start(_repeat(runs, lambda: _first_paint(environment)), 500.0),
            "listening": Start(_repeat(runs, lambda: _listening(silence, environment)), 3_000.0),
        }


def _repeat(runs: int, measure: Callable[[], float]) -> tuple[float, ...]:
    return tuple(1000 * measure() for _ in range(runs))


def _silence(path: Path) -> Path:
    writer = WavWriter(path)
    writer.write(np.zeros(int(TIMEOUT_S) * SAMPLE_RATE, np.float32))
    writer.close()
    return path


def _help_cpu(environment: Mapping[str, str]) -> float:
    """Seconds of processor time."""
    child = subprocess.Popen([*COMMAND, "--help"], stdout=subprocess.DEVNULL, env=environment)
    _, child.returncode, used = os.wait4(child.pid, 0)
    if child.returncode:
        raise EngineError("assistant --help failed.", "Run assistant doctor.")
    return used.ru_utime + used.ru_stime


def _first_paint(environment: Mapping[str, str]) -> float:
    """Seconds on a terminal of 120 columns and 36 rows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    began = time.perf_counter()
    child = subprocess.Popen(
        COMMAND, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        return _wait_for(PAINTED, ours, began)
    finally:
        child.send_signal(signal.SIGTERM)
        # What it says at leaving has to be read, or it waits for us.
        with suppress(OSError):
            while os.read(ours, 65536):
                pass
        os.close(ours)
        child.wait(TIMEOUT_S)


def _listening(silence: Path, environment: Mapping[str, str]) -> float:
    """Seconds until ``talk`` says that the engine listens."""
    files = ["--in", str(silence), "--out", str(silence.with_name("answers.wav"))]
    began = time.perf_counter()
    child = subprocess.Popen([*COMMAND, "talk", *files, "--paced"], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    try:
        return _wait_for(LISTENING, child.stdout.fileno(), began)
    finally:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=TIMEOUT_S)


def _wait_for(marker: bytes, descriptor: int, began: float) -> float:
    """Seconds from ``began`` until ``marker`` was written. Raises ``EngineError`` when it never is."""
    output = b""
    while select.select([descriptor], [], [], TIMEOUT_S)[0]:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            break
        output += piece
        if marker in output:
            return time.perf_counter() - began
        if not piece:
            break
    raise EngineError("The assistant did not come up.", "Run assistant doctor.")
