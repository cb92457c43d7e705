"""What the audio thread is handed: commands of the session, and results of the threads beside it."""

from __future__ import annotations

import queue

from assistant.engine.protocol import Command
from assistant.voice.cascade.recognition import Recognised
from assistant.voice.cascade.synthesis import Piece, SentenceDone
from assistant.voice.duplex import pipeline

Message = Command | Recognised | Piece | SentenceDone | pipeline.Message
Inbox = queue.Queue[Message]


def make_inbox() -> Inbox:
    """What the audio thread takes its messages from; who puts into a full one waits, nothing is dropped."""
    return queue.Queue(1024)
