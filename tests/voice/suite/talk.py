"""Conversations in a simulated room: what the user does over the answer, and what the assistant did about it.

Time is simulated: it stands still while words are being recognised, so that the same case always goes the
same way. What recognition took is kept beside it, and added where a figure counts time.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import soxr
from numpy.typing import NDArray

from assistant.audio.echo import best_echo
from assistant.engine.echo_words import words_of
from assistant.engine.host import load_parts
from assistant.engine.protocol import EngineConfig, Event, InputFinished
from assistant.voice.cascade.cascade import Parts
from assistant.voice.cascade.ports import Recogniser, Transcript
from tests.fakes.conversation import FakeConversation
from tests.fakes.room import Acoustics
from tests.fakes.room_transport import RoomTransport
from tests.fakes.speech import RATE, speak
from tests.voice.suite.noises import speech_level

Samples = NDArray[np.float32]

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


@dataclass(slots=True)
class TimedRecogniser:
    """A recogniser that keeps when, in simulated time, it was asked, and the seconds that it took."""

    recogniser: Recogniser
    clock: Callable[[], float]
    calls: list[tuple[float, float]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.recogniser.name

    def transcribe(self, audio: Samples) -> Transcript:
        began, at = time.monotonic(), self.clock()
        transcript = self.recogniser.transcribe(audio)
        self.calls.append((at, time.monotonic() - began))
        return transcript

    def set_names(self, names: Sequence[str]) -> None:
        self.recogniser.set_names(names)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is over: events with the simulated times at which they came."""

    transport: RoomTransport
    events: list[tuple[float, Event]]
    decodes: list[tuple[float, float]]
    erle: float | None
    delay_s: float | None

    def all(
        self, kind: type[Event], start: float = 0.0, end: float = float("inf")
    ) -> list[tuple[float, Event]]:
        """The events of one kind that came between two times."""
        return [(at, event) for at, event in self.events if isinstance(event, kind) and start <= at < end]

    def decode_s(self, at: float) -> float:
        """What recognition took of which the result was there at ``at``; 0.0 where none was."""
        return next((took for asked, took in reversed(self.decodes) if asked <= at < asked + 0.04), 0.0)


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
    transport = RoomTransport(said, acoustics)
    recogniser = TimedRecogniser(parts.recogniser, lambda: transport.time) if parts.recogniser else None
    echo = best_echo()
    conversation = _TimedConversation(transport, answer, replace(parts, recogniser=recogniser, echo=echo))
    conversation.timed = []
    with conversation:
        conversation.wait_for(InputFinished, timeout_s=limit_s)
    calls = recogniser.calls if recogniser else []
    return Talk(transport, conversation.timed, calls, echo.erle, echo.delay_s)


def transcribe(parts: Parts, audio: Samples) -> list[str]:
    """The words that a recogniser hears in 24 kHz ``audio``."""
    assert parts.recogniser is not None
    return words_of(parts.recogniser.transcribe(np.asarray(soxr.resample(audio, RATE, 16_000))).text)
