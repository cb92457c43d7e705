"""Virtual audio devices for the tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.vaudio import VirtualAudio, missing_programs


@pytest.fixture
def virtual_audio() -> Iterator[VirtualAudio]:
    """A running virtual microphone and speaker, gone afterwards."""
    if missing := missing_programs():
        pytest.skip(f"virtual audio needs {', '.join(missing)}")
    audio = VirtualAudio()
    yield audio
    audio.close()
