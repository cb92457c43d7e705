"""The simulated room does to a sound what it says, and the meters find it out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.echo_delay import DelayMeter, echo_delay
from assistant.audio.transport import BLOCK
from tests.fakes.room import Acoustics, Room
from tests.fakes.speech import RATE, speak
from tests.voice.suite.noises import speech_level

Samples = NDArray[np.float32]

FAR = np.tile(
    speak("There are seven lamps on the table in the library, and every one is made of green glass."), 3
)
QUIET = -100.0


def heard(acoustics: Acoustics, played: Samples = FAR) -> Samples:
    room, silence = Room(acoustics), np.zeros(BLOCK, np.float32)
    starts = range(0, len(played) - BLOCK + 1, BLOCK)
    return np.concatenate([room.hear(played[at : at + BLOCK], silence) for at in starts])


@pytest.mark.parametrize("echo_db", [-20.0, -10.0, 0.0])
def test_speech_comes_back_as_loud_as_it_says(echo_db: float) -> None:
    echo = heard(Acoustics(echo_db, drive=0.0, noise_db=QUIET))
    assert 20 * np.log10(speech_level(echo) / speech_level(FAR)) == pytest.approx(echo_db, abs=1.5)


def test_what_comes_in_does_not_depend_on_the_blocks() -> None:
    room, silence = Room(Acoustics()), np.zeros(2 * BLOCK, np.float32)
    starts = range(0, 20 * BLOCK, 2 * BLOCK)
    pairs = np.concatenate([room.hear(FAR[at : at + 2 * BLOCK], silence) for at in starts])
    assert pairs == pytest.approx(heard(Acoustics(), FAR[: 20 * BLOCK]), abs=1e-5)


@pytest.mark.parametrize("delay_s", [0.0125, 0.06, 0.25])
def test_the_delay_is_found(delay_s: float) -> None:
    echo = heard(Acoustics(delays=((0.0, delay_s),)))
    assert echo_delay(echo, FAR[: len(echo)]) == pytest.approx(delay_s, abs=0.001)
    assert echo_delay(heard(Acoustics(echo_db=-120.0)), FAR[: len(echo)]) is None


def test_the_meter_follows_a_delay_that_jumps() -> None:
    echo, meter = heard(Acoustics(delays=((0.0, 0.06), (7.0, 0.18)))), DelayMeter()
    values = []
    for at in range(0, len(echo), BLOCK):
        meter.add(echo[at : at + BLOCK], FAR[at : at + BLOCK])
        values.append(meter.value)
    assert values[50] is None
    assert values[650] == pytest.approx(0.06, abs=0.001)
    assert values[1200] == pytest.approx(0.18, abs=0.001)


def test_a_clock_that_drifts_moves_the_delay() -> None:
    seconds = len(FAR) / RATE
    echo = heard(Acoustics(drift_ppm=1000.0))
    last = slice(-3 * RATE, None)
    later = 0.06 + 1000e-6 * (seconds - 1.5)
    assert echo_delay(echo[last], FAR[: len(echo)][last]) == pytest.approx(later, abs=0.002)


def test_the_microphone_clips_and_hums() -> None:
    assert np.abs(heard(Acoustics(echo_db=10.0, clip=0.1))).max() == pytest.approx(0.1)
    hum = heard(Acoustics(noise_db=QUIET, hum_db=-30.0), np.zeros(RATE, np.float32))
    spectrum = np.abs(np.fft.rfft(hum * np.hanning(len(hum))))
    assert np.sqrt(np.mean(hum**2)) == pytest.approx(10 ** (-30 / 20), rel=0.05)
    assert int(np.argmax(spectrum) * RATE / len(hum)) == 50
