"""What must not stop an answer: coughs and signs of attention."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.bench.record import surroundings
from tests.fakes.room import Acoustics
from tests.voice.suite.murmurs import MURMURS, murmur
from tests.voice.suite.noises import cough
from tests.voice.suite.over_the_answer import ATTENTION, FalseAlarm, false_alarms, voiced
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.sections.barge_in import present, share
from tests.voice.suite.talk import Samples, load, loud

_ASIDE_DB = -3.0
"""Coughs and signs of attention against what the user says."""

_HELD_OUT_SEED = 1000


def measure(short: bool) -> Section:
    """As many coughs as signs of attention, each over an answer of its own, at an echo of -10 dB."""
    where = surroundings()
    rows = false_alarms(load(), Acoustics(-10.0), _sounds(1 if short else 25))
    title = "What must not stop the answer"
    return Section("false-alarms", title, tuple(_alarm_figures(rows)), (_alarms_table(rows),), (), (), where)


def _sounds(each: int) -> list[tuple[str, Samples]]:
    """Coughs, and as many signs of attention: words and hums in turn."""
    speakers = present()
    made = [("cough", cough(_HELD_OUT_SEED + number)) for number in range(each)]
    for number in range(each):
        kind, word = MURMURS[number // 2 % len(MURMURS)], ATTENTION[number // 2 % len(ATTENTION)]
        speaker = speakers[(number // 2 + number // 10) % len(speakers)]
        made.append(
            (kind, murmur(kind, _HELD_OUT_SEED + number)) if number % 2 else (word, voiced(word, speaker))
        )
    return [(name, loud(sound, _ASIDE_DB)) for name, sound in made]


def _alarm_figures(rows: Sequence[FalseAlarm]) -> list[Figure]:
    kept = [row.finished and not row.lost for row in rows]
    return [
        share(
            "coughs and signs of attention after which the answer went on, no word lost",
            kept,
            Limit("≥", 0.9),
        ),
        share("of these, the answer paused for", [row.paused for row in rows]),
    ]


def _alarms_table(rows: Sequence[FalseAlarm]) -> Table:
    header = ("sound", "cases", "ducked", "paused", "ended the answer", "words lost")
    kinds = dict.fromkeys(row.sound for row in rows)
    grouped = [(kind, [row for row in rows if row.sound == kind]) for kind in kinds]
    return Table(
        "What must not stop it",
        header,
        [
            [
                kind,
                str(len(of)),
                str(sum(row.ducked for row in of)),
                str(sum(row.paused for row in of)),
                str(sum(not row.finished for row in of)),
                " ".join(word for row in of if row.finished for word in row.lost),
            ]
            for kind, of in grouped
        ],
    )
