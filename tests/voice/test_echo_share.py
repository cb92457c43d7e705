"""The assistant's own voice is told from a user's by what was played, also while cancellation is lost."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.echo import EchoCanceller
from assistant.audio.echo_share import EchoShare, echo_share
from assistant.audio.transport import BLOCK
from tests.fakes.room import Acoustics, Room
from tests.fakes.speech import RATE, speak

Samples = NDArray[np.float32]

FAR = speak(
    "There are seven lamps on the table in the library, and every one of them is made of green glass."
)
NEAR = speak("Wait, what is your name?")
JUMP_S = 3.0


def looks(acoustics: Acoustics, near: Samples, near_at_s: float) -> list[bool]:
    """Whether the last 0.7 s were all echo, every 100 ms from half a second after ``near_at_s`` on."""
    room, echo, share = Room(acoustics), EchoCanceller(), EchoShare()
    said = np.zeros_like(FAR)
    start = int(near_at_s * RATE)
    said[start : start + len(near)] = near[: len(FAR) - start]
    found = []
    for at in range(0, len(FAR) - BLOCK + 1, BLOCK):
        played = FAR[at : at + BLOCK]
        heard = room.hear(played, said[at : at + BLOCK])
        share.add(heard, echo.process(heard, played), played)
        if 0.5 <= at / RATE - near_at_s < 1.5 and at % (10 * BLOCK) == 0:
            found.append(share.is_all(0.7))
    return found


@pytest.mark.parametrize("later_s", [0.03, 0.18, 0.3])
def test_a_lost_echo_is_known_for_the_assistants_own(later_s: float) -> None:
    found = looks(Acoustics(delays=((0.0, 0.06), (JUMP_S, later_s))), NEAR[:0], JUMP_S)
    assert sum(found) >= 8, found


@pytest.mark.parametrize("echo_db", [-20.0, -10.0, 0.0])
def test_a_user_is_not_taken_for_the_assistant(echo_db: float) -> None:
    assert not any(looks(Acoustics(echo_db), NEAR, JUMP_S))


def test_where_nothing_was_played_nothing_is_echo() -> None:
    share, silence = EchoShare(), np.zeros(BLOCK, np.float32)
    for at in range(0, len(NEAR) - BLOCK + 1, BLOCK):
        share.add(NEAR[at : at + BLOCK], NEAR[at : at + BLOCK], silence)
    assert not share.is_all(1.0)


def test_it_waits_until_there_is_enough_to_look_at() -> None:
    share = EchoShare()
    share.add(FAR[:BLOCK], FAR[:BLOCK], FAR[:BLOCK])
    assert not share.is_all(1.0)


def test_the_share_of_two_sounds_is_the_first_ones() -> None:
    rng = np.random.default_rng(1)
    played = rng.standard_normal(8000).astype(np.float32)
    echo, other = 0.5 * played[2000 : 2000 + 5600], rng.standard_normal(5600).astype(np.float32)
    shares = [echo_share(echo + level * other, played[:8000][-5600 - 2400 :]) for level in (0.0, 0.5, 5.0)]
    assert shares == pytest.approx([1.0, 0.5, 0.01], abs=0.05)
