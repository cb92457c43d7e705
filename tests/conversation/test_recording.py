"""What is recorded of a session, replayed: the same decisions, and the first one that is not."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from assistant.config.settings import Settings
from assistant.conversation import commands
from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    PersonasReloaded,
    RecordingRequested,
    StopRequested,
    TalkRequested,
    TypedTurn,
)
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.state import session_from, state_of
from assistant.conversation.updates import NoticeShown, RecordingShown, Update
from assistant.engine.protocol import Command, Event, RecordingFailed, StartRecording, StopRecording, UserTurn
from assistant.errors import RecordingError
from assistant.llm.scripted.engine import ScriptedEngine
from assistant.memory.opening import open_memory
from assistant.personas.load import load_library
from assistant.recording import folder as folders
from assistant.recording.journal import read_journal
from assistant.recording.recorder import Recorder
from assistant.recording.replay import find_difference, replay_session
from assistant.tools.registry import default_registry
from tests.conversation.test_session_fuzz import act
from tests.e2e.terminal import ROOT
from tests.fakes.world import READY, World

LIBRARY = load_library()


class RecordedWorld(World):
    """A world whose session is recorded from the first time on that it is at rest."""

    def __init__(self, session: Session, recorder: Recorder) -> None:
        super().__init__(session)
        self.recorder = recorder

    def begin(self) -> None:
        if not self.recorder.is_on and (state := state_of(self.session)):
            self.session = session_from(state, self.session.library, default_registry())
            self.recorder.begin(state, self.session.library, self.now)

    def feed(self, event: object) -> None:
        effects = self.session.handle(event, self.now)
        self.recorder.note(event, self.now, effects)
        for effect in effects:
            self.carry_out(effect)


def record(parent: Path, seed: int, before: int = 0, steps: int = 60) -> Path:
    """A random conversation of ``steps`` steps after ``before`` that are not recorded; the folder."""
    random = Random(seed)
    world = RecordedWorld(
        Session(LIBRARY, default_registry(), "default"), Recorder(parent / str(seed), Settings())
    )
    if before:
        world.feed(READY)
        for _ in range(before):
            act(world, random)
        for event in (TalkRequested(False), MicrophoneRequested(False), StopRequested()):
            world.feed(event)
        world.settle()
    world.begin()
    assert world.recorder.is_on
    world.feed(MicrophoneRequested(True))
    world.feed(READY)
    for _ in range(steps):
        act(world, random)
    world.recorder.end(world.now)
    (folder,) = (parent / str(seed)).iterdir()
    return folder


@pytest.mark.parametrize("before", [0, 20])
def test_any_conversation_replays_the_same(tmp_path: Path, before: int) -> None:
    for seed in range(40):
        journal = read_journal(record(tmp_path, seed, before))
        found = find_difference(journal)
        assert found is None, f"seed {seed}, line {found.entry.line}: {found.what}"
        assert journal.end


def test_it_replays_the_same_in_another_process(tmp_path: Path) -> None:
    folder = record(tmp_path, 3, steps=200)
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-m", "assistant", "replay", str(folder)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "have the same effects again" in done.stdout


# --- what a replay finds ----------------------------------------------------------------------------------


def test_a_changed_program_is_found_where_it_first_decides_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = RecordedWorld(Session(LIBRARY, default_registry(), "default"), Recorder(tmp_path, Settings()))
    world.begin()
    world.feed(READY)
    world.settle()
    world.say("Hello there.")
    world.settle()
    world.say("What time is it?")
    world.settle()
    world.recorder.end(world.now)
    (folder,) = tmp_path.iterdir()
    real = commands.Commands.speak

    def speak(self: commands.Commands, text: str, *others: object, **named: object) -> None:
        real(self, text.replace("I did", "I have done"), *others, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(commands.Commands, "speak", speak)
    lines: list[str] = []
    assert not replay_session(folder, lines.append)
    journal = read_journal(folder)
    first = next(entry for entry in journal.entries if '"I did' in json.dumps(entry.effects))
    assert f"(line {first.line})" in lines[-3]
    assert "was" in lines[-1]
    assert "I did" in lines[-1]
    assert "I have done" in lines[-1]


def test_an_error_inside_the_session_is_part_of_what_is_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record(tmp_path, 3, steps=200)

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("so small")

    monkeypatch.setattr(Session, "_typed", fail)
    found = find_difference(read_journal(folder))
    assert found is not None
    assert found.entry.event["$is"] == "TypedTurn"
    journal = folder / folders.JOURNAL
    lines = journal.read_text().splitlines()
    entry = json.loads(lines[found.entry.line - 1])
    lines[found.entry.line - 1] = json.dumps(entry | {"out": [], "error": "ZeroDivisionError('so small')"})
    journal.write_text("\n".join(lines[: found.entry.line]) + "\n")
    assert find_difference(read_journal(folder)) is None


# --- recordings that are damaged --------------------------------------------------------------------------


def test_a_recording_that_was_cut_off_is_replayed_up_to_there(tmp_path: Path) -> None:
    folder = record(tmp_path, 3, steps=200)
    journal = folder / folders.JOURNAL
    journal.write_bytes(journal.read_bytes()[:-200])
    lines: list[str] = []
    assert replay_session(folder, lines.append)
    assert "It was cut off" in lines[1]


def _nothing(text: str) -> str:
    return ""


def _no_json(text: str) -> str:
    return text.replace('"in":{', '"in":', 1)


def _other_schema(text: str) -> str:
    return text.replace('"schema":1', '"schema":2', 1)


def _foreign_class(text: str) -> str:
    return text.replace('"in":{"$is":"', '"in":{"$is":"Popen', 1)


def _wrong_type(text: str) -> str:
    return text.replace(
        '"in":{"$is":"Levels","microphone":-40.0', '"in":{"$is":"Levels","microphone":"loud"', 1
    )


def _no_personas(text: str) -> str:
    return text.replace('"personas":[', '"personas":[],"others":[', 1)


def _no_state(text: str) -> str:
    return text.replace('"state":{"$is":"SessionState"', '"state":{"$is":"Tick"', 1)


@pytest.mark.parametrize(
    "damage", [_nothing, _no_json, _other_schema, _foreign_class, _wrong_type, _no_personas, _no_state]
)
def test_a_damaged_recording_is_told_in_a_sentence(tmp_path: Path, damage: Callable[[str], str]) -> None:
    folder = record(tmp_path, 3, steps=200)
    journal = folder / folders.JOURNAL
    text = journal.read_text()
    journal.write_text(damage(text))
    assert journal.read_text() != text
    with pytest.raises(RecordingError) as raised:
        replay_session(folder, lambda line: None)
    assert raised.value.message.endswith(".")
    assert raised.value.remedy


def test_a_folder_without_a_recording_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no recording that can be read"):
        replay_session(tmp_path, lambda line: None)


# --- recording while it runs ------------------------------------------------------------------------------


class Engine:
    """Takes commands and lets the test tell what happened."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.tell: Callable[[Event], None] = lambda event: None

    async def run(self, on_event: Callable[[Event], None]) -> None:
        self.tell = on_event
        await asyncio.Event().wait()

    def send(self, command: Command) -> None:
        self.sent.append(command)

    async def stop(self) -> None:
        pass

    def recordings(self) -> list[Command]:
        return [each for each in self.sent if isinstance(each, StartRecording | StopRecording)]


class Running:
    """A conversation with the scripted brain, its memory in a folder of the test's."""

    def __init__(self, folder: Path, *, records: bool = False) -> None:
        self.engine = Engine()
        self.shown: list[Update] = []
        self.now = 10.0
        self.parent = folder / "recordings"
        self.runner = ConversationRunner(
            Session(LIBRARY, default_registry(), "default", greets=False),
            self.engine,
            ScriptedEngine(),
            open_memory(folder / "memory.sqlite").store,
            recorder=Recorder(self.parent, Settings()),
            records=records,
            clock=lambda: self.now,
        )
        self.runner.subscribe(self.shown.append)
        self._task = asyncio.create_task(self.runner.run())

    async def __aenter__(self) -> Running:
        await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await self.runner.close()

    async def type(self, text: str) -> None:
        self.now += 1.0
        self.runner.request(TypedTurn(text))
        await asyncio.sleep(0.05)

    def record(self, active: bool) -> None:
        self.runner.request(RecordingRequested(active))

    @property
    def folder(self) -> Path:
        (folder,) = self.parent.iterdir()
        return folder

    def notices(self) -> list[str]:
        return [f"{each.message} {each.remedy}" for each in self.shown if isinstance(each, NoticeShown)]


async def test_a_conversation_is_recorded_from_its_start_and_replays(tmp_path: Path) -> None:
    async with Running(tmp_path, records=True) as running:
        running.engine.tell(READY)
        await running.type("Remember that my bike is red.")
        await running.type("What time is it?")
        await running.type("Change to GLaDOS.")
    folder = running.folder
    text = (folder / folders.JOURNAL).read_text()
    assert "my bike is red" in text
    assert find_difference(read_journal(folder)) is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / folders.JOURNAL).stat().st_mode) == 0o600
    path = str(folder / folders.SOUND)
    # Once when it begins, once more for an engine that has only now come up.
    assert running.engine.recordings() == [StartRecording(path, 10.0)] * 2 + [StopRecording()]


async def test_it_is_off_until_it_is_asked_for_and_said_while_it_is_on(tmp_path: Path) -> None:
    async with Running(tmp_path) as running:
        await running.type("Hello there.")
        assert not running.parent.exists()
        running.record(True)
        assert RecordingShown(str(running.folder)) in running.shown
        assert any("typed and understood, are recorded" in notice for notice in running.notices())
        await running.type("Change to KITT.")
        running.record(False)
        assert RecordingShown("") in running.shown
        await running.type("This is between us.")
    journal = read_journal(running.folder)
    assert journal.header["state"]["history"][0]["text"] == "Hello there."
    assert "between us" not in (running.folder / folders.JOURNAL).read_text()
    assert find_difference(journal) is None


async def test_it_begins_when_the_answer_is_over(tmp_path: Path) -> None:
    async with Running(tmp_path) as running:
        running.engine.tell(READY)
        await running.type("Who are you?")
        running.record(True)
        assert not running.parent.exists()
        assert "as soon as nothing is being said" in running.notices()[-1]
        running.runner.request(StopRequested())
        assert running.folder.is_dir()


async def test_personas_that_changed_before_it_began_are_those_of_the_recording(tmp_path: Path) -> None:
    changed = tuple(
        each.model_dump() | ({"name": "Gladys"} if each.slug == "glados" else {}) for each in LIBRARY
    )
    async with Running(tmp_path) as running:
        running.runner.request(PersonasReloaded(changed))
        running.record(True)
        running.runner.request(PersonaRequested("glados"))
        await asyncio.sleep(0.05)
        running.runner.request(PersonasReloaded(tuple(each.model_dump() for each in LIBRARY)))
        await running.type("Who are you?")
    assert '"name":"Gladys"' in (running.folder / folders.JOURNAL).read_text()
    assert find_difference(read_journal(running.folder)) is None


async def test_a_restarted_engine_goes_on_recording(tmp_path: Path) -> None:
    async with Running(tmp_path, records=True) as running:
        running.engine.tell(READY)
        running.now += 5
        running.engine.tell(READY)
        commands = running.engine.recordings()
        assert len(commands) == 3
        assert len(set(commands)) == 1


async def test_a_full_disk_ends_the_recording_in_one_sentence_and_not_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Running(tmp_path, records=True) as running:

        def full(*arguments: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("assistant.recording.journal.JournalWriter.add", full)
        await running.type("Hello there.")
        running.engine.tell(RecordingFailed("The recording ended: no space left on device.", "So it is."))
        assert [each for each in running.notices() if "no space left" in each] == [
            "The recording ended: no space left on device. The conversation goes on."
        ]
        assert running.engine.recordings()[-1] == StopRecording()
        assert RecordingShown("") in running.shown
        await running.type("What time is it?")
        assert any("time" in str(each) or ":" in str(each) for each in running.shown[-3:])


async def test_sound_that_cannot_be_written_ends_the_recording(tmp_path: Path) -> None:
    async with Running(tmp_path, records=True) as running:
        running.engine.tell(RecordingFailed("The recording ended: it is lost.", "The conversation goes on."))
        assert running.notices()[-1] == "The recording ended: it is lost. The conversation goes on."
        assert running.shown.count(RecordingShown("")) == 1
    assert find_difference(read_journal(running.folder)) is None


async def test_a_recording_ends_by_itself_after_an_hour(tmp_path: Path) -> None:
    async with Running(tmp_path, records=True) as running:
        running.now += folders.LONGEST_S + 1
        running.engine.tell(UserTurn(1, "", 0.0, 0.0, 0.0))
        assert "60 minutes long" in running.notices()[-1]
        assert running.engine.recordings()[-1] == StopRecording()


async def test_without_room_or_a_place_nothing_is_recorded_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "recordings").write_text("in the way")
    async with Running(tmp_path, records=True) as running:
        assert "Nothing is recorded" in running.notices()[-1]
        (tmp_path / "recordings").unlink()
        monkeypatch.setattr(folders, "NEEDED", 10**18)
        running.record(True)
        assert "MB are free" in running.notices()[-1]
        assert not any(isinstance(update, RecordingShown) for update in running.shown)


def test_old_recordings_go_when_a_new_one_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age, name in enumerate(("new", "large", "old")):
        (tmp_path / name).mkdir()
        (tmp_path / name / folders.JOURNAL).write_text("x" * 1000)
        os.utime(tmp_path / name / folders.JOURNAL, (1e9 - age * 86_400,) * 2)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("keep")
    assert folders.remove_old(tmp_path, 1e9) == 0
    assert folders.remove_old(tmp_path, 1e9 + folders.KEPT_S - 1.5 * 86_400) == 1
    monkeypatch.setattr(folders, "KEPT", 1500)
    assert folders.remove_old(tmp_path, 1e9) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "new"]


def test_recordings_grown_old_go_when_the_program_starts(tmp_path: Path) -> None:
    for name, age_s in (("old", folders.KEPT_S + 60), ("new", folders.KEPT_S - 60)):
        (tmp_path / name).mkdir()
        (tmp_path / name / folders.JOURNAL).write_text("x")
        at = time.time() - age_s
        os.utime(tmp_path / name / folders.JOURNAL, (at, at))
    Recorder(tmp_path, Settings()).attach(lambda update: None, lambda command: None)
    assert len(list(tmp_path.iterdir())) == 2, "a folder that the user has named is left alone"
    Recorder(tmp_path, Settings(), keeps_house=True).attach(lambda update: None, lambda command: None)
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
