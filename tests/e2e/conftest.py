"""Virtual audio, an empty home and a real terminal for the tests of the whole program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.e2e import user
from tests.e2e.terminal import Terminal, assistant, has_tmux
from tests.fakes.vaudio import VirtualAudio, missing_programs

StartDashboard = Callable[..., Terminal]


@pytest.fixture
def virtual_audio() -> Iterator[VirtualAudio]:
    """A running virtual microphone and speaker, gone afterwards."""
    if missing := missing_programs():
        pytest.skip(f"virtual audio needs {', '.join(missing)}")
    audio = VirtualAudio()
    yield audio
    audio.close()


@pytest.fixture
def env(virtual_audio: VirtualAudio, tmp_path: Path) -> dict[str, str]:
    """The environment of a new user, past the screen of the first run, with a virtual sound card."""
    return user.environment(tmp_path / "home", virtual_audio.env)


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[StartDashboard]:
    """Starts the program in a real terminal."""
    if not has_tmux():
        pytest.skip("this test needs tmux")
    opened: list[Terminal] = []

    def start(*arguments: str, command: list[str] | None = None, **changed: str) -> Terminal:
        opened.append(Terminal(command or assistant(*arguments), {**env, **changed}))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def say(virtual_audio: VirtualAudio, tmp_path: Path) -> Callable[[str], None]:
    """Speaks a sentence into the virtual microphone, with a room's faint noise around it."""
    return partial(user.say, audio=virtual_audio, folder=tmp_path)
