"""An echo is told from headphones, whatever the user does meanwhile."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.transport import BLOCK
from assistant.voice.cascade.echo_presence import EchoPresence
from tests.fakes.speech import RATE, pink_noise, speak
from tests.voice.suite.noises import hum

FAR = speak(
    "There are seven lamps on the table in the library, and every one of them is made of green glass."
)
NEAR = speak("Wait, what is your name?")


def is_absent(
    echo: float, delay_s: float, near: NDArray[np.float32], near_at_s: float, hums: float = 0.0
) -> bool:
    microphone = pink_noise(len(FAR) / RATE, 0.001) + hums * hum(len(FAR) / RATE)[: len(FAR)]
    delay = int(delay_s * RATE)
    microphone[delay:] += echo * FAR[: len(FAR) - delay]
    start = int(near_at_s * RATE)
    microphone[start : start + len(near)] += near[: len(microphone) - start]
    presence = EchoPresence()
    for first in range(0, len(FAR) - BLOCK, BLOCK):
        presence.add(microphone[first : first + BLOCK], FAR[first : first + BLOCK])
    return presence.is_absent


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.28])
@pytest.mark.parametrize("echo", [0.05, 0.5])
@pytest.mark.parametrize("near", [NEAR[:0], NEAR])
def test_an_echo_is_never_taken_for_headphones(
    echo: float, delay_s: float, near: NDArray[np.float32]
) -> None:
    assert not is_absent(echo, delay_s, near, 3.0)


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.28])
def test_nor_is_one_under_a_hum_as_loud(delay_s: float) -> None:
    assert not is_absent(0.2, delay_s, NEAR[:0], 3.0, hums=0.03)


@pytest.mark.parametrize("near", [NEAR[:0], NEAR])
def test_headphones_are_known_though_the_user_speaks(near: NDArray[np.float32]) -> None:
    assert is_absent(0.0, 0.0, near, 3.0)
