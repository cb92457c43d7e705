"""Checks that may hang or crash inside native libraries, in a process that can be ended.

``python -m assistant.doctor.probe TASK JSON`` is the child, which writes one JSON line a finding;
``probe`` starts it and passes its findings on.
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any, Literal, cast

from assistant.doctor.finding import Finding, Status, from_dict

logger = logging.getLogger(__name__)

Task = Literal["speech", "sound", "devices", "parts"]

SILENCE_S = 20.0
"""Seconds without a finding after which a check counts as hung."""


def probe(task: Task, options: dict[str, Any], silence_s: float = SILENCE_S) -> Iterator[Finding]:
    """The findings of ``task`` as they come, and one more when its process hangs or dies."""
    command = [sys.executable, "-m", "assistant.doctor.probe", task, json.dumps(options)]
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints)
        assert child.stdout is not None
        try:
            for line in _lines(child.stdout, silence_s):
                yield from_dict(json.loads(line))
            if status := child.wait(silence_s):
                yield _died(task, status)
        except (TimeoutError, subprocess.TimeoutExpired):
            yield _hung(task, silence_s)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
            complaints.seek(0)
            logger.info("%s: %s", task, complaints.read()[-4000:].decode(errors="replace"))


def _lines(pipe: IO[bytes], silence_s: float) -> Iterator[bytes]:
    """Whole lines until the end. Raises ``TimeoutError`` when none comes for ``silence_s`` seconds."""
    waiting = b""
    while True:
        if not select.select([pipe], [], [], silence_s)[0]:
            raise TimeoutError
        piece = os.read(pipe.fileno(), 65536)
        if not piece:
            return
        *lines, waiting = (waiting + piece).split(b"\n")
        yield from lines


_SOUND_REMEDY = "Unplug the sound devices or restart the sound server, then try again."
_REMEDY: dict[Task, str] = {
    "speech": "Install the packages again: ./scripts/run.",
    "parts": "Install the packages again: ./scripts/run.",
    "sound": _SOUND_REMEDY,
    "devices": _SOUND_REMEDY,
}


def _hung(task: Task, silence_s: float) -> Finding:
    return Finding(task, Status.PROBLEM, "check", f"It did not answer in {silence_s:.0f} s.", _REMEDY[task])


def _died(task: Task, status: int) -> Finding:
    cause = f"signal {-status}" if status < 0 else f"status {status}"
    return Finding(task, Status.PROBLEM, "check", f"It ended with {cause}.", _REMEDY[task])


def _run(task: Task, options: dict[str, Any]) -> Iterator[Finding]:
    if task == "speech":
        from assistant.doctor.speech import check_speech

        return check_speech(**options)
    if task == "parts":
        from assistant.doctor.welcome import check_engines

        return check_engines(options)
    if task == "devices":
        from assistant.doctor.device_list import each_device

        return each_device()
    from assistant.doctor.sound import check_sound
    from assistant.engine.protocol import DeviceAudio

    devices = DeviceAudio(options["input_name"], options["output_name"])
    return check_sound(devices, with_sound=options["with_sound"])


def main(arguments: list[str]) -> int:
    """The child: write each finding as soon as it is there."""
    # Native libraries that print must not come between the lines.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = cast("Task", arguments[0])
    with suppress(BrokenPipeError):
        for finding in _run(task, json.loads(arguments[1])):
            answers.write(json.dumps(asdict(finding)) + "\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
