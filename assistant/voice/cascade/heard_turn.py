"""What is known of a turn of the user's: its audio, what was understood so far, and what was told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.voice.cascade.background import WINDOW, near_level
from assistant.voice.cascade.hearing import Chunk
from assistant.voice.cascade.ports import Transcript
from assistant.voice.cascade.recognition import Job, JobKind
from assistant.voice.cascade.turns import EndOfTurn

_FEWEST_NEAR = 8
"""Chunks that must stand out: 0.26 s, more than the loudest syllable of people elsewhere."""

_PAUSE = 25
"""Chunks by which two that stand out may lie apart and still be one utterance: 0.8 s."""

_BEFORE, _AFTER = 10, 6
"""Chunks kept around an utterance, as its first and last sounds are no louder than the room."""


@dataclass(slots=True)
class HeardTurn:
    """The user's turn from its onset until it is understood; times in seconds of the audio clock."""

    number: int
    over_speech: bool
    chunks: list[Chunk]
    next_partial: float
    onset: float
    is_free_of_echo: bool
    is_own_voice: bool = False
    next_look: float = 0.0
    revision: int = 0
    text: str = ""
    shown: str = ""
    guess: Transcript | None = None
    guessing: bool = False
    offered: bool = False
    """The session knows of the guess."""
    speech_s: float = 0.0
    lasts_s: float = 0.0
    ended: EndOfTurn | None = None

    def job(self, kind: JobKind) -> Job:
        """All of its audio so far, to be recognised."""
        audio = np.concatenate([chunk.samples for chunk in self.chunks])
        return Job(self.number, kind, self.revision, audio)

    def keep_who_stood_out(self, ended: EndOfTurn) -> bool:
        """Of a turn that was talk elsewhere keep what was said in front of it; False where nothing was."""
        levels = np.array([chunk.level for chunk in self.chunks])
        # Whoever spoke before the others began stands out of them, too, and not only of the quiet.
        near = np.flatnonzero(levels >= max(near_level(levels), near_level(levels[-WINDOW:])))
        utterances = np.split(near, np.flatnonzero(np.diff(near) > _PAUSE) + 1)
        kept = [each for each in utterances if len(each) >= _FEWEST_NEAR]
        if not kept:
            return False
        first, last = kept[0][0], kept[-1][-1]
        self.ended = replace(ended, speech_end=self.chunks[last].time)
        self.chunks = self.chunks[max(0, first - _BEFORE) : last + 1 + _AFTER]
        self.guess, self.guessing = None, False
        self.revision += 1
        return True


@dataclass(slots=True)
class DoubtedTurn:
    """A turn that is to be checked from ``due`` on, and how it was understood."""

    job: Job
    first: Transcript
    due: float
    is_asked: bool = False
