"""What is known of a turn of the user's: its audio, what was understood so far, and what was told of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.voice.cascade.hearing import Chunk
from assistant.voice.cascade.ports import Transcript
from assistant.voice.cascade.recognition import Job, JobKind
from assistant.voice.cascade.turns import EndOfTurn


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


@dataclass(slots=True)
class DoubtedTurn:
    """A turn that is to be checked from ``due`` on, and how it was understood."""

    job: Job
    first: Transcript
    due: float
    is_asked: bool = False
