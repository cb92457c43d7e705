"""From a talker's frames to the speaker, and back from the speaker to the words that were heard.

The transport's ring is the jitter buffer: a frame is written as it comes, after a little silence when the
ring had run dry, so that the next ones may come a little late.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.audio.transport import AudioTransport, Samples
from assistant.engine.monologue_protocol import MonologueCall, MonologueEnded, MonologueText
from assistant.engine.protocol import SAMPLE_RATE, SpeechFinished, SpeechHeard, SpeechStarted
from assistant.tools.parser import Call, Found, Malformed, Text

LEAD = SAMPLE_RATE * 60 // 1000
"""Samples of silence before a frame that finds the ring empty."""
RAMP = SAMPLE_RATE * 5 // 1000

Told = MonologueText | MonologueCall | MonologueEnded | SpeechStarted | SpeechHeard | SpeechFinished


class MonologueSpeech:
    """Owned by the audio thread."""

    def __init__(self) -> None:
        self._transport: AudioTransport | None = None
        self._capacity = 0
        self._written = 0
        self._told: deque[tuple[int, Told]] = deque()
        self._gain = 0.0
        self._is_flowing = False
        self.underruns = 0
        self.surplus = 0
        """Frames for which there was no room: they came faster than the speaker plays."""

    def attach(self, transport: AudioTransport | None) -> None:
        """Speak into ``transport``, just opened."""
        self._transport = transport
        self._capacity = transport.writable() if transport else 0
        self._is_flowing = False

    def say(self, samples: Samples, *, is_muted: bool) -> None:
        """The next frame; one that is muted takes its time in silence."""
        if self._transport is None:
            return
        room = self._transport.writable()
        if room == self._capacity:
            self.underruns += self._is_flowing
            self._transport.write(np.zeros(LEAD, np.float32))
            self._written += LEAD
            room -= LEAD
        self._is_flowing = True
        if room < len(samples):
            self.surplus += 1
            return
        self._transport.write(self._faded(samples, 0.0 if is_muted else 1.0))
        self._written += len(samples)

    def tell(self, event: Told) -> None:
        """Report this once all that was said so far has been heard."""
        self._told.append((self._written, event))

    def heard(self) -> list[Told]:
        """What has been heard since the last call."""
        position = self._heard_position()
        events = []
        while self._told and self._told[0][0] <= position:
            events.append(self._told.popleft()[1])
        return events

    def stop(self) -> bool:
        """Fade out, and forget what nobody has heard; True when an utterance's end was among that."""
        was_ending = any(isinstance(event, MonologueEnded) for _, event in self._told)
        self._told.clear()
        self._gain, self._is_flowing = 0.0, False
        if self._transport:
            self._transport.discard()
        return was_ending

    def _heard_position(self) -> int:
        if self._transport is None:
            return self._written
        queued = self._capacity - self._transport.writable()
        latency = int(self._transport.output_latency_s * SAMPLE_RATE)
        return self._written - queued - latency if queued or self._is_flowing else self._written

    def _faded(self, samples: Samples, gain: float) -> Samples:
        """Clean, within -1 to 1, without a click where muting begins or ends."""
        clean = np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)
        if gain == self._gain == 1.0:
            return clean
        curve = np.full(len(clean), gain, np.float32)
        curve[:RAMP] = np.linspace(self._gain, gain, RAMP, dtype=np.float32)
        self._gain = gain
        return clean * curve


def events_of(found: list[Found], utterance: int) -> list[Told]:
    """What was found in a monologue's text, as the session is told."""
    events: list[Told] = []
    for each in found:
        match each:
            case Text(text):
                events.append(MonologueText(utterance, text))
            case Call(call):
                events.append(MonologueCall(utterance, call.name, call.arguments))
            case Malformed(_, reason):
                events.append(MonologueCall(utterance, "", {}, reason))
    return events
