"""The supervisor: what it does with engines that die, hang, or cannot be started."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from assistant.engine import supervisor
from assistant.engine.protocol import EngineConfig, EngineDown, Event
from assistant.engine.supervisor import BACK_OFF, Supervisor


def engine_that(tmp_path: Path, does: str, patch: pytest.MonkeyPatch) -> Supervisor:
    """A supervisor whose engine process is this line of shell."""
    script = tmp_path / "engine"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    patch.setattr(sys, "executable", str(script))
    return Supervisor(EngineConfig(), tmp_path / "engine.log")


async def reports(engine: Supervisor) -> list[Event]:
    events: list[Event] = []
    async with asyncio.timeout(20):
        await engine.run(events.append)
    return events


async def test_an_engine_that_keeps_dying_is_retried_later_each_time_and_then_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(BACK_OFF) == sorted(BACK_OFF)
    monkeypatch.setattr(supervisor, "BACK_OFF", (0.01, 0.02, 0.03))
    events = await reports(engine_that(tmp_path, "exit 3", monkeypatch))
    down = [event for event in events if isinstance(event, EngineDown)]
    assert [event.retry_s for event in down] == [0.01, 0.02, 0.03, None]
    assert down[0].reason == "The engine process ended with status 3."


async def test_an_engine_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF", ())
    monkeypatch.setattr(supervisor, "START_LIMIT", 0.1)
    events = await reports(engine_that(tmp_path, "exec sleep 60", monkeypatch))
    assert events == [EngineDown("The engine process stopped answering and was ended.", None)]


async def test_an_engine_is_not_blamed_for_the_time_in_which_its_parent_was_suspended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK", 0.05)
    monkeypatch.setattr(supervisor, "START_LIMIT", 0.4)
    engine = engine_that(tmp_path, "exec sleep 60", monkeypatch)
    events: list[Event] = []
    running = asyncio.create_task(engine.run(events.append))
    await asyncio.sleep(0.1)
    time.sleep(0.8)  # what a suspended process looks like from within
    await asyncio.sleep(0.2)
    assert events == []
    await engine.stop()
    await running


async def test_an_engine_that_is_killed_is_named_by_its_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF", ())
    events = await reports(engine_that(tmp_path, "kill -SEGV $$", monkeypatch))
    assert events == [EngineDown("The engine process was ended by SIGSEGV.", None)]


async def test_an_engine_that_cannot_be_started_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF", ())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    events = await reports(Supervisor(EngineConfig(), tmp_path / "engine.log"))
    assert isinstance(events[0], EngineDown)
    assert "could not be started" in events[0].reason


async def test_what_a_dying_engine_says_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF", ())
    await reports(engine_that(tmp_path, "echo complaint >&2", monkeypatch))
    assert "complaint" in (tmp_path / "engine.log").read_text()


async def test_an_engine_has_its_environment_and_the_users_own_values_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF", ())
    monkeypatch.setattr(supervisor, "ENVIRONMENT", {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "4"})
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    await reports(engine_that(tmp_path, 'echo "$MALLOC_ARENA_MAX $RAYON_NUM_THREADS" >&2', monkeypatch))
    assert (tmp_path / "engine.log").read_text() == "2 1\n"
