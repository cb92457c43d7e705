"""Synthesis beside the audio thread: one worker that is given one sentence at a time."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from assistant.engine.protocol import VoiceSpec
from assistant.voice.cascade.ports import Samples, Voice

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """24 kHz samples of the sentence ``key``."""

    key: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class SentenceDone:
    """No more pieces of the sentence ``key`` follow."""

    key: int
    failed: bool = False


class SynthesisWorker:
    """Runs a voice in a thread of its own.

    Bounded: one sentence is worked on and at most one waits; the audio thread gives the next when one is
    done. A sentence that was cancelled is given up between two pieces.
    """

    def __init__(self, voice: Voice, deliver: Callable[[Piece | SentenceDone], None]) -> None:
        self._voice = voice
        self._deliver = deliver
        self._sentences: queue.Queue[tuple[int, str, VoiceSpec] | None] = queue.Queue(maxsize=2)
        self._cancelled = 0
        self._thread = threading.Thread(target=self._run, name="synthesis", daemon=True)
        self._thread.start()

    def submit(self, key: int, text: str, spec: VoiceSpec) -> None:
        """Synthesise a sentence; keys rise. Only when the one before is done."""
        self._sentences.put_nowait((key, text, spec))

    def cancel_until(self, key: int) -> None:
        """Give up every sentence up to ``key``."""
        self._cancelled = max(self._cancelled, key)

    def stop(self) -> None:
        """Begin no further sentence."""
        self._cancelled = 1 << 62
        self._sentences.put(None)

    def _run(self) -> None:
        while (sentence := self._sentences.get()) is not None:
            key, text, spec = sentence
            failed = False
            try:
                self._speak(key, text, spec)
            except Exception:
                _log.exception("synthesis failed on a sentence of %d characters", len(text))
                failed = True
            self._deliver(SentenceDone(key, failed))

    def _speak(self, key: int, text: str, spec: VoiceSpec) -> None:
        for samples in self._voice.synthesise(text, spec):
            if key <= self._cancelled:
                return
            if len(samples):
                self._deliver(Piece(key, samples))
