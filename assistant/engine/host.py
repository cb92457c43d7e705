"""The engine process: ``python -m assistant.engine.host FD``.

``FD`` is an inherited socket to the parent, which sends an ``EngineConfig``, then commands; events go back.
The process leaves when told to, or at once when the parent is gone.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, TypeVar

from assistant.engine.footprint import settle
from assistant.engine.outbox import Outbox
from assistant.engine.protocol import (
    DeviceAudio,
    EngineConfig,
    SetVolume,
    Shutdown,
    StartRecording,
    StopRecording,
    UseDevices,
    WavAudio,
)
from assistant.errors import AssistantError, AudioError

if TYPE_CHECKING:
    from assistant.audio.echo import Echo
    from assistant.audio.recorder import AudioRecorder
    from assistant.audio.transport import AudioTransport
    from assistant.voice.cascade.cascade import Cascade
    from assistant.voice.cascade.inbox import Inbox
    from assistant.voice.cascade.loaded import Parts
    from assistant.voice.cascade.name_listening import NameListener
    from assistant.voice.cascade.ports import Recogniser
    from assistant.voice.duplex.pipeline import FindTalker

_log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter from the audio thread (5 ms by default, half a block)."""

_FLUSH_S = 0.5

T = TypeVar("T")


def main(arguments: list[str], find_talker: Callable[[EngineConfig], FindTalker | None] | None = None) -> int:
    """Serve the parent on the socket with the number in ``arguments``; returns the exit status.

    ``find_talker`` stands in for the search for a full-duplex model.
    """
    _leave_terminal()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    pipe = Connection(int(arguments[0]))
    try:
        config = pipe.recv()
    except (EOFError, OSError):
        return 0
    _start_log(config.log_path)
    from assistant.audio.recorder import AudioRecorder

    outbox = Outbox(pipe.send, _exit_at_once)
    recorder = AudioRecorder(outbox.put)
    cascade = _build(config, pipe, outbox, recorder, (find_talker or _talker_for)(config))
    cascade.run()
    recorder.stop()
    outbox.flush(_FLUSH_S)
    return 0


def _leave_terminal() -> None:
    """Native libraries write to file descriptors 1 and 2, which must never be the dashboard's screen."""
    if os.isatty(2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.dup2(2, 1)
    faulthandler.enable()


def _start_log(path: str) -> None:
    handler = logging.FileHandler(path, encoding="utf-8") if path else logging.StreamHandler()
    form = "%(asctime)s %(levelname)s engine %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, handlers=[handler])


def _exit_at_once() -> None:
    """The parent is gone: nothing is left to be saved, and threads in native code need not be waited for."""
    os._exit(0)


def _build(
    config: EngineConfig,
    pipe: Connection,
    outbox: Outbox,
    recorder: AudioRecorder,
    find_talker: FindTalker | None,
) -> Cascade:
    from assistant.voice.cascade.cascade import Cascade
    from assistant.voice.cascade.inbox import make_inbox

    inbox = make_inbox()
    inbox.put(SetVolume(config.volume))
    loaded = threading.Event()
    arguments = (pipe, inbox, loaded, recorder)
    threading.Thread(target=_read, args=arguments, name="commands", daemon=True).start()
    began = time.monotonic()
    parts = load_parts(config)
    gc.collect()
    settle()
    loaded.set()
    _log.info("parts in %.1f s: %s", time.monotonic() - began, parts.names())
    return Cascade(
        parts,
        lambda devices: _audio(config, devices),
        outbox.put,
        owns_time=isinstance(config.audio, WavAudio) and not config.audio.paced,
        inbox=inbox,
        on_block=recorder.add,
        find_talker=find_talker,
        is_forced=config.announcements == "forced",
    )


def _talker_for(config: EngineConfig) -> FindTalker | None:
    engine = config.engine
    if engine == "cascade":
        return None
    from assistant.voice.moshi.talker import find_moshi

    return lambda: find_moshi(engine, config.moshi_model, config.moshi_voice, config.without)


def _read(pipe: Connection, inbox: Inbox, loaded: threading.Event, recorder: AudioRecorder) -> None:
    try:
        while True:
            match pipe.recv():
                case StartRecording(path, origin):
                    recorder.start(path, origin)
                case StopRecording():
                    recorder.stop()
                case Shutdown() if not loaded.is_set():
                    _exit_at_once()
                case command:
                    inbox.put(command)
    except (EOFError, OSError):
        _exit_at_once()


def load_parts(config: EngineConfig) -> Parts:
    """The best speech parts that work here, loaded beside each other; a role without any is left empty."""
    from assistant.voice.cascade import parts as catalogue
    from assistant.voice.cascade.loaded import Parts

    with ThreadPoolExecutor(max_workers=4) as pool:
        recogniser = pool.submit(catalogue.load_recogniser, config.without)
        names = pool.submit(_load_name_listener, recogniser, config)
        voice = pool.submit(catalogue.load_voice, config.without, config.voice_engine, config.voice_model)
        vad = pool.submit(catalogue.load_vad, config.without)
        echo, said = _load_echo(config)
    notes = list(said)
    if config.engine == "moshi":
        notes.append("Moshi is being loaded; until it is there, the cascade listens and answers.")
    return Parts(
        vad=_found(vad, notes),
        recogniser=_found(recogniser, notes),
        voice=_found(voice, notes),
        name_listener=names.result(),
        echo=echo,
        notes=tuple(notes),
    )


def _load_name_listener(
    recogniser: Future[tuple[Recogniser, tuple[str, ...]]], config: EngineConfig
) -> NameListener | None:
    """None where no recogniser can be told names; the first transcript does without."""
    from assistant.voice.cascade.name_listening import NameListener
    from assistant.voice.cascade.parts import load_name_recogniser

    try:
        able = load_name_recogniser(recogniser.result()[0], config.without)
    except AssistantError:
        return None
    return NameListener(able, config.names) if able else None


def _found(part: Future[tuple[T, tuple[str, ...]]], notes: list[str]) -> T | None:
    try:
        loaded, said = part.result()
    except AssistantError as error:
        notes.append(str(error))
        return None
    notes.extend(said)
    return loaded


def _load_echo(config: EngineConfig) -> tuple[Echo, tuple[str, ...]]:
    from assistant.audio.echo import NoEcho, best_echo

    if not config.echo_cancellation:
        return NoEcho(), ("Echo cancellation is off: use headphones.",)
    echo = best_echo()
    return echo, (echo.note,) if isinstance(echo, NoEcho) else ()


def _audio(config: EngineConfig, devices: UseDevices | None) -> AudioTransport:
    from assistant.audio.factory import open_transport

    if devices is None:
        return open_transport(config.audio)
    if isinstance(config.audio, WavAudio):
        raise AudioError("A recording stands in for the devices.", "Start without it to use devices.")
    return open_transport(DeviceAudio(devices.input_name, devices.output_name))


if __name__ == "__main__":
    # Threads in native code need not be waited for, and some of them do not survive it.
    os._exit(main(sys.argv[1:]))
