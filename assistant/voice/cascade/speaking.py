"""The assistant's side of the cascade: from sentences to samples in playout, some of them made ahead."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.engine.protocol import EngineNotice, Event, Prepare, VoiceSpec
from assistant.severity import Severity
from assistant.voice.cascade.playout import Playout, Sentence
from assistant.voice.cascade.ports import Samples, Voice
from assistant.voice.cascade.synthesis import Piece, SentenceDone, SynthesisWorker

AHEAD_SENTENCES = 2
"""Sentences of an answer that may never be given; the oldest goes."""


@dataclass(slots=True)
class _Ahead:
    """A sentence that is synthesised before anyone wants it said; ``job`` is 0 until that has begun."""

    text: str
    voice: VoiceSpec
    job: int = 0
    complete: bool = False
    pieces: list[Samples] = field(default_factory=list)


class Speaking:
    """Owned by the audio thread. The voice works on one sentence at a time; wanted ones come first."""

    def __init__(
        self,
        voice: Voice | None,
        playout: Playout,
        deliver: Callable[[Piece | SentenceDone], None],
        emit: Callable[[Event], None],
    ) -> None:
        self._playout = playout
        self._emit = emit
        self._worker = SynthesisWorker(voice, deliver) if voice else None
        self._ahead: deque[_Ahead] = deque(maxlen=AHEAD_SENTENCES)
        self._job = 0
        self._working = False
        self._sentence_key = 0
        self._asked_at = 0.0
        self._wanted: int | None = None
        """The sentence of the answer that the job under way is for; None for one made ahead."""

    def prepare(self, wish: Prepare) -> None:
        """Synthesise a sentence that may be wanted soon."""
        if self._worker and self._find(wish.text, wish.voice) is None:
            self._ahead.append(_Ahead(wish.text, wish.voice))

    def advance(self, has_output: bool) -> None:
        """Give the voice its next sentence; once for every block."""
        sentence = self._playout.next_sentence(self._sentence_key)
        if sentence is not None:
            self._want(sentence, has_output)
        if not self._working and self._wanted is None:
            waiting = next((ahead for ahead in self._ahead if not ahead.job), None)
            if waiting is not None and has_output:
                waiting.job = self._submit(waiting.text, waiting.voice)

    def take(self, message: Piece | SentenceDone) -> None:
        """What the voice has made."""
        match message:
            case Piece(key, samples):
                self._made(key, samples)
            case SentenceDone(key, failed):
                self._done(key, failed)

    def cancel(self) -> None:
        """The answer is over: whatever is still made for it is given up."""
        if self._worker and self._wanted is not None:
            self._worker.cancel_until(self._job)

    def stop(self) -> None:
        """Begin no further sentence."""
        if self._worker:
            self._worker.stop()

    def _want(self, sentence: Sentence, has_output: bool) -> None:
        if self._worker is None or not has_output:
            self._sentence_key = sentence.key
            self._playout.complete(sentence.key)
            return
        ahead = self._find(sentence.text, sentence.voice)
        if self._working and (ahead is None or ahead.job != self._job):
            self._give_up_ahead()
            return
        self._sentence_key = sentence.key
        self._asked_at = time.monotonic()
        if ahead is None or not ahead.job:
            self._wanted = sentence.key
            self._submit(sentence.text, sentence.voice)
            return
        self._ahead.remove(ahead)
        for samples in ahead.pieces:
            self._playout.add(sentence.key, samples, 0.0)
        if ahead.complete:
            self._playout.complete(sentence.key)
        else:
            self._wanted = sentence.key

    def _give_up_ahead(self) -> None:
        """A wanted sentence waits: what is being made ahead has to go."""
        if self._worker and self._wanted is None:
            self._worker.cancel_until(self._job)
            if (ahead := self._ahead_of(self._job)) is not None:
                self._ahead.remove(ahead)

    def _submit(self, text: str, voice: VoiceSpec) -> int:
        assert self._worker
        self._job += 1
        self._working = True
        self._worker.submit(self._job, text, voice)
        return self._job

    def _made(self, job: int, samples: Samples) -> None:
        if job != self._job:
            return
        if self._wanted is not None:
            self._playout.add(self._wanted, samples, time.monotonic() - self._asked_at)
        elif (ahead := self._ahead_of(job)) is not None:
            ahead.pieces.append(samples)

    def _done(self, job: int, failed: bool) -> None:
        self._working = False
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._playout.complete(wanted)
            if failed:
                self._emit(
                    EngineNotice(
                        Severity.WARNING, "A sentence could not be spoken.", "Its text is on screen."
                    )
                )
        elif (ahead := self._ahead_of(job)) is not None:
            if failed or not ahead.pieces:
                self._ahead.remove(ahead)
            ahead.complete = True

    def _ahead_of(self, job: int) -> _Ahead | None:
        return next((ahead for ahead in self._ahead if ahead.job == job), None)

    def _find(self, text: str, voice: VoiceSpec) -> _Ahead | None:
        return next((ahead for ahead in self._ahead if (ahead.text, ahead.voice) == (text, voice)), None)
