"""``assistant bench voice``: the real engine and session answer questions out of a WAV, in real time.

Microphone and speaker are one time line, sample for sample, so both sides are on one clock. No sound card
is needed, and none of its latency is in the figures: add what the device needs.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.transport import Samples
from assistant.audio.wavfile import WavWriter, read_wav
from assistant.bench.control import ControlStream, Lateness
from assistant.bench.latency import STAGES, MeasuredTurn, ReportedTurn, measure_turns
from assistant.bench.record import Spread, surroundings, write_record
from assistant.bench.timeline import LEAD_S, SLOT_S, Timeline, build_timeline
from assistant.conversation.answers import voice_spec
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import LatencyShown, Update
from assistant.engine.protocol import (
    SAMPLE_RATE,
    AudioHealth,
    Command,
    EngineConfig,
    EngineDown,
    EngineReady,
    Event,
    InputFinished,
    UserTurn,
    VoiceSpec,
    WavAudio,
)
from assistant.engine.supervisor import Supervisor
from assistant.errors import EngineError
from assistant.llm.scripted.engine import ScriptedEngine
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import DEFAULT_SLUG, load_library
from assistant.tools.registry import default_registry
from assistant.voice.cascade.parts import load_voice

Say = Callable[[str], object]
"""Takes a line for the user."""

GRACE_S = 120.0
"""How much longer than its audio a run may take, the engine's start included."""


@dataclass
class Observer:
    """Stands between engine and session and notes what both tell; ``over`` is set at the end of the input."""

    engine: Supervisor
    opened: float = 0.0
    """About the monotonic time of the recording's first sample: when the engine said that it listens."""
    parts: dict[str, str] = field(default_factory=dict)
    rss_mb: float = 0.0
    turns: list[ReportedTurn] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    failure: str = ""
    _turn: UserTurn | None = None

    async def run(self, on_event: Callable[[Event], None]) -> None:
        """See ``Supervisor.run``."""

        def take(event: Event) -> None:
            # First: what the session makes of a turn is told while it handles it.
            self._note(event)
            on_event(event)

        await self.engine.run(take)

    def send(self, command: Command) -> None:
        """See ``Supervisor.send``."""
        self.engine.send(command)

    async def stop(self) -> None:
        """See ``Supervisor.stop``."""
        await self.engine.stop()

    def _note(self, event: Event) -> None:
        match event:
            case EngineReady(parts=parts):
                self.opened, self.parts = asyncio.get_running_loop().time(), parts
            case UserTurn():
                self._turn = event
            case AudioHealth(rss_mb=rss_mb):
                self.rss_mb = rss_mb
            case EngineDown(reason=reason):
                self.failure = reason
                self.over.set()
            case InputFinished():
                self.over.set()

    def note_update(self, update: Update) -> None:
        """Watch the session."""
        if isinstance(update, LatencyShown) and self._turn is not None:
            turn = self._turn
            self.turns.append(
                ReportedTurn(
                    turn.speech_end - self.opened,
                    turn.endpoint - self.opened,
                    update.recognition,
                    update.reply,
                    update.synthesis,
                )
            )


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """All that a run found; figures in milliseconds."""

    turns: tuple[MeasuredTurn, ...]
    parts: dict[str, str]
    engine_rss_mb: float
    control_ms: Lateness
    surroundings: dict[str, Any]
    load_average_at_end: float

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
            "turns": len(self.turns),
            "failures": self.failures,
            "figures_ms": spreads,
            "engine_rss_mb": round(self.engine_rss_mb, 1),
            "control_stream_ms": asdict(self.control_ms),
            "each_turn": each,
        }


def bench_voice(turns: int, folder: Path, say: Say, without: Sequence[str] = ()) -> bool:
    """Run, tell the figures line by line, write the record. True when every question was answered."""
    say(f"{turns} questions, about {(LEAD_S + turns * SLOT_S) / 60:.1f} minutes in real time.")
    result = run_voice(turns, say, without)
    for line in table(result):
        say(line)
    say(f"Written to {write_record('voice', result.as_record(), folder)}.")
    return not result.failures


def run_voice(turns: int, say: Say = str, without: Sequence[str] = ()) -> VoiceResult:
    """Ask ``turns`` questions and measure. Raises ``EngineError`` when the engine fails on the way."""
    before = surroundings()
    with tempfile.TemporaryDirectory(prefix="assistant-bench-") as name:
        folder = Path(name)
        timeline = _prepare(turns, folder / "user.wav")
        with ControlStream() as control:
            observer = asyncio.run(_converse(folder, len(timeline.samples), turns, say, without))
            late = control.stop()
        measured = measure_turns(timeline.slots, read_wav(folder / "answers.wav"), observer.turns)
    load = round(os.getloadavg()[0], 2)
    return VoiceResult(tuple(measured), observer.parts, observer.rss_mb, late, before, load)


def _prepare(turns: int, path: Path) -> Timeline:
    voice, _ = load_voice()

    def speak(text: str, spec: VoiceSpec) -> Samples:
        return np.concatenate(list(voice.synthesise(text, spec)))

    timeline = build_timeline(speak, turns)
    writer = WavWriter(path)
    writer.write(timeline.samples)
    writer.close()
    return timeline


async def _converse(folder: Path, samples: int, turns: int, say: Say, without: Sequence[str]) -> Observer:
    library = load_library()
    config = EngineConfig(
        audio=WavAudio(str(folder / "user.wav"), str(folder / "answers.wav"), paced=True),
        voice=voice_spec(library.default),
        names=library.names,
        without=tuple(without),
    )
    observer = Observer(Supervisor(config, folder / "engine.log"))
    session = Session(library, default_registry(), DEFAULT_SLUG)
    runner = ConversationRunner(session, observer, ScriptedEngine(), open_temporary_store())

    def tell(update: Update) -> None:
        observer.note_update(update)
        if isinstance(update, LatencyShown):
            say(f"answer {len(observer.turns)} of {turns}: {update.total * 1000:.0f} ms by the engine's word")

    runner.subscribe(tell)
    conversation = asyncio.create_task(runner.run())
    try:
        await asyncio.wait_for(observer.over.wait(), samples / SAMPLE_RATE + GRACE_S)
    except TimeoutError:
        observer.failure = "The engine did not come to the end of its input."
    finally:
        await runner.close()
        conversation.cancel()
    if observer.failure:
        raise EngineError(observer.failure, "Run assistant doctor.")
    return observer


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
        f"parts: {at_work}",
        f"engine process: {result.engine_rss_mb:.0f} MB after the last turn",
        f"load average: {result.surroundings['load_average']} at the start, "
        f"{result.load_average_at_end} at the end",
        f"control stream, idle beside it: woke {late.p99:.1f} ms late (p99), {late.max:.1f} ms at most",
    ]


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in values.items()}
