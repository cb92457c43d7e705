"""Talking over the answer in real time: sound devices, a room as a process, recognition as it takes."""

from __future__ import annotations

from assistant.bench.record import surroundings
from tests.voice.suite import real_time
from tests.voice.suite.over_the_answer import HELD_OUT
from tests.voice.suite.report import Section
from tests.voice.suite.sections.barge_in import interruption_figures, spoken
from tests.voice.suite.talk import load

_ROOM = ("--echo-db", "-10", "--delay-ms", "20")
_PHRASES = 10


def measure(short: bool) -> Section:
    """Some of the phrases of the section on barge-in; needs the programs of ``scripts/vaudio``."""
    where = surroundings()
    parts = load()
    rows, _ = real_time.interruptions(parts, spoken(HELD_OUT[: 3 if short else _PHRASES]), *_ROOM)
    figures = tuple(interruption_figures(rows))
    notes = ("Virtual devices under PulseAudio, an echo of −10 dB.",)
    title = "Talking over the answer, on sound devices in real time"
    return Section("barge-in-devices", title, figures, (), (), notes, where)
