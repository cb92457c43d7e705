"""Conversations in a simulated room: what the user does over the answer, and what the assistant did about it.

Time is simulated, that of recognition and synthesis too, so that the same case always goes the same way. They
take as long as the fastest recogniser does on two quiet cores; what a busy machine, a slower recogniser or
the sound server cost shows in real time only.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import soxr
from numpy.typing import NDArray

from assistant.audio.echo import best_echo
from assistant.engine.echo_words import words_of
from assistant.engine.host import load_parts
from assistant.engine.protocol import EngineConfig, Event, InputFinished, VoiceSpec
from assistant.voice.cascade import cascade, speaking
from assistant.voice.cascade.loaded import Parts
from assistant.voice.cascade.name_listening import NameListener
from assistant.voice.cascade.ports import RECOGNITION_RATE, Recogniser, Voice
from assistant.voice.cascade.recognition import Recognised, RecognitionWorker
from assistant.voice.cascade.synthesis import Piece, SentenceDone, SynthesisWorker
from tests.fakes.conversation import FakeConversation
from tests.fakes.room import Acoustics
from tests.fakes.room_transport import RoomTransport
from tests.fakes.speech import RATE, speak
from tests.voice.suite.noises import speech_level

Samples = NDArray[np.float32]
E = TypeVar("E", bound=Event)

DECODE_S = (0.06, 0.03)
"""Seconds that recognition takes, and seconds more for each second of speech."""

SYNTHESIS_S = 0.03
"""Seconds until a sentence's first sound."""

_WHO = (
    "My grandmother",
    "The old captain",
    "Our neighbour",
    "A quiet student",
    "The night porter",
    "Her brother",
)
_DID = ("painted", "repaired", "remembered", "sold", "carried home", "wrote about")
_WHAT = (
    "seven green lamps",
    "the frozen river",
    "a wooden staircase",
    "the yellow boats",
    "nine glass bottles",
)
_WHEN = (
    "before the winter came",
    "while the market was open",
    "on a rainy Thursday",
    "after the long dinner",
)


def sentences(count: int, first: int = 0) -> list[str]:
    """Different sentences of about three seconds for the assistant to say, none of them a question."""
    made = itertools.cycle(itertools.product(_WHEN, _WHAT, _DID, _WHO))
    # A stride that shares no factor with their number, so that neighbours have little in common.
    chosen = itertools.islice(made, first * 97, None, 97)
    return [f"{who} {did} {what} {when}." for when, what, did, who in itertools.islice(chosen, count)]


def loud(sound: Samples, level_db: float = 0.0) -> Samples:
    """``sound`` as loud as the assistant's own voice, or ``level_db`` louder."""
    wanted = speech_level(speak(sentences(1)[0])) * 10 ** (level_db / 20)
    return np.asarray(sound * (wanted / speech_level(sound)), np.float32)


def trimmed(sound: Samples) -> Samples:
    """Without what lies before its first and after its last audible sample."""
    audible = np.flatnonzero(np.abs(sound) > 0.03 * np.abs(sound).max())
    return sound[audible[0] : audible[-1] + 1]


def track(seconds: float, sounds: Sequence[tuple[float, Samples]]) -> Samples:
    """Silence of ``seconds`` with each of ``sounds`` from its second on."""
    joined = np.zeros(int(seconds * RATE), np.float32)
    for at, sound in sounds:
        start = int(at * RATE)
        joined[start : start + len(sound)] += sound[: max(0, len(joined) - start)]
    return joined


class _Recognition(RecognitionWorker):
    """The recogniser's worker in simulated time: one job after the other, as long as ``DECODE_S`` says."""

    def __init__(
        self,
        recogniser: Recogniser,
        deliver: Callable[[Recognised], None],
        names: NameListener | None = None,
    ) -> None:
        super().__init__(recogniser, deliver, names)
        self._at_work: Recognised | None = None

    def _run(self) -> None:
        """No thread: ``tick`` does the work."""

    def tick(self, now: float) -> None:
        if self._at_work is not None and self._at_work.at <= now:
            done, self._at_work = self._at_work, None
            self._deliver(done)
        if self._at_work is None and self._waiting:
            job = self._waiting.popleft()
            took = DECODE_S[0] + DECODE_S[1] * len(job.audio) / RECOGNITION_RATE
            self._at_work = Recognised(job, self._recogniser.transcribe(job.audio), now + took, took)


class _Synthesis(SynthesisWorker):
    """The voice's worker in simulated time: a sentence takes ``SYNTHESIS_S``."""

    def __init__(self, voice: Voice, deliver: Callable[[Piece | SentenceDone], None]) -> None:
        super().__init__(voice, deliver)
        self._due = 0.0

    def _run(self) -> None:
        """No thread: ``tick`` does the work."""

    def submit(self, key: int, text: str, spec: VoiceSpec) -> None:
        super().submit(key, text, spec)
        self._due = 0.0

    def tick(self, now: float) -> None:
        if self._sentences.empty():
            return
        self._due = self._due or now + SYNTHESIS_S
        if now >= self._due and (sentence := self._sentences.get_nowait()):
            self._due = 0.0
            self._speak(*sentence)
            self._deliver(SentenceDone(sentence[0]))


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is over: events with the simulated times at which they came."""

    transport: RoomTransport
    events: list[tuple[float, Event]]
    erle: float | None
    delay_s: float | None

    def all(self, kind: type[E], start: float = 0.0, end: float = float("inf")) -> list[tuple[float, E]]:
        """The events of one kind that came between two times."""
        return [(at, event) for at, event in self.events if isinstance(event, kind) and start <= at < end]


class _TimedConversation(FakeConversation):
    timed: list[tuple[float, Event]]

    def _take(self, event: Event) -> None:
        self.timed.append((self.transport.time, event))
        super()._take(event)


def load(without: tuple[str, ...] = ()) -> Parts:
    """The speech parts of this machine."""
    return load_parts(EngineConfig(without=without))


def talk(
    parts: Parts,
    said: Samples,
    acoustics: Acoustics,
    answer: Callable[[str], list[str] | None],
    limit_s: float = 600.0,
) -> Talk:
    """Let the user say ``said`` in a room; ``answer`` gives the sentences for a turn, None lets it pass."""
    echo = best_echo()
    transport = RoomTransport(said, acoustics)
    with (
        patch.object(cascade, "RecognitionWorker", transport.keeping_time(_Recognition)),
        patch.object(speaking, "SynthesisWorker", transport.keeping_time(_Synthesis)),
    ):
        conversation = _TimedConversation(
            transport, answer, replace(parts, echo=echo, name_listener=None), owns_time=False
        )
    conversation.timed = []
    with conversation:
        conversation.wait_for(InputFinished, timeout_s=limit_s)
    return Talk(transport, conversation.timed, echo.erle, echo.delay_s)


def transcribe(parts: Parts, audio: Samples) -> list[str]:
    """The words that a recogniser hears in 24 kHz ``audio``."""
    assert parts.recogniser is not None
    return words_of(parts.recogniser.transcribe(np.asarray(soxr.resample(audio, RATE, 16_000))).text)
