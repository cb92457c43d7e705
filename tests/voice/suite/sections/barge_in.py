"""Talking over the answer: how soon it gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from assistant.bench.record import surroundings
from tests.fakes.room import Acoustics
from tests.voice.suite.over_the_answer import (
    HELD_OUT,
    Interruption,
    interruptions,
)
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.speakers import BY_KEY
from tests.voice.suite.talk import DECODE_S, load

SPEAKERS = ("hibari@0.82", "hibari@1.12", "espeak", "espeak@1.2", "piper-joe")
"""Two voices at two pitches each, everybody else's pitch than the assistant's own, and one held out."""

ROOMS = {
    "−10 dB after 60 ms": Acoustics(-10.0),
    "−10 dB after 120 ms, a livelier room": Acoustics(-10.0, ((0.0, 0.12),), reverberation_s=0.45, seed=2),
    "−20 dB after 40 ms": Acoustics(-20.0, ((0.0, 0.04),), seed=3),
}
LOUD_ROOM = Acoustics(0.0, seed=4)


def measure(short: bool) -> Section:
    """Phrases that were not tuned on, by three voices, in four rooms."""
    where = surroundings()
    parts = load()
    rooms = dict(list(ROOMS.items())[:1]) if short else ROOMS
    phrases = HELD_OUT[:3] if short else HELD_OUT
    by_room = {
        name: interruptions(parts, room, spoken(phrases, turn))[0]
        for turn, (name, room) in enumerate(rooms.items())
    }
    every = [row for rows in by_room.values() for row in rows]
    figures = interruption_figures(every)
    if not short:
        loud_rows = interruptions(parts, LOUD_ROOM, spoken(phrases))[0]
        figures += [share("found at an echo of 0 dB", [row.stopped for row in loud_rows])]
        figures += times("ducked at an echo of 0 dB", loud_rows, lambda row: row.ducked)
        figures += times("stopped at an echo of 0 dB", loud_rows, lambda row: row.silent)
        by_room["0 dB after 60 ms"] = loud_rows
    tables = (_rooms_table(by_room), _speakers_table(every))
    notes = (
        f"Time is simulated: recognition takes {1000 * DECODE_S[0]:.0f} ms, and {1000 * DECODE_S[1]:.0f} ms "
        "more a second of speech. Times end in the air, 40 ms after the gain. Level: the echo against what "
        "is played, with a user as loud as the assistant.",
        f"Recogniser: {parts.names()['recogniser']}.",
        *(f"Speaker {key} is not installed." for key in SPEAKERS if key not in present()),
    )
    return Section("barge-in", "Talking over the answer", tuple(figures), tables, (), notes, where)


def spoken(phrases: Sequence[str], turn: int = 0) -> list[tuple[str, str]]:
    """Each phrase with a speaker; another one with each ``turn``."""
    speakers = present()
    return [(phrase, speakers[(number + turn) % len(speakers)]) for number, phrase in enumerate(phrases)]


def present() -> list[str]:
    """The speakers that are installed."""
    return [key for key in SPEAKERS if not BY_KEY[key.partition("@")[0]].lacks]


def interruption_figures(rows: Sequence[Interruption]) -> list[Figure]:
    """What has to hold when somebody talks over the answer."""
    return [
        share("found", [row.stopped for row in rows], Limit("≥", 0.9)),
        *times("ducked", rows, lambda row: row.ducked, (Limit("≤", 250), Limit("≤", 450))),
        *times("stopped", rows, lambda row: row.silent, (None, Limit("≤", 700))),
    ]


def share(name: str, hits: Sequence[bool], limit: Limit | None = None) -> Figure:
    """The share of ``hits`` that are true."""
    return Figure(name, sum(hits) / len(hits), "", len(hits), limit)


def times(
    name: str,
    rows: Iterable[Interruption],
    of: Callable[[Interruption], float | None],
    limits: tuple[Limit | None, Limit | None] = (None, None),
) -> list[Figure]:
    """Median and 95th percentile in milliseconds of a time of the rows, where they have it."""
    values = [1000 * value for row in rows if (value := of(row)) is not None]
    return [
        Figure(
            f"{name}, {share}",
            float(np.percentile(values, percent)) if values else float("inf"),
            "ms",
            len(values),
            limit,
        )
        for (share, percent), limit in zip((("p50", 50), ("p95", 95)), limits, strict=True)
    ]


def _rooms_table(by_room: dict[str, list[Interruption]]) -> Table:
    return Table(
        "By room, p50 / p95 ms after the first sample", _HEADER, [_row(*item) for item in by_room.items()]
    )


def _speakers_table(rows: Sequence[Interruption]) -> Table:
    grouped = {speaker: [row for row in rows if row.speaker == speaker] for speaker in SPEAKERS}
    return Table("By speaker", _HEADER, [_row(name, of) for name, of in grouped.items() if of])


_HEADER = ("", "found", "turn opened", "ducked", "silent", "missed")


def _row(name: str, rows: Sequence[Interruption]) -> list[str]:
    found = f"{sum(row.stopped for row in rows)}/{len(rows)}"
    stages = [_spread([row.opened for row in rows]), _spread([row.ducked for row in rows])]
    missed = ", ".join(row.phrase for row in rows if not row.stopped)
    return [name, found, *stages, _spread([row.silent for row in rows]), missed]


def _spread(values: Sequence[float | None]) -> str:
    known = [1000 * value for value in values if value is not None]
    return f"{np.percentile(known, 50):.0f} / {np.percentile(known, 95):.0f}" if known else "–"
