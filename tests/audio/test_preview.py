"""A persona's voice on the speaker, without a conversation."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.e2e.terminal import assistant
from tests.fakes.vaudio import VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is Linux's")]


def test_a_preview_is_played_to_its_end(virtual_audio: VirtualAudio, tmp_path):
    env = virtual_audio.env | {"HOME": str(tmp_path)}
    with virtual_audio.record() as recording:
        command = assistant("personas", "preview", "HAL", "--text", "I am listening.")
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")
    loud = np.flatnonzero(np.abs(recording.samples.astype(np.int32)) > 300)
    assert 0.8 < (loud[-1] - loud[0]) / 24_000 < 3.0
