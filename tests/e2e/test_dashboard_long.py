"""The long conversation: thirty turns and six switches, with the engine's memory watched (``--long``)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from tests.e2e.conftest import StartDashboard
from tests.e2e.test_dashboard_conversation import LISTENING
from tests.e2e.test_dashboard_faults import engine_of

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(1800)]

TURNS = 30
SWITCHES = {
    2: ("Change to Jarvis.", "JARVIS"),
    7: ("Switch to Samantha.", "Samantha"),
    12: ("Change to glad oss.", "GLaDOS"),
    17: ("Talk to Jarvis.", "JARVIS"),
    22: ("Switch to Samantha.", "Samantha"),
    27: ("Change to glad oss.", "GLaDOS"),
}
QUESTIONS = (
    "What time is it?",
    "Who are you?",
    "How are you today?",
    "What is twelve times nine?",
    "Hello there.",
)


def test_thirty_turns_and_six_switches(
    env: dict[str, str], start: StartDashboard, say: Callable[[str], None]
) -> None:
    terminal = start()
    terminal.wait_for("mic open", LISTENING, timeout_s=40)
    engine = engine_of(env["HOME"])
    questions = itertools.cycle(QUESTIONS)
    memory: list[float] = []
    for turn in range(TURNS):
        if turn in SWITCHES:
            sentence, name = SWITCHES[turn]
            say(sentence)
            terminal.wait_for(f"{name}  ", "▸ speaking")
        else:
            say(next(questions))
            terminal.wait_for("▸ speaking")
        terminal.wait_for(LISTENING, timeout_s=40)
        memory.append(engine.memory_info().rss / 2**20)
    slope = np.polyfit(range(10, TURNS), memory[10:], 1)[0]
    ends = f"{memory[0]:.0f} MB after turn 1, {memory[-1]:.0f} MB after turn {TURNS}"
    print(f"engine: {ends}, {slope:.2f} MB a turn")
    assert slope <= 0.2, memory
    assert memory[-1] <= 450
    terminal.keys("C-q")
    assert terminal.wait_for_exit() == 0
