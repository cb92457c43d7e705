"""``assistant bench voice``: the real engine and session answer questions out of a WAV, in real time.

Microphone and speaker are one time line, sample for sample, so both sides are on one clock. No sound card
is needed, and none of its latency is in the figures: add what the device needs.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.audio.wavfile import read_wav
from assistant.bench.control import ControlStream, Lateness
from assistant.bench.conversation import GRACE_S, Say, converse, write_questions
from assistant.bench.latency import STAGES, MeasuredTurn, measure_turns
from assistant.bench.record import Spread, surroundings, write_record
from assistant.bench.timeline import LEAD_S, MODEL_SLOT_S, SLOT_S
from assistant.engine.protocol import SAMPLE_RATE, WavAudio
from assistant.llm.port import TextEngine


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """All that a run found; figures in milliseconds."""

    turns: tuple[MeasuredTurn, ...]
    parts: dict[str, str]
    engine_rss_mb: float
    control_ms: Lateness
    surroundings: dict[str, Any]
    load_average_at_end: float
    text_engine: str = "scripted"

    @property
    def failures(self) -> list[str]:
        """One line for each question without a proper answer."""
        return [
            f"{number}: {turn.question} ({turn.failure})" for number, turn in self._numbered if turn.failure
        ]

    @property
    def _numbered(self) -> list[tuple[int, MeasuredTurn]]:
        return list(enumerate(self.turns, start=1))

    def spreads(self) -> dict[str, Spread]:
        """The whole and its stages, for the turns that were answered."""
        columns = {"voice_to_voice": [turn.latency_ms for turn in self.turns if turn.latency_ms is not None]}
        for stage in STAGES:
            columns[stage] = [turn.stages_ms[stage] for turn in self.turns if stage in turn.stages_ms]
        return {name: Spread.of(values) for name, values in columns.items() if values}

    def as_record(self) -> dict[str, Any]:
        """What is written to disk."""
        spreads = {name: _rounded(asdict(spread)) for name, spread in self.spreads().items()}
        each = [
            {
                "question": turn.question,
                "latency_ms": turn.latency_ms and round(turn.latency_ms, 1),
                "failure": turn.failure,
                "stages_ms": _rounded(dict(turn.stages_ms)),
            }
            for turn in self.turns
        ]
        return {
            "benchmark": "voice",
            **self.surroundings,
            "load_average_at_end": self.load_average_at_end,
            "audio": "WAV, paced in real time, both sides on one clock; no device latency",
            "parts": self.parts,
            "text_engine": self.text_engine,
            "turns": len(self.turns),
            "failures": self.failures,
            "figures_ms": spreads,
            "engine_rss_mb": round(self.engine_rss_mb, 1),
            "control_stream_ms": asdict(self.control_ms),
            "each_turn": each,
        }


def bench_voice(
    turns: int, folder: Path, say: Say, without: Sequence[str] = (), text_engine: TextEngine | None = None
) -> bool:
    """Run, tell the figures line by line, write the record. True when every question was answered."""
    say(f"{turns} questions, about {(LEAD_S + turns * _slot_s(text_engine)) / 60:.1f} minutes in real time.")
    result = run_voice(turns, say, without, text_engine)
    for line in table(result):
        say(line)
    engine = result.text_engine.partition(" ")[0]
    name = "voice" if engine == "scripted" else f"voice-{engine}"
    say(f"Written to {write_record(name, result.as_record(), folder)}.")
    return not result.failures


def run_voice(
    turns: int, say: Say = str, without: Sequence[str] = (), text_engine: TextEngine | None = None
) -> VoiceResult:
    """Ask ``turns`` questions and measure. Raises ``EngineError`` when the engine fails on the way."""
    before = surroundings()
    with tempfile.TemporaryDirectory(prefix="assistant-bench-") as name:
        folder = Path(name)
        timeline = write_questions(turns, folder / "user.wav", _slot_s(text_engine))
        audio = WavAudio(str(folder / "user.wav"), str(folder / "answers.wav"), paced=True)
        limit_s = len(timeline.samples) / SAMPLE_RATE + GRACE_S
        with ControlStream() as control:
            observer = asyncio.run(
                converse(audio, folder / "engine.log", limit_s, say, without, None, text_engine)
            )
            late = control.stop()
        answers = read_wav(folder / "answers.wav")
    measured = measure_turns(timeline.slots, answers, observer.reported(observer.opened))
    rss_mb = observer.health.rss_mb if observer.health else 0.0
    load = round(os.getloadavg()[0], 2)
    name = text_engine.name if text_engine else "scripted"
    return VoiceResult(tuple(measured), observer.parts, rss_mb, late, before, load, name)


def _slot_s(text_engine: TextEngine | None) -> float:
    return MODEL_SLOT_S if text_engine else SLOT_S


def table(result: VoiceResult) -> list[str]:
    """The figures for people."""
    spreads, late = result.spreads(), result.control_ms
    rows = [
        f"{name.replace('_', '-'):<16}{row.p50:8.0f}{row.p95:8.0f}{row.max:8.0f}"
        for name, row in spreads.items()
    ]
    failed = [f"  {line}" for line in result.failures]
    at_work = ", ".join(f"{role} {part}" for role, part in result.parts.items())
    return [
        "",
        f"{'milliseconds':<16}{'p50':>8}{'p95':>8}{'max':>8}",
        *rows,
        "",
        f"answered {len(result.turns) - len(failed)} of {len(result.turns)}",
        *failed,
        f"parts: {at_work}; replies {result.text_engine}",
        f"engine process: {result.engine_rss_mb:.0f} MB after the last turn",
        f"load average: {result.surroundings['load_average']} at the start, "
        f"{result.load_average_at_end} at the end",
        f"control stream, idle beside it: woke {late.p99:.1f} ms late (p99), {late.max:.1f} ms at most",
    ]


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in values.items()}
