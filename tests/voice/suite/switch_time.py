"""How long a persona switch takes: the real engine process on a WAV in real time, and the real session."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from assistant.audio.wavfile import WavWriter
from assistant.bench.conversation import Observer
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import PersonaChanged, Update
from assistant.engine.protocol import EngineConfig, WavAudio
from assistant.engine.supervisor import Supervisor
from assistant.llm.scripted.engine import ScriptedEngine
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import DEFAULT_SLUG, load_library
from assistant.tools.registry import default_registry
from tests.fakes.speech import RATE
from tests.voice.suite.noises import Samples
from tests.voice.suite.phrasings import NAMES, TUNING
from tests.voice.suite.report import Figure, Limit
from tests.voice.suite.speakers import SPEAKERS

SWITCHES = 22
_LEAD_S, _SLOT_S = 6.0, 7.0
"""Until the first request, while the second recogniser loads; from one request to the next, time for the new
persona to introduce itself."""

_AUDIBLE = 0.01
_GRACE_S = 60.0


def measure_time() -> tuple[Figure, ...]:
    """Milliseconds from the end of speech to the new persona, over those that came; and the memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.wav"
        ends, slugs = _write(path)
        audio = WavAudio(str(path), str(Path(folder) / "answers.wav"), paced=True)
        limit_s = _LEAD_S + SWITCHES * _SLOT_S + _GRACE_S
        changed, observer = asyncio.run(_converse(audio, Path(folder) / "engine.log", limit_s))
    took = []
    for end, slug in zip(ends, slugs, strict=True):
        after = [at - observer.opened - end for at, each in changed if each == slug]
        took += [1000 * delay for delay in after if 0 < delay < _SLOT_S - 1][:1]
    rss_mb = observer.health.rss_mb if observer.health else 0.0
    return (
        Figure("switches that came, in real time", len(took), f"of {SWITCHES}", SWITCHES),
        Figure(
            "end of speech to the new theme, p50",
            float(np.percentile(took, 50)),
            "ms",
            len(took),
            Limit("≤", 1000.0),
        ),
        Figure("end of speech to the new theme, p95", float(np.percentile(took, 95)), "ms", len(took)),
        Figure("memory of the engine with both recognisers", rss_mb, "MB", 1, Limit("≤", 700.0)),
    )


def _write(path: Path) -> tuple[list[float], list[str]]:
    """Writes the requests; returns when each one's last sound is over, in seconds, and for whom it is."""
    user = next(each for each in SPEAKERS if each.key == "hibari")
    track = np.zeros(int((_LEAD_S + SWITCHES * _SLOT_S) * RATE), np.float32)
    ends, slugs = [], []
    for index in range(SWITCHES):
        # The first one must not ask for who is there already, and no two in a row for the same.
        slug, spoken = NAMES[(index * 3) % len(NAMES)]
        speech = user.say(TUNING[index % len(TUNING)].format(spoken))
        start = int((_LEAD_S + index * _SLOT_S) * RATE)
        track[start : start + len(speech)] = speech
        ends.append((start + _last_sound(speech)) / RATE)
        slugs.append(slug)
    writer = WavWriter(path)
    writer.write(track)
    writer.close()
    return ends, slugs


def _last_sound(speech: Samples) -> int:
    return int(np.flatnonzero(np.abs(speech) > _AUDIBLE)[-1])


async def _converse(audio: WavAudio, log: Path, limit_s: float) -> tuple[list[tuple[float, str]], Observer]:
    library = load_library()
    observer = Observer(Supervisor(EngineConfig(audio, names=library.names), log))
    session = Session(library, default_registry(), DEFAULT_SLUG, greets=False)
    runner = ConversationRunner(session, observer, ScriptedEngine(), open_temporary_store())
    changed: list[tuple[float, str]] = []

    def note(update: Update) -> None:
        if isinstance(update, PersonaChanged):
            changed.append((time.monotonic(), update.slug))

    runner.subscribe(note)
    conversation = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(limit_s):
            await observer.over.wait()
    finally:
        await runner.close()
        conversation.cancel()
    return changed, observer
