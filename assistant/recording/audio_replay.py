"""Listens to the sound of a recording again: what is understood now beside what was understood then.

The engine's cascade hears the recorded microphone, with the recorded speaker as the reference of its echo
cancellation, and is told what it was told then at the same times. Time stands still while it works, so that
two runs understand the same, however fast the machine is.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.audio.wavfile import read_stereo
from assistant.engine.host import load_parts
from assistant.engine.protocol import (
    UNANSWERED,
    CancelSpeech,
    Command,
    DevicesChanged,
    EndReply,
    EngineConfig,
    EngineReady,
    Event,
    InputFinished,
    PushToTalk,
    Say,
    SetMicrophone,
    SetVolume,
    Shutdown,
    SpeechStarted,
    UserTurn,
)
from assistant.errors import AudioError, RecordingError
from assistant.recording.codec import CLASS, decode
from assistant.recording.folder import SOUND
from assistant.recording.journal import Journal, read_journal
from assistant.recording.replay import library_of, session_of
from assistant.recording.replay_transport import ReplayTransport
from assistant.voice.cascade.cascade import Cascade
from assistant.voice.cascade.inbox import Message
from assistant.voice.cascade.loaded import Parts
from assistant.voice.cascade.recognition import Recognised
from assistant.voice.cascade.synthesis import Piece, SentenceDone

SAME_S = 1.0
"""Seconds between the ends of two turns that are taken for the same one."""

_COMMANDS = (Say, EndReply, CancelSpeech, SetMicrophone, SetVolume, PushToTalk)
"""What the engine is told again; sentences made ahead of their time change nothing that is heard."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was understood, and when its speech ended, in seconds since the recording began."""

    at: float
    text: str


class _Inbox(queue.Queue[Message]):
    """Takes the real time out of what the workers deliver."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._pieces: list[Message] = []

    def _put(self, item: Message) -> None:
        match item:
            case Recognised():
                super()._put(replace(item, at=self._now(), took_s=0.0))
            case Piece():
                self._pieces.append(item)  # a sentence comes whole, or how much of it is there would vary
            case SentenceDone():
                pieces, self._pieces = self._pieces, []
                for each in (*pieces, item):
                    super()._put(each)
            case _:
                super()._put(item)


def replay_audio(folder: Path, write: Callable[[str], object], parts: Parts | None = None) -> bool:
    """Tell turn by turn what is understood now; True when it is what was understood then.

    ``parts`` replaces the speech parts of this machine. Raises ``RecordingError`` and ``AudioError``.
    """
    journal = read_journal(folder)
    microphone, speaker = read_stereo(folder / SOUND)
    if not len(microphone):
        raise AudioError(f"“{folder / SOUND}” holds no sound.", "Replay it without --audio.")
    parts = parts or load_parts(_config(journal))
    if parts.vad is None or parts.recogniser is None:
        raise RecordingError("Nothing can be recognised here.", " ".join(parts.notes))
    write(f"Recorded {journal.header.get('begun', 'at an unknown time')}.")
    for line in _other_parts(journal, parts.names()):
        write(line)
    begun = _begun(journal)
    told = deque(_commands(journal))

    def at_time(now: float) -> None:
        while told and told[0][0] <= now:
            inbox.put(told.popleft()[1])

    transport = ReplayTransport(microphone, speaker, begun, tuple(_devices(journal)), at_time)
    inbox = _Inbox(lambda: transport.time)
    heard: list[Turn] = []

    def take(event: Event) -> None:
        match event:
            case UserTurn(text=text, speech_end=at):
                inbox.put(EndReply(UNANSWERED))  # the answers come from the recording, at their times
                if text:
                    heard.append(Turn(at - begun, text))
            case InputFinished():
                inbox.put(Shutdown())

    state = session_of(journal)
    for command in (EndReply(UNANSWERED), SetVolume(state.volume), SetMicrophone(state.microphone_open)):
        inbox.put(command)
    Cascade(parts, lambda devices: transport, take, owns_time=True, inbox=inbox).run()
    return _compare(_turns(journal), heard, write)


def _config(journal: Journal) -> EngineConfig:
    settings = journal.header.get("settings")
    chosen: dict[str, Any] = settings if isinstance(settings, dict) else {}
    return EngineConfig(
        names=library_of(journal).names,
        echo_cancellation=chosen.get("echo_cancellation") is not False,
        without=tuple(map(str, chosen.get("without") or ())),
    )


def _begun(journal: Journal) -> float:
    begun = journal.header.get("at")
    if not isinstance(begun, int | float):
        raise RecordingError("The recording does not say when it began.", "The recording is damaged.")
    return float(begun)


# --- what was recorded ------------------------------------------------------------------------------------


def _inputs(journal: Journal, *kinds: type[Event]) -> Iterator[tuple[float, Event]]:
    names = [kind.__name__ for kind in kinds]
    for entry in journal.entries:
        if entry.event.get(CLASS) in names:
            yield entry.at, decode(entry.event)


def _turns(journal: Journal) -> list[Turn]:
    begun = _begun(journal)
    said = (event for _, event in _inputs(journal, UserTurn) if isinstance(event, UserTurn))
    return [Turn(event.speech_end - begun, event.text) for event in said if event.text]


def _commands(journal: Journal) -> list[tuple[float, Command]]:
    """With their times; an answer begins when its first sound left, not when it was asked for."""
    started = {
        event.generation: event.at
        for _, event in _inputs(journal, SpeechStarted)
        if isinstance(event, SpeechStarted)
    }
    commands = list(_sent(journal))
    for number, (at, command) in enumerate(commands):
        if isinstance(command, Say | EndReply):
            commands[number] = (max(at, started.get(command.generation, at)), command)
    return sorted(commands, key=lambda each: each[0])


def _sent(journal: Journal) -> Iterator[tuple[float, Command]]:
    names = [kind.__name__ for kind in _COMMANDS]
    for entry in journal.entries:
        for effect in entry.effects:
            command = effect.get("command") if isinstance(effect, dict) else None
            if isinstance(command, dict) and command.get(CLASS) in names:
                yield entry.at, decode(command)


def _devices(journal: Journal) -> Iterator[tuple[float, DevicesChanged]]:
    """Changes of devices; an engine that came back later than at the beginning is one too."""
    for number, (at, event) in enumerate(_inputs(journal, DevicesChanged, EngineReady)):
        match event:
            case DevicesChanged():
                yield at, event
            case EngineReady() if number:
                yield at, DevicesChanged(event.input_device, event.output_device)


def _other_parts(journal: Journal, now: dict[str, str]) -> Iterator[str]:
    state = session_of(journal).engine.report
    reports = [event for _, event in _inputs(journal, EngineReady)]
    first = state or next(iter(reports), None)
    then = first.parts if isinstance(first, EngineReady) else {}
    for role in sorted(then.keys() | now.keys()):
        if then.get(role) != now.get(role):
            yield f"The {role} was {then.get(role, 'none')}, is {now.get(role, 'none')}."


# --- both beside each other -------------------------------------------------------------------------------


def _compare(recorded: Sequence[Turn], heard: Sequence[Turn], write: Callable[[str], object]) -> bool:
    then, now = deque(recorded), deque(heard)
    same = total = 0
    while then or now:
        total += 1
        if not now or (then and then[0].at < now[0].at - SAME_S):
            turn = then.popleft()
            write(f"{turn.at:7.1f} s  nothing; recorded: {turn.text}")
        elif not then or now[0].at < then[0].at - SAME_S:
            turn = now.popleft()
            write(f"{turn.at:7.1f} s  {turn.text}; recorded: nothing")
        else:
            before, turn = then.popleft(), now.popleft()
            same += before.text == turn.text
            differs = "" if before.text == turn.text else f"; recorded: {before.text}"
            write(f"{turn.at:7.1f} s  {turn.text}{differs}")
    write(f"{same} of {total} turns are understood as they were.")
    return same == total
