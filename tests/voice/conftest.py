"""What the tests of the speech parts share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.speech import speak


@pytest.fixture(scope="session")
def speech() -> Callable[[str], NDArray[np.float32]]:
    """Real speech: a sentence in, float32 mono at 24 kHz out."""
    return speak
