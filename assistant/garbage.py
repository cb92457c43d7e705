"""When Python looks for garbage: hardly while it loads, then often enough that little of it gathers."""

from __future__ import annotations

import gc

LOADING = (50_000, 3, 3)
"""Allocations between two collections, and how many of the young ones come before an older one.

Python's 700 collects some hundred times while modules are imported.
"""
RUNNING = (5_000, 1, 1)
"""All of it is looked through after some twenty thousand allocations, or ninety turns.

Widgets that are gone are garbage, and what is found late leaves holes in memory that nobody fills: with the
thresholds of loading the dashboard grew by two to four kilobytes a turn.
"""


def collect_seldom() -> None:
    """While much is made that stays."""
    gc.set_threshold(*LOADING)


def keep_what_is_loaded() -> None:
    """What there is stays: nobody looks through it again, which would hold a frame up for nothing."""
    gc.freeze()
    gc.set_threshold(*RUNNING)
