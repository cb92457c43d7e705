"""What decodes goes behind what carries sound, from wherever the program was started."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assistant.voice.cascade.priority import NICENESS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="niceness goes by thread on Linux alone")


@pytest.mark.parametrize("behind", [0, 1, NICENESS + 1])
def test_it_never_comes_forward(behind: int) -> None:
    """To come forward is not everybody's right: under ``nice -n 10`` the recogniser's thread would end."""
    does = "from assistant.voice.cascade.priority import let_sound_go_first; let_sound_go_first()"
    program = f"import os; os.nice({behind}); {does}; print(os.nice(0))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert int(told) == min(19, max(NICENESS, os.nice(0) + behind))
