"""A process that uses the device transport as the engine does and tells what happens, a JSON line each."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from assistant.audio.device import DeviceTransport
from assistant.audio.echo import best_echo
from assistant.audio.wavfile import read_wav
from assistant.engine.protocol import DeviceAudio, DevicesChanged
from assistant.errors import AudioError


def tell(kind: str, **facts: object) -> None:
    print(json.dumps({"kind": kind, **facts}), flush=True)


def match(speech: np.ndarray, reference: np.ndarray) -> float:
    """The best correlation of ``speech`` with ``reference`` at any delay."""
    size = 2 ** int(np.ceil(np.log2(len(speech) + len(reference))))
    product = np.fft.rfft(reference, size) * np.conj(np.fft.rfft(speech, size))
    energy = float(np.sqrt((speech**2).sum() * (reference**2).sum()))
    return float(np.fft.irfft(product, size).max()) / energy if energy else 0.0


class Client:
    def __init__(self, transport: DeviceTransport, speech: np.ndarray) -> None:
        self.transport, self.speech = transport, speech
        self.echo = best_echo()
        self.written = 0
        self.microphone: list[np.ndarray] = []
        self.reference: list[np.ndarray] = []
        self.is_playing = self.is_lost = self.is_done = False

    def step(self) -> None:
        block = self.transport.read(0.05)
        if block is not None:
            self.microphone.append(block.microphone)
            self.reference.append(block.reference)
            self.echo.process(block.microphone, block.reference)
        self.report()
        count = min(self.transport.writable(), len(self.speech) - self.written)
        if count:
            self.transport.write(self.speech[self.written : self.written + count])
            self.written += count

    def report(self) -> None:
        for change in self.transport.changes():
            if isinstance(change, DevicesChanged):
                tell("changed", input=change.input_device, output=change.output_device, reason=change.reason)
                if not change.output_device:
                    tell("silent", consumed=self.transport.consumed)
            else:
                tell("notice", message=change.message, remedy=change.remedy)
        consumed = self.transport.consumed
        if consumed and not self.is_playing:
            self.is_playing = True
            tell("playing")
        if consumed == len(self.speech) > 0 and not self.is_done:
            self.is_done = True
            counters = self.transport.counters()
            reference = np.concatenate(self.reference)
            tell(
                "played",
                consumed=consumed,
                underruns=counters.underruns,
                dropped=counters.dropped_blocks,
                erle=self.echo.erle,
                reference_match=match(self.speech, reference),
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=["", ""])
    parser.add_argument("--play", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    transport = DeviceTransport(DeviceAudio(*options.names))
    speech = read_wav(options.play) if options.play else np.zeros(0, dtype=np.float32)
    try:
        info = transport.open()
    except AudioError as error:
        tell("refused", message=error.message, remedy=error.remedy)
        return
    streams = transport._session.streams
    tell(
        "opened",
        input=info.input_device,
        output=info.output_device,
        rate=streams.playback.rate,
        shares_clock=streams.shares_clock,
    )
    running = Client(transport, speech)
    began = time.monotonic()
    while time.monotonic() - began < 60:
        running.step()
        if options.keep and len(running.microphone) == 500:
            np.save(options.keep, np.concatenate(running.microphone))
            tell("kept", blocks=len(running.microphone))
    transport.close()


if __name__ == "__main__":
    main()
