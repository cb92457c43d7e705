"""Which thread goes first: what carries sound, before what decodes and speaks."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 5
"""Behind sound, before the models of text (``llm/process.py``)."""


def let_sound_go_first() -> None:
    """Lower the calling thread, and those it will start, behind the threads that carry sound.

    Linux counts niceness by thread (sched(7)); macOS runs its sound callbacks in real time anyway.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
