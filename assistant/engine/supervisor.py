"""Starts the engine process, passes commands and events, and starts it again when it dies.

The child gets one end of a socket pair and a log file as its standard error before any of its code runs,
so that no native library can draw over the screen. It leads its own session: Ctrl-C reaches the parent alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from assistant.engine.protocol import (
    Command,
    EngineConfig,
    EngineDown,
    EngineReady,
    Event,
    SetMicrophone,
    Shutdown,
)
from assistant.logs import put_aside

log = logging.getLogger(__name__)

HOST = "assistant.engine.host"
"""The module that is the engine process."""

BACK_OFF = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Seconds before each restart in a row; afterwards the supervisor gives up. Nobody listens meanwhile."""

HEALTHY_AFTER = 60.0
"""Seconds of life after which earlier deaths no longer count."""

SILENCE_LIMIT = 15.0
"""Seconds without any event (levels come 20 times a second) after which a child counts as hung."""

START_LIMIT = 90.0
"""The same while it starts: cold disks and first imports take their time."""

LOOK = 1.0
"""Seconds between two looks whether a child has been silent for too long."""

SHUTDOWN_LIMIT = 2.0

ALLOCATION = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**20),
}
"""For glibc: models that run in several threads otherwise keep 80 MB more than they use, and Mimi's objects
that were replaced more than a gigabyte."""

CODEC_THREADS = {"RAYON_NUM_THREADS": str(min(4, os.cpu_count() or 1))}
"""For ``rustymimi``, which divides a frame among all cores: more than four threads spend nearly twice the
processor's time, which the others need, to end it 3 ms sooner."""

BLAS_THREADS = {"OPENBLAS_NUM_THREADS": "1"}
"""For NumPy's small matrices: its threads spin, and where another program has a core the audio thread spends
25 to 94 ms on what takes one thread 5 to 12 (the look at whether all that is heard is echo)."""

ENVIRONMENT = ALLOCATION | CODEC_THREADS | BLAS_THREADS
"""Of the engine process, read by native libraries as they are loaded; the user's own values go first."""


class Supervisor:
    """Owns the engine process of one conversation; all methods are called on the event loop's thread."""

    def __init__(self, config: EngineConfig, log_path: Path) -> None:
        self._config = config
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._microphone = SetMicrophone(True)
        self._lock = threading.Lock()
        self._heard = 0.0
        self._ready = False
        self._stopping = threading.Event()

    @property
    def pid(self) -> int | None:
        """The engine's process id while it lives."""
        return self._process.pid if self._process is not None else None

    async def run(self, on_event: Callable[[Event], None]) -> None:
        """Keep an engine alive until cancelled or ``stop``; events arrive on this event loop."""
        deaths = 0
        while not self._stopping.is_set():
            born = time.monotonic()
            reason = await self._live(on_event)
            if self._stopping.is_set():
                return
            deaths = 1 if time.monotonic() - born > HEALTHY_AFTER else deaths + 1
            retry = BACK_OFF[deaths - 1] if deaths <= len(BACK_OFF) else None
            log.warning("engine down: %s (death %d, retry in %s s)", reason, deaths, retry)
            on_event(EngineDown(reason, retry))
            if retry is None:
                return
            await asyncio.sleep(retry)

    def send(self, command: Command) -> None:
        """Send a command; without a living engine it is dropped (the session repeats what must hold).

        A closed microphone is not left to be repeated: the next engine is told before it has heard anything.
        """
        if isinstance(command, SetMicrophone):
            self._microphone = command
        pipe = self._pipe
        if pipe is None:
            return
        with self._lock, contextlib.suppress(OSError, ValueError):
            pipe.send(command)

    async def stop(self) -> None:
        """Ask the engine to leave, and end it if it does not."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        self.send(Shutdown())
        try:
            await asyncio.to_thread(process.wait, SHUTDOWN_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)

    # --- one life -------------------------------------------------------------------------------------

    async def _live(self, on_event: Callable[[Event], None]) -> str:
        loop = asyncio.get_running_loop()
        try:
            process, pipe = self._spawn()
        except OSError as error:
            return f"The engine process could not be started ({error.strerror})."
        self._process, self._pipe = process, pipe
        self._ready, self._heard = False, time.monotonic()

        def deliver(event: Event) -> None:
            self._heard = time.monotonic()
            self._ready = self._ready or isinstance(event, EngineReady)
            if not self._stopping.is_set():
                on_event(event)

        def read() -> None:
            # A pipe that is closed under its reader raises TypeError out of multiprocessing.
            with contextlib.suppress(EOFError, OSError, TypeError):
                while True:
                    event = pipe.recv()
                    loop.call_soon_threadsafe(deliver, event)

        reader = asyncio.ensure_future(asyncio.to_thread(read))
        try:
            hung = await self._watch(reader)
        finally:
            self._pipe = None
            if process.poll() is None and not self._stopping.is_set():
                process.kill()
            with contextlib.suppress(OSError):
                pipe.close()
        status = await asyncio.to_thread(process.wait)
        return _cause(status, hung)

    def _spawn(self) -> tuple[subprocess.Popen[bytes], Connection]:
        put_aside(self._log_path)
        ours, theirs = socket.socketpair()
        with ours, theirs, self._log_path.open("ab") as log_file:
            process = subprocess.Popen(
                [sys.executable, "-m", HOST, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={**ENVIRONMENT, **os.environ},
            )
            pipe = Connection(ours.detach())
        with contextlib.suppress(OSError):  # a child that died at once is told of by its status
            for first in (self._config, self._microphone):
                pipe.send(first)
        return process, pipe

    async def _watch(self, reader: asyncio.Future[None]) -> bool:
        """Wait for the child's end of the pipe to close; True when it was silent for too long instead."""
        looked = time.monotonic()
        while not reader.done():
            await asyncio.wait([reader], timeout=LOOK)
            before, looked = looked, time.monotonic()
            if looked - before > 2 * LOOK:
                # This process itself stood still (suspended): what the child said is yet to be read.
                self._heard = looked
            limit = SILENCE_LIMIT if self._ready else START_LIMIT
            if not reader.done() and not self._stopping.is_set() and time.monotonic() - self._heard > limit:
                return True
        return False


def _cause(status: int, hung: bool) -> str:
    if hung:
        return "The engine process stopped answering and was ended."
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"The engine process was ended by {signal.Signals(-status).name}."
    return f"The engine process ended with status {status}."
