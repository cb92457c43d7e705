"""From sentences to the speaker, and back from the speaker to the words that were heard.

One answer at a time. Its sentences are synthesised a little ahead, their samples top up the transport's
ring, and what the transport has consumed, less the device's latency, tells how far the listener is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from assistant.audio.transport import AudioTransport, Samples
from assistant.engine.protocol import (
    SAMPLE_RATE,
    Event,
    Say,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
    VoiceSpec,
)
from assistant.voice.cascade.word_times import WordTimes

AHEAD = 10 * SAMPLE_RATE
"""Samples of synthesised speech that may wait; no further sentence is begun beyond it."""

ECHO_TAIL_S = 0.25
"""How long a room goes on sounding after the last sample."""

BACK_S = (0.3, 0.9)
"""How far before a pause an answer goes on: at the quietest moment between these, mostly between words."""

_KEPT = 2 * SAMPLE_RATE
_QUIET_FRAME = SAMPLE_RATE // 50
FLOOR_S = 3.0
"""How long an answer that nobody has heard yet waits for a user who has gone on speaking."""

_REMEMBERED_CHARS = 400


@dataclass(slots=True)
class Sentence:
    """One ``Say`` on its way: ``start`` and ``samples`` place it within its answer's audio."""

    key: int
    text: str
    voice: VoiceSpec
    start: int = 0
    pieces: list[Samples] = field(default_factory=list)
    samples: int = 0
    complete: bool = False
    times: WordTimes | None = None

    def heard_chars(self, position: int) -> int:
        """Characters of the text whose words lie wholly before ``position`` in the answer's audio."""
        if self.samples == 0:
            return len(self.text) if self.complete and position >= self.start else 0
        if self.complete and position >= self.start + self.samples:
            return len(self.text)
        times = self.times or WordTimes.of(self.text, self.pieces, self.complete)
        if self.complete:
            self.times = times
            self.pieces = []
        return times.heard_chars(position - self.start)


@dataclass(slots=True)
class _Answer:
    generation: int
    sentences: list[Sentence] = field(default_factory=list)
    waiting: deque[Samples] = field(default_factory=deque)
    waiting_samples: int = 0
    kept: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    """The last samples that were written, to go back to."""
    is_paused: bool = False
    origin: int | None = None
    ready_at: float | None = None
    """When it could have begun, had the user not been speaking."""
    written: int = 0
    started: bool = False
    ended: bool = False
    synthesis_s: float = 0.0
    position: int = 0
    """Samples that left the speaker."""
    heard: str = ""

    def text_until(self, position: int) -> str:
        """The words of the answer that lie before ``position`` samples."""
        parts: list[str] = []
        for sentence in self.sentences:
            chars = sentence.heard_chars(position)
            if chars:
                parts.append(sentence.text[:chars])
            if chars < len(sentence.text):
                break
        return " ".join(parts)

    def take_back(self, position: int) -> None:
        """Let what was written from a little before ``position`` on wait once more."""
        first = self.written - len(self.kept)
        count = _moment_before(self.kept[: max(0, position - first)])
        again, self.kept = self.kept[count:], self.kept[:count]
        if len(again):
            self.waiting.appendleft(again)
        self.waiting_samples += len(again)
        self.written -= len(again)

    @property
    def total(self) -> int:
        return sum(sentence.samples for sentence in self.sentences)

    @property
    def all_there(self) -> bool:
        return all(sentence.complete for sentence in self.sentences)


class Playout:
    """Owned by the audio thread; every method returns at once."""

    def __init__(self) -> None:
        self._transport: AudioTransport | None = None
        self._capacity = 0
        self._floor = 0
        self._finished = 0
        self._answer: _Answer | None = None
        self._next_key = 0
        self._history: deque[tuple[float, int]] = deque(maxlen=256)
        self._moved_at = float("-inf")
        self._spoken = ""
        self.is_answered_elsewhere = False
        """Somebody else says an answer through the same speaker."""

    def attach(self, transport: AudioTransport | None) -> None:
        """Play to ``transport``, just opened; what was queued in another one counts as played."""
        self._transport = transport
        self._capacity = transport.writable() if transport else 0
        self._history.clear()
        if self._answer and self._answer.origin is not None and transport:
            self._answer.origin = transport.consumed - self._answer.written

    @property
    def _latency_s(self) -> float:
        return self._transport.output_latency_s if self._transport else 0.0

    # --- what is to be said ----------------------------------------------------------------------

    def say(self, say: Say) -> list[Event]:
        """Take one more sentence; a newer generation ends the older one, an older one is dropped."""
        if say.generation < self._floor:
            return []
        events = self._advance_to(say.generation)
        answer = self._answer_of(say.generation)
        answer.ended = False
        self._next_key += 1
        answer.sentences.append(Sentence(self._next_key, say.text, say.voice, start=answer.total))
        return events

    def end_reply(self, generation: int) -> list[Event]:
        """No more sentences follow; ignored for an answer that is over already."""
        if generation < self._floor or (self._answer is None and generation <= self._finished):
            return []
        events = self._advance_to(generation)
        self._answer_of(generation).ended = True
        return events

    def cancel(self, generation: int) -> list[Event]:
        """Drop whatever is older than ``generation``."""
        if generation <= self._floor:
            return []
        return self._advance_to(generation)

    def is_free_for(self, generation: int) -> bool:
        """True where neither this answer nor a newer one was begun here, and none was broken off since."""
        return generation >= self._floor and (self._answer is None or self._answer.generation < generation)

    def interrupt(self) -> list[Event]:
        """Stop the answer now and drop what may still come of it (barge-in)."""
        return self._advance_to(self._answer.generation + 1) if self._answer else []

    def pause(self) -> None:
        """Fall silent, but keep the answer for ``resume``."""
        answer = self._answer
        if answer is None or answer.is_paused:
            return
        answer.is_paused = True
        if self._transport and answer.origin is not None:
            position = self._transport.consumed - answer.origin
            self._transport.discard()
            answer.take_back(position)
            answer.origin = self._transport.consumed - answer.written

    def resume(self) -> None:
        """Go on after a pause, from a little before it, so that no word is lost."""
        if self._answer:
            self._answer.is_paused = False

    def _advance_to(self, generation: int) -> list[Event]:
        events: list[Event] = []
        if self._answer and self._answer.generation < generation:
            answer, self._answer = self._answer, None
            self._remember(answer)
            if self._transport and answer.written:
                self._transport.discard()
            events.append(SpeechFinished(answer.generation, answer.heard, interrupted=True))
        self._floor = max(self._floor, generation)
        return events

    def _answer_of(self, generation: int) -> _Answer:
        if self._answer is None:
            self._answer = _Answer(generation)
        return self._answer

    # --- synthesis -------------------------------------------------------------------------------

    def next_sentence(self, last_key: int) -> Sentence | None:
        """The sentence after ``last_key`` to synthesise now; None when there is none or enough waits."""
        if self._answer is None or self._answer.waiting_samples >= AHEAD:
            return None
        return next((s for s in self._answer.sentences if s.key > last_key and not s.complete), None)

    def add(self, key: int, samples: Samples, synthesis_s: float) -> None:
        """Samples of the sentence ``key``; dropped when its answer is gone."""
        sentence = self._find(key)
        if sentence is None or self._answer is None:
            return
        if self._answer.total == 0:
            self._answer.synthesis_s = synthesis_s
        sentence.pieces.append(samples)
        sentence.samples += len(samples)
        self._answer.waiting.append(samples)
        self._answer.waiting_samples += len(samples)
        for later in self._answer.sentences:
            if later.key > key:
                later.start += len(samples)

    def complete(self, key: int) -> None:
        """All samples of the sentence ``key`` were added (none, where there is no voice)."""
        sentence = self._find(key)
        if sentence is not None:
            sentence.complete = True

    def _find(self, key: int) -> Sentence | None:
        return next((s for s in self._answer.sentences if s.key == key), None) if self._answer else None

    # --- playing ---------------------------------------------------------------------------------

    def advance(self, now: float, *, is_floor_taken: bool = False) -> list[Event]:
        """Top up the transport and tell what has been heard; once for every block.

        While the user has the floor an answer does not begin, for ``FLOOR_S`` at the most.
        """
        answer = self._answer
        if answer is None:
            return []
        if not (is_floor_taken and self._waits_for_floor(answer, now)):
            self._top_up(answer)
        events: list[Event] = []
        if self._note_consumed(answer, now) and not answer.started:
            answer.started = True
            events.append(SpeechStarted(answer.generation, now, answer.synthesis_s))
        answer.position = max(answer.position, self._heard_position(now))
        heard = answer.text_until(answer.position)
        if heard != answer.heard:
            answer.heard = heard
            events.append(SpeechHeard(answer.generation, heard))
        if answer.ended and answer.all_there and answer.position >= answer.total:
            self._answer = None
            self._remember(answer)
            self._finished = answer.generation
            events.append(SpeechFinished(answer.generation, answer.heard))
        return events

    def _waits_for_floor(self, answer: _Answer, now: float) -> bool:
        if answer.origin is not None or not answer.waiting:
            return False
        answer.ready_at = now if answer.ready_at is None else answer.ready_at
        return now - answer.ready_at < FLOOR_S

    def _top_up(self, answer: _Answer) -> None:
        if self._transport is None or answer.is_paused:
            return
        room = self._transport.writable()
        if room and answer.waiting and answer.origin is None:
            answer.origin = self._transport.consumed + self._capacity - room
        while room and answer.waiting:
            piece = answer.waiting.popleft()
            if len(piece) > room:
                answer.waiting.appendleft(piece[room:])
                piece = piece[:room]
            self._transport.write(piece)
            answer.kept = np.concatenate((answer.kept, piece))[-_KEPT:]
            room -= len(piece)
            answer.written += len(piece)
            answer.waiting_samples -= len(piece)

    def _note_consumed(self, answer: _Answer, now: float) -> bool:
        """Keep the position for the latency to look back at; True when samples left just now."""
        if self._transport is None or answer.origin is None:
            return False
        position = self._transport.consumed - answer.origin
        before = self._history[-1][1] if self._history else 0
        self._history.append((now, position))
        if position > max(before, 0):
            self._moved_at = now
            return True
        return False

    def _heard_position(self, now: float) -> int:
        """The position of one latency ago."""
        then = now - self._latency_s
        while len(self._history) > 1 and self._history[1][0] <= then:
            self._history.popleft()
        return self._history[0][1] if self._history and self._history[0][0] <= then else 0

    def _remember(self, answer: _Answer) -> None:
        self._spoken = f"{self._spoken} {self._played_text(answer)}"[-_REMEMBERED_CHARS:]
        self._history.clear()

    def _played_text(self, answer: _Answer) -> str:
        position = self._history[-1][1] if self._history else 0
        return answer.text_until(position + SAMPLE_RATE // 2) if position > 0 else ""

    def note_other(self, now: float, words: str) -> None:
        """Somebody else is audible through the same speaker, and has said ``words``."""
        self._moved_at = now
        self._spoken = f"{self._spoken}{words}"[-_REMEMBERED_CHARS:]

    # --- what others ask -------------------------------------------------------------------------

    def is_audible(self, now: float) -> bool:
        """True while the assistant's voice, or its echo in the room, may reach the microphone."""
        return now - self._moved_at <= self._latency_s + ECHO_TAIL_S

    def recently_spoken(self) -> str:
        """The last few hundred characters that were played, to compare echoes with."""
        current = self._played_text(self._answer) if self._answer else ""
        return f"{self._spoken} {current}"[-_REMEMBERED_CHARS:].strip()

    @property
    def is_idle(self) -> bool:
        """True when nothing is being said and nothing is to be said."""
        return self._answer is None

    @property
    def is_answering(self) -> bool:
        """True while an answer is being said, here or elsewhere."""
        return not self.is_idle or self.is_answered_elsewhere

    @property
    def is_starving(self) -> bool:
        """True while samples are still to be made and hardly any wait."""
        answer = self._answer
        return answer is not None and not answer.all_there and answer.waiting_samples < SAMPLE_RATE


def _moment_before(played: Samples) -> int:
    """Where in ``played`` to begin once more: the quietest 20 ms within ``BACK_S`` of its end."""
    nearest, farthest = (int(seconds * SAMPLE_RATE) for seconds in BACK_S)
    if len(played) <= nearest:
        return 0
    start = max(0, len(played) - farthest)
    stretch = played[start : len(played) - nearest]
    frames = stretch[: len(stretch) // _QUIET_FRAME * _QUIET_FRAME].reshape(-1, _QUIET_FRAME)
    return start + int(np.square(frames).sum(axis=1).argmin()) * _QUIET_FRAME if len(frames) else start
