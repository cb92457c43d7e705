"""Hear a persona's voice without a conversation: to the speaker, or into a WAV."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from assistant.audio.devices import list_devices, resolve
from assistant.audio.streams import OpenStreams, open_streams
from assistant.audio.transport import Samples
from assistant.audio.wavfile import WavWriter
from assistant.errors import AudioError

_LOOK_S = 0.02


def write(speech: Iterable[Samples], path: Path) -> None:
    """``speech`` (24 kHz blocks) as the WAV ``path``. Raises ``AudioError`` when it cannot be written."""
    writer = WavWriter(path)
    try:
        for block in speech:
            writer.write(block)
    finally:
        writer.close()


def play(speech: Iterable[Samples], speaker_name: str = "", volume: float = 1.0) -> None:
    """``speech`` (24 kHz blocks) to the speaker of this name, to its end; the microphone stays closed.

    An empty name means the system's default. Raises ``AudioError`` when there is no such speaker, or when it
    refuses.
    """
    speaker = resolve(list_devices(), speaker_name, "output")
    if speaker is None:
        raise AudioError("There is no speaker.", "Write into a WAV instead: --out FILE.")
    streams = open_streams(None, speaker, volume)
    try:
        if streams.refusals:
            raise streams.refusals[0]
        _feed(streams, speech)
    finally:
        streams.close()


def _feed(streams: OpenStreams, speech: Iterable[Samples]) -> None:
    playback = streams.playback
    assert playback is not None
    written = 0
    for block in speech:
        while len(block):
            room = min(playback.writable(), len(block))
            playback.write(block[:room])
            block, written = block[room:], written + room
            _wait(streams)
    while playback.consumed < written:
        _wait(streams)
    time.sleep(playback.latency_s)


def _wait(streams: OpenStreams) -> None:
    time.sleep(_LOOK_S)
    if streams.lost.is_set():
        raise AudioError("The speaker is gone.", "Connect it again, or write into a WAV: --out FILE.")
