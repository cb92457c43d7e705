"""What some tests need that not every machine has."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

needs_mlx = pytest.mark.skipif(find_spec("mlx_lm") is None, reason="requirements-mlx.lock is not installed")
needs_llama = pytest.mark.skipif(
    find_spec("xllamacpp") is None, reason="requirements-llama.lock is not installed"
)
