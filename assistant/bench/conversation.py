"""One measured conversation: the real engine process and the real session, without a face."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.audio.transport import Samples
from assistant.audio.wavfile import WavWriter
from assistant.bench.latency import ReportedTurn
from assistant.bench.timeline import SLOT_S, Timeline, build_timeline
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import LatencyShown, Update
from assistant.engine.protocol import (
    AudioHealth,
    Command,
    DeviceAudio,
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
from assistant.llm.port import TextEngine
from assistant.llm.reply import reply
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
    """Stands between engine and session and notes what both tell; all times are monotonic seconds.

    ``listening`` is set when the engine is ready, ``over`` at the end of an input that has one.
    """

    engine: Supervisor
    opened: float = 0.0
    """When the engine said that it listens: with WAV files within milliseconds of their first sample."""
    parts: dict[str, str] = field(default_factory=dict)
    health: AudioHealth | None = None
    underruns: list[tuple[float, int]] = field(default_factory=list)
    """When the engine told how many there had been, and how many."""
    answered: list[tuple[UserTurn, LatencyShown]] = field(default_factory=list)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
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
                self.opened, self.parts = time.monotonic(), parts
                self.listening.set()
            case UserTurn():
                self._turn = event
            case AudioHealth():
                self.health = event
                self.underruns.append((time.monotonic(), event.underruns))
            case EngineDown(reason=reason):
                self.failure = reason
                self.listening.set()
                self.over.set()
            case InputFinished():
                self.over.set()

    def note_update(self, update: Update) -> None:
        """Watch the session."""
        if isinstance(update, LatencyShown) and self._turn is not None:
            self.answered.append((self._turn, update))

    def reported(self, start: float) -> list[ReportedTurn]:
        """The answered turns, on a recording that began at ``start``."""
        return [
            ReportedTurn(
                turn.speech_end - start, turn.endpoint - start, told.recognition, told.reply, told.synthesis
            )
            for turn, told in self.answered
        ]


def write_questions(turns: int, path: Path, slot_s: float = SLOT_S) -> Timeline:
    """``turns`` questions in the packaged voice, one every ``slot_s`` seconds, as the WAV ``path``."""
    voice, _ = load_voice()

    def speak(text: str, spec: VoiceSpec) -> Samples:
        return np.concatenate(list(voice.synthesise(text, spec)))

    timeline = build_timeline(speak, turns, slot_s=slot_s)
    writer = WavWriter(path)
    writer.write(timeline.samples)
    writer.close()
    return timeline


async def converse(
    audio: WavAudio | DeviceAudio,
    log_path: Path,
    limit_s: float,
    say: Say,
    without: Sequence[str] = (),
    play: Callable[[], object] | None = None,
    text_engine: TextEngine | None = None,
) -> Observer:
    """One conversation: until the WAV is over or, on devices, ``play`` (the user speaking) returns.

    ``text_engine`` has read the beginning of the prompt before the first question; without one the scripted
    engine answers. Raises ``EngineError`` when the engine dies, or is not done after ``limit_s`` seconds.
    """
    library = load_library()
    config = EngineConfig(audio, names=library.names, without=tuple(without))
    observer = Observer(Supervisor(config, log_path))
    brain = text_engine or ScriptedEngine()
    session = Session(library, default_registry(), DEFAULT_SLUG, text_engine=brain.name)
    runner = ConversationRunner(session, observer, brain, open_temporary_store())

    def tell(update: Update) -> None:
        observer.note_update(update)
        if isinstance(update, LatencyShown):
            say(f"answer {len(observer.answered)}: {update.total * 1000:.0f} ms by the engine's word")

    runner.subscribe(tell)
    async with contextlib.aclosing(reply(brain, session.prompt_for("Hello."))) as deltas:
        await anext(deltas)
    conversation = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(limit_s):
            await observer.listening.wait()
            await (asyncio.to_thread(play) if play and not observer.failure else observer.over.wait())
    except TimeoutError:
        observer.failure = "The engine did not come to the end of its input."
    finally:
        await runner.close()
        conversation.cancel()
    if observer.failure:
        raise EngineError(observer.failure, "Run assistant doctor.")
    return observer
