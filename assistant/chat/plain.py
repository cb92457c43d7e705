"""The line-oriented face: one plain line for each message, tool call and notice; typed lines go in."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TextIO

from assistant.conversation.requests import TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.updates import (
    EngineShown,
    InputEnded,
    LatencyShown,
    MessageShown,
    NoticeShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    RecordingShown,
    ToolShown,
    ToolStatus,
    Update,
)
from assistant.errors import AudioError
from assistant.personas.load import Library

ANNOUNCEMENT = "Plain lines: talk, or type a line and press Enter; quit ends it."
"""What stands above a conversation that was asked for without the dashboard."""

_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
_LEAVING = ("quit", "exit")
_AT_REST = (Phase.LISTENING, Phase.ASLEEP, Phase.DOWN)


class PlainFace:
    """Writes updates as lines.

    ``at_work`` is set when the engine has said what it works with, ``at_rest`` while nothing is being said or
    thought, ``ended`` when the WAV that stands in for the microphone is over.
    """

    def __init__(self, library: Library, write: Callable[[str], object]) -> None:
        self._library = library
        self._write = write
        self.ended = asyncio.Event()
        self.at_work = asyncio.Event()
        self.at_rest = asyncio.Event()
        self.has_understood = False
        """The user has said something that became words."""
        self._shown = ""
        """Whether it was asleep, or its microphone closed, when that was last told."""
        self.is_deaf = False
        """Neither a microphone nor a WAV in its place can be heard."""

    def show(self, update: Update) -> None:
        """Write one update, if it is worth a line."""
        match update:
            case MessageShown(role=role, text=text, persona=slug, final=True) if text:
                speaker = "you" if role == "user" else self._name(slug)
                self._line(f"{speaker}: {text}{' —' if update.interrupted else ''}")
                self.has_understood = self.has_understood or role == "user"
            case ToolShown(name=name, status=status, result=result) if status is not ToolStatus.RUNNING:
                self._line(f"  [{name}: {status}] {result}".rstrip())
            case PersonaChanged(slug):
                self._line(f"  [{self._name(slug)}]")
            case NoticeShown(severity, message, remedy):
                self._line(f"  [{severity}] {message} {remedy}".rstrip())
            case EngineShown(engine, text_engine, parts, microphone, speaker):
                at_work = ", ".join(f"{role} {part}" for role, part in parts.items()) or "no speech"
                self._line(f"  [{engine}: {at_work}; replies {text_engine}]")
                self._line(f"  [microphone {microphone or 'none'}, speaker {speaker or 'none'}]")
                self.is_deaf = not microphone
                self.at_work.set()
            case LatencyShown(total=total):
                self._line(f"  [answered after {total * 1000:.0f} ms]")
            case PhaseChanged(phase, microphone_open):
                self._phase(phase, microphone_open)
            case RecordingShown(folder):
                self._line("  [● recording]" if folder else "  [recording ended]")
            case InputEnded():
                self.ended.set()

    def _phase(self, phase: Phase, microphone_open: bool) -> None:
        if phase in _AT_REST:
            self.at_rest.set()
        else:
            self.at_rest.clear()
        if phase in (Phase.STARTING, Phase.DOWN):
            return
        closed = "no microphone, type instead" if self.is_deaf else "microphone closed"
        state = "asleep" if phase is Phase.ASLEEP else "" if microphone_open else closed
        if state != self._shown:
            self._line(f"  [{state or 'listening'}]")
            self._shown = state

    def _name(self, slug: str) -> str:
        persona = self._library.get(slug)
        return persona.name if persona else slug

    def _line(self, text: str) -> None:
        self._write(text.translate(_CONTROL) + "\n")


async def talk_plainly(
    runner: ConversationRunner, library: Library, out: TextIO, lines: TextIO | None
) -> None:
    """Talk until the typed lines, or the WAV that stands in for the microphone, end; or until cancelled."""

    def write(text: str) -> None:
        out.write(text)
        out.flush()

    face = PlainFace(library, write)
    runner.subscribe(face.show)
    tasks = [asyncio.create_task(runner.run()), asyncio.create_task(_until_end(runner, face, lines))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await runner.close()


async def _until_end(runner: ConversationRunner, face: PlainFace, lines: TextIO | None) -> None:
    if lines is None:
        await face.at_work.wait()
        if face.is_deaf:
            raise AudioError("The WAV cannot be heard.", "Give one that can be read.")
        await face.ended.wait()
        if not face.has_understood:
            raise AudioError("No words were understood in the WAV.", "Give one with clear English speech.")
        return
    queue = _read(lines)
    await face.at_rest.wait()
    while (line := await queue.get()) and line.strip().casefold() not in _LEAVING:
        runner.request(TypedTurn(line))
        await face.at_rest.wait()


def _read(lines: TextIO) -> asyncio.Queue[str]:
    """Lines as they are typed, an empty one at the end, read by a thread that nothing has to wait for."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str] = asyncio.Queue(maxsize=100)

    def read() -> None:
        with contextlib.suppress(RuntimeError, ValueError, OSError):
            for line in lines:
                asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()
            asyncio.run_coroutine_threadsafe(queue.put(""), loop).result()

    threading.Thread(target=read, daemon=True).start()
    return queue
