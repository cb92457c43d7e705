"""Whether functions of MLX are compiled on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx

Compile = Callable[[Callable[..., Any]], Callable[..., Any]]
"""``mx.compile``, or what leaves a function as it is."""


def compiler(compiled: bool | None) -> Compile:
    """What compiles, where that is wanted; None asks for it on a graphics processor.

    For a processor it would be done with a C++ compiler, which need not be there.
    """
    if compiled is None:
        compiled = mx.default_device().type == mx.DeviceType.gpu
    return mx.compile if compiled else _as_it_is


def _as_it_is(function: Any) -> Any:
    return function
