"""The parent's side of a process that holds a model: started, waited for, ended."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import TextEngineError
from assistant.llm.failures import Unavailable

START_LIMIT = 120.0
"""Seconds that a model may take to load."""

NICENESS = 10
"""Speech comes first: where processors are few, text waits for it, for the decoding of speech, too.

Where Linux shares processors out by session (sched(7), "The autogroup feature") each gets an equal share.
"""


@dataclass(frozen=True, slots=True)
class ModelProcess:
    """A process with its end of a socket pair; it goes when ``channel`` is closed.

    ``told`` is what it said of the model once that was loaded.
    """

    process: subprocess.Popen[bytes]
    channel: socket.socket
    told: dict[str, Any]

    @property
    def has_died(self) -> bool:
        """True once the process is gone, whoever ended it."""
        return self.process.poll() is not None

    def end(self) -> None:
        """Ask it to go, and see to it."""
        self.channel.close()
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_model_process(module: str, config: dict[str, Any], model: str, log_path: Path) -> ModelProcess:
    """Run ``module``, hand it ``config`` as a line of JSON and wait until it says that ``model`` is loaded.

    It answers with one line, ``{"ready": …}`` or ``{"failed": reason}``. Raises ``TextEngineError``.
    """
    ours, theirs = socket.socketpair()
    with theirs, log_path.open("ab") as log_file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=log_file,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    try:
        told = _first_words(ours, config, model, log_path)
    except TextEngineError:
        process.kill()
        process.wait()
        ours.close()
        raise
    return ModelProcess(process, ours, told)


def _first_words(
    channel: socket.socket, config: dict[str, Any], model: str, log_path: Path
) -> dict[str, Any]:
    channel.settimeout(START_LIMIT)
    try:
        channel.sendall(json.dumps(config).encode() + b"\n")
        with channel.makefile("r", encoding="utf-8") as file:
            line = file.readline()
    except TimeoutError as error:
        raise Unavailable(f"{model} takes too long to load.", "Use a smaller model.") from error
    except OSError:
        line = ""
    if not line:
        # What ends native code without a word (memory, a file it cannot bear) will do so again.
        raise TextEngineError(f"Its process ended while it loaded {model}.", f"{log_path} may say why.")
    told: dict[str, Any] = json.loads(line)
    if failed := told.get("failed"):
        raise TextEngineError(f"{model} cannot be loaded: {failed}", "Use another model.")
    return told
