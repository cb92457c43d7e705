"""Which thread goes first: what carries sound, before what decodes."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 5
"""Behind sound, before the models of text (``llm/process.py``)."""


def let_sound_go_first() -> None:
    """Lower the calling thread, and those it will start, behind the threads that carry sound.

    Only for a thread that starts native ones: where processors are busy, one that holds the interpreter and
    is kept from running would keep the sound callback waiting with it (1.5 s were seen). Linux counts
    niceness by thread (sched(7)); macOS runs its sound callbacks in real time anyway.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        # Whoever was started behind that stays there: to come forward is not everybody's right.
        behind = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, behind)
