"""Every key of the table of actions, and a storm of sizes, as they arrive through tmux."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.dashboard.keymap import ACTIONS
from tests.e2e.terminal import ROOT, Terminal, has_tmux

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not has_tmux(), reason="this test needs tmux"),
]

TMUX_NAMES = {"escape": "Escape", "pageup": "PPage", "pagedown": "NPage", "up": "Up", "down": "Down"}
DRAFT = "half a line"


@contextmanager
def dashboard(*arguments: str) -> Iterator[Terminal]:
    """The dashboard in tmux on a conversation that was written beforehand."""
    command = [sys.executable, "-m", "tests.fakes.dashboard", *arguments]
    terminal = Terminal(command, {**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        terminal.wait_for("552 ms")
        yield terminal
    finally:
        terminal.close()


def tmux_key(key: str) -> str:
    """What tmux calls a key of ours: ``C-End`` for ``ctrl+end``."""
    *modifiers, last = key.split("+")
    name = TMUX_NAMES.get(last, last if len(last) == 1 else last.capitalize())
    return "".join(f"{each[0].upper()}-" for each in modifiers) + name


def test_every_key_arrives_through_tmux_while_a_line_is_typed(tmp_path: Path) -> None:
    log = tmp_path / "actions.log"
    with dashboard("keys", str(log)) as terminal:
        terminal.write(DRAFT)
        terminal.wait_for(DRAFT)
        for action in ACTIONS:
            for key in action.keys:
                before = log.read_text()
                terminal.keys(tmux_key(key))
                deadline = time.monotonic() + 5
                while (new := log.read_text().removeprefix(before)) == "":
                    assert time.monotonic() < deadline, f"{key} did not arrive"
                    time.sleep(0.02)
                assert new == f"app.{action.id}\n", key
        assert DRAFT in terminal.screen


def test_a_storm_of_sizes_leaves_the_last_one_on_the_screen() -> None:
    with dashboard() as terminal:
        for step in range(60):
            terminal.resize(60 + (step * 7) % 141, 20 + step % 41)
        terminal.resize(80, 24)
        terminal.write("still here")
        screen = terminal.wait_for("still here", "so there is time.")
        assert len(screen.rstrip("\n").splitlines()) <= 24
        assert max(map(len, screen.splitlines())) <= 80
        terminal.keys("C-q")
        assert terminal.wait_for_exit() == 0
