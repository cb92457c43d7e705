"""``assistant bench tui``: what the dashboard costs, as the real app in a pseudo-terminal of 120 × 36.

Figures are processor time of the dashboard's process in percent of one core or in milliseconds; only the time
from a key to its paint is wall time, taken at the terminal.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.bench.record import Spread, surroundings, write_record
from assistant.errors import EngineError

TIMEOUT_S = 300.0
KEYS = 40
KEY_EVERY_S = 0.31

LIMITS = {
    ("muted", "percent"): 2.0,
    ("listening", "percent"): 8.0,
    ("listening", "ms a frame"): 2.0,
    ("listening", "layouts"): 0.0,
    ("answering", "percent"): 15.0,
    ("long session", "ms a token"): 6.0,
    ("long session", "ms a switch, median"): 100.0,
    ("long session", "live nodes"): 149.0,
    ("memory", "bytes a turn"): 1_000.0,
    ("memory", "objects a turn"): 0.5,
    ("keys", "ms to paint, p95"): 50.0,
}
"""What a figure of a scenario must not exceed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and what it must not exceed, if anything."""

    scenario: str
    name: str
    value: float
    limit: float | None

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.value <= self.limit


def bench_tui(folder: Path, say: Callable[[str], object]) -> bool:
    """Measure, tell, write the record. True when every limit is kept."""
    from assistant.bench.tui_stage import SCENARIOS

    before, figures = surroundings(), []
    for scenario in SCENARIOS:
        for name, value in run_scenario(scenario).items():
            figure = Figure(scenario, name, value, LIMITS.get((scenario, name)))
            figures.append(figure)
            limit = "" if figure.limit is None else f"   limit {figure.limit:g}"
            say(f"{'  ' if figure.holds else '! '}{scenario:<22} {name:<22} {value:>9.2f}{limit}")
    say(f"load average {before['load_average']}")
    content = [
        {"scenario": each.scenario, "name": each.name, "value": round(each.value, 3), "limit": each.limit}
        for each in figures
    ]
    path = write_record("tui", {"benchmark": "tui", **before, "figures": content}, folder)
    say(f"Written to {path}.")
    return all(figure.holds for figure in figures)


def run_scenario(name: str) -> dict[str, float]:
    """One scenario in a process and a terminal of its own. Raises ``EngineError`` when it does not end."""
    with tempfile.TemporaryDirectory(prefix="assistant-bench-") as folder:
        file = Path(folder) / "figures.json"
        with _terminal(name, file) as (child, terminal):
            paints = _type(terminal) if name == "keys" else []
            _drain(child, terminal)
        if not file.exists():
            raise EngineError(f"The scenario {name!r} did not end.", "Run it again; tell us if it stays so.")
        figures: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    if paints:
        spread = Spread.of(paints)
        figures |= {"ms to paint, p50": 1000 * spread.p50, "ms to paint, p95": 1000 * spread.p95}
    return figures


@contextmanager
def _terminal(name: str, file: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    child = subprocess.Popen(
        [sys.executable, "-m", "assistant.bench.tui_stage", name, str(file)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield child, ours
    finally:
        child.kill()
        child.wait()
        os.close(ours)


def _type(terminal: int) -> list[float]:
    """Seconds from a key to the paint that shows it, for ``KEYS`` keys."""
    _read_until(terminal, b"is a ", TIMEOUT_S)
    paints = []
    for count in range(KEYS):
        # Nothing else on the screen is ever written in these letters.
        key = chr(0x0430 + count % 32).encode()
        began = time.perf_counter()
        os.write(terminal, key)
        if _read_until(terminal, key, 2.0):
            paints.append(time.perf_counter() - began)
        _read_until(terminal, b"\0never", max(0.0, began + KEY_EVERY_S - time.perf_counter()))
    return paints


def _read_until(terminal: int, marker: bytes, seconds: float) -> bool:
    output, deadline = b"", time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                output = output[-len(marker) :] + os.read(terminal, 65536)
            except OSError:
                return False
            if marker in output:
                return True
    return False


def _drain(child: subprocess.Popen[bytes], terminal: int) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while child.poll() is None and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            with suppress(OSError):
                os.read(terminal, 65536)
