"""Voice-to-voice latency out of both sides of a conversation, recorded on one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.audio.transport import Samples
from assistant.bench.timeline import Slot
from assistant.engine.protocol import SAMPLE_RATE

AUDIBLE = 0.003
"""Amplitude (about -50 dBFS) from which the assistant is heard; between answers its side is exact silence."""

STAGES = ("endpoint", "recognition", "reply", "synthesis", "playout")


@dataclass(frozen=True, slots=True)
class ReportedTurn:
    """What engine and session tell of an answered turn, in seconds.

    ``speech_end`` and ``endpoint`` count from the start of the recording; the others are durations.
    """

    speech_end: float
    endpoint: float
    recognition: float
    reply: float
    synthesis: float


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """One question: milliseconds from its last sample to the answer's first, or why there are none.

    ``stages_ms`` adds up to ``latency_ms``: its end point counts from the true end of speech; "playout" is
    what remains of the whole: pipes, queues, the first block's wait, the breath before a voice's first sound.
    """

    question: str
    latency_ms: float | None
    failure: str = ""
    stages_ms: Mapping[str, float] = field(default_factory=dict)


def measure_turns(
    slots: Sequence[Slot], answers: Samples, reported: Sequence[ReportedTurn] = ()
) -> list[MeasuredTurn]:
    """Find each answer's first audible sample in ``answers``, the recorded output at 24 kHz."""
    audible = np.flatnonzero(np.abs(answers) > AUDIBLE)
    return [_measure(slot, audible, reported) for slot in slots]


def _measure(slot: Slot, audible: NDArray[np.intp], reported: Sequence[ReportedTurn]) -> MeasuredTurn:
    from_start = audible[(audible >= slot.start) & (audible < slot.end)]
    if len(from_start) == 0:
        return MeasuredTurn(slot.question, None, "no answer")
    if from_start[0] < slot.speech_end:
        return MeasuredTurn(slot.question, None, "spoke over the question")
    latency_s = (int(from_start[0]) - slot.speech_end) / SAMPLE_RATE
    turn = next((each for each in reported if _lies_in(each, slot)), None)
    return MeasuredTurn(slot.question, 1000 * latency_s, "", _stages(latency_s, slot, turn) if turn else {})


def _lies_in(turn: ReportedTurn, slot: Slot) -> bool:
    return slot.start <= turn.speech_end * SAMPLE_RATE < slot.end


def _stages(latency_s: float, slot: Slot, turn: ReportedTurn) -> dict[str, float]:
    endpoint = turn.endpoint - slot.speech_end / SAMPLE_RATE
    stages = (endpoint, turn.recognition, turn.reply, turn.synthesis)
    return {
        name: 1000 * value for name, value in zip(STAGES, (*stages, latency_s - sum(stages)), strict=True)
    }
