"""Its own voice in the room: how much of it is cancelled, and whether it ever stops itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.audio.echo import best_echo
from assistant.audio.transport import BLOCK
from assistant.bench.record import surroundings
from assistant.engine.protocol import SpeechFinished, UserTurn
from assistant.voice.cascade.barge_in import DUCKED_GAIN
from assistant.voice.cascade.loaded import Parts
from tests.fakes.room import Acoustics, Room
from tests.fakes.speech import RATE, speak
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.talk import load, loud, sentences, talk, track

ROOMS = {
    "−10 dB after 60 ms": Acoustics(-10.0),
    "−10 dB after 200 ms": Acoustics(-10.0, ((0.0, 0.2),), seed=2),
    "−20 dB after 40 ms, a livelier room": Acoustics(-20.0, ((0.0, 0.04),), reverberation_s=0.5, seed=3),
    "−10 dB, loudspeaker driven hard": Acoustics(-10.0, drive=5.0, seed=4),
    "−10 dB, clocks 100 ppm apart": Acoustics(-10.0, drift_ppm=100.0, seed=5),
    "0 dB after 60 ms": Acoustics(0.0, seed=6),
}
_DRIFTS = "−10 dB, clocks 100 ppm apart"
_ALONE = (
    "−10 dB after 60 ms",
    "−20 dB after 40 ms, a livelier room",
    "−10 dB, loudspeaker driven hard",
    _DRIFTS,
)
_LEARNING_S = 2.0
_SENTENCE_S = 2.9


_UP_TO = "worst room up to −10 dB"
_FAR = 10
"""Sentences that teach the canceller and prove it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """``db`` is measured from both signals after two seconds, the others are what the assistant shows."""

    db: float
    metered_db: float | None
    delay_s: float | None


@dataclass(frozen=True, slots=True)
class Alone:
    """``seconds`` of speech to an empty room: answers cut off, turns with words, duckings and pauses."""

    seconds: float
    stops: int
    turns: int
    ducks: int


def measure(short: bool) -> Section:
    """Echo return loss by room, and the assistant alone with its voice in four of them."""
    where = surroundings()
    parts = load()
    names = [next(iter(ROOMS)), _DRIFTS] if short else list(ROOMS)
    losses = {name: loss(ROOMS[name]) for name in names}
    steady = [found.db for name, found in losses.items() if ROOMS[name].echo_db <= -10 and name != _DRIFTS]
    empty = [name for name in _ALONE if name in names]
    alone = [alone_with_itself(parts, ROOMS[name], 20.0 if short else 240.0) for name in empty]
    minutes = sum(each.seconds for each in alone) / 60
    spoken = f"{minutes:.0f} minutes of its own speech"
    figures = (
        Figure(
            f"echo return loss enhancement after 2 s, {_UP_TO}",
            min(steady),
            "dB",
            len(steady),
            Limit("≥", 20),
        ),
        Figure("the same with clocks 100 ppm apart", losses[_DRIFTS].db, "dB", 1, Limit("≥", 15)),
        Figure(f"false stops in {spoken}", sum(each.stops for each in alone), "", len(alone), Limit("≤", 0)),
        Figure(
            f"turns of its own words in {spoken}",
            sum(each.turns for each in alone),
            "",
            len(alone),
            Limit("≤", 0),
        ),
        Figure(f"false alarms in {spoken}", sum(each.ducks for each in alone), "", len(alone)),
    )
    header = ("room", "enhancement, dB", "as metered, dB", "delay found, ms")
    rows = [
        (name, f"{found.db:.1f}", _written(found.metered_db), _written(found.delay_s, 1000.0))
        for name, found in losses.items()
    ]
    return Section(
        "echo", "Its own voice in the room", figures, (Table("By room", header, rows),), (), (), where
    )


def loss(acoustics: Acoustics) -> Loss:
    """How much quieter the echo of some sentences is after cancellation, once it had two seconds to learn."""
    far = np.concatenate([speak(sentence) for sentence in sentences(_FAR)])
    room, echo, silence = Room(acoustics), best_echo(), np.zeros(BLOCK, np.float32)
    powers = []
    for start in range(0, len(far) - BLOCK + 1, BLOCK):
        played = far[start : start + BLOCK]
        heard = room.hear(played, silence)
        powers.append([float(np.mean(side**2)) for side in (heard, echo.process(heard, played))])
    raw, cleaned = np.mean(powers[int(_LEARNING_S * RATE / BLOCK) :], axis=0)
    return Loss(10.0 * float(np.log10(raw / cleaned)), echo.erle, echo.delay_s)


def alone_with_itself(parts: Parts, acoustics: Acoustics, seconds: float) -> Alone:
    """Let it talk to an empty room for about ``seconds``."""
    told = sentences(round(seconds / _SENTENCE_S))
    said = track(2.0, [(0.5, loud(speak("Hello there.")))])
    held = talk(parts, said, acoustics, lambda text: told if "ello" in text else [text])
    first = held.all(SpeechFinished)[0][0]
    return Alone(
        first,
        sum(event.interrupted for _, event in held.all(SpeechFinished)),
        sum(bool(event.text) for _, event in held.all(UserTurn, 3.0)),
        sum(change.gain <= DUCKED_GAIN for change in held.transport.gains if change.at <= first),
    )


def _written(value: float | None, factor: float = 1.0) -> str:
    return "–" if value is None else f"{value * factor:.0f}"
