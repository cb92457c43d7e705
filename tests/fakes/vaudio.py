"""A virtual microphone and speaker for tests: ``scripts/vaudio`` with everything put on one clock."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "vaudio"
PROGRAMS = ("pulseaudio", "pactl", "parec", "paplay")


def missing_programs() -> list[str]:
    """The programs that virtual audio needs and this machine lacks."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Playback:
    """A WAV being spoken into the microphone; ``started`` is the monotonic time of its first sample."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.started = self._wait_for_start()
        threading.Thread(target=self._drain, daemon=True).start()

    def wait(self, timeout_s: float = 120.0) -> None:
        """Return when the last sample has been spoken."""
        if self._process.wait(timeout_s) != 0:
            raise RuntimeError("the virtual microphone refused the WAV")

    def stop(self) -> None:
        """Fall silent now."""
        self._process.terminate()
        self._process.wait(5)

    def _wait_for_start(self) -> float:
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            if "Stream started" in line:
                return time.monotonic()
            said.append(line)
        raise RuntimeError(f"the virtual microphone did not start: {''.join(said)}")

    def _drain(self) -> None:
        assert self._process.stderr is not None
        while self._process.stderr.read(4096):
            pass


class Recording:
    """What a virtual device carries, growing; sample ``n`` was there at ``started + n / RATE``."""

    def __init__(self, source: str, env: dict[str, str]) -> None:
        form = ["--rate=24000", "--channels=1", "--format=s16le", "--raw", "--latency-msec=20"]
        self._process = subprocess.Popen(["parec", "-d", source, *form], stdout=subprocess.PIPE, env=env)
        self._chunks: list[bytes] = []
        self._length = 0
        self._started = float("inf")
        self._arrived = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._arrived.wait(10):
            raise RuntimeError(f"nothing can be recorded from {source}")

    @property
    def started(self) -> float:
        """Monotonic time of the first sample; settles within a second, as early arrivals bound it."""
        return self._started

    @property
    def samples(self) -> NDArray[np.int16]:
        """All samples so far."""
        return np.frombuffer(b"".join(self._chunks)[: self._length // 2 * 2], dtype=np.int16)

    @property
    def seconds(self) -> float:
        """How much has been recorded."""
        return self._length / 2 / RATE

    def stop(self) -> None:
        """Record no further."""
        self._process.terminate()
        self._process.wait(5)
        self._reader.join(5)

    def save(self, path: Path) -> None:
        """Write the samples so far to a WAV."""
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(self.samples.tobytes())

    def _read(self) -> None:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while data := os.read(descriptor, 65536):
            now = time.monotonic()
            self._chunks.append(data)
            self._length += len(data)
            self._started = min(self._started, now - self.seconds)
            self._arrived.set()


class VirtualAudio:
    """A private sound server with one microphone (``vmic``) and one speaker (``vspk``), also the defaults.

    ``env`` is the complete environment for programs that shall use it.
    """

    def __init__(self) -> None:
        # A socket's path has to be short, which pytest's temporary folders are not.
        self.folder = Path(tempfile.mkdtemp(prefix="va"))
        self.env: dict[str, str] = {}
        try:
            self.up()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def up(self) -> None:
        """Start the server, or start it again after ``kill_server``."""
        # stdout goes to a file: the server would keep a pipe open.
        with (self.folder / "exports").open("w+") as out:
            subprocess.run([str(SCRIPT), "up", str(self.folder)], stdout=out, check=True, timeout=30)
            out.seek(0)
            exports = shlex.split(out.read())[1:]
        self.env = {**os.environ, **dict(item.split("=", 1) for item in exports)}

    def close(self) -> None:
        """Stop everything and leave nothing behind."""
        subprocess.run([str(SCRIPT), "down", str(self.folder)], check=False, timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_saying(self, wav: Path) -> Playback:
        """Begin to speak a WAV into the microphone; returns when its first sample is there."""
        command = [str(SCRIPT), "say", str(self.folder), str(wav), "--verbose"]
        return Playback(subprocess.Popen(command, env=self.env, stderr=subprocess.PIPE, text=True))

    def say(self, wav: Path, timeout_s: float = 120.0) -> float:
        """Speak a WAV into the microphone, return at its end with the monotonic time at which it began."""
        playback = self.start_saying(wav)
        playback.wait(timeout_s)
        return playback.started

    @contextmanager
    def record(self, path: Path | None = None, source: str = "spk.monitor") -> Iterator[Recording]:
        """Record the speaker (or ``mic``) on the clock of ``say``; saved to ``path`` at the end."""
        recording = Recording(source, self.env)
        try:
            yield recording
        finally:
            recording.stop()
            if path is not None:
                recording.save(path)

    def echo(self, volume_percent: int | None) -> None:
        """Let the speaker leak into the microphone; None ends it."""
        how = ["off"] if volume_percent is None else ["on", f"{volume_percent}%"]
        subprocess.run([str(SCRIPT), "echo", str(self.folder), *how], check=True, timeout=30)

    def kill_server(self) -> None:
        """What unplugging looks like: every device is gone at once, without a word."""
        pid, _name = (self.folder / "pids").read_text().splitlines()[0].split()
        os.kill(int(pid), signal.SIGKILL)
