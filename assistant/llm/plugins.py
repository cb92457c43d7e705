"""What installed packages add: text engines and formats of a model's output, by entry point.

[project.entry-points."assistant.engines"]
parrot = "my_package:make_engine"        # (settings: Settings, model: str) -> TextEngine

[project.entry-points."assistant.formats"]
brackets = "my_package:BracketFilter"    # () -> OutputFormat, one for each reply
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from assistant.errors import TextEngineError
from assistant.llm.port import TextEngine

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

    from assistant.config.settings import Settings

log = logging.getLogger(__name__)

ENGINES = "assistant.engines"
FORMATS = "assistant.formats"


class OutputFormat(Protocol):
    """Turns a model family's own markup into what the pipeline knows, ``TOOL_CALL: {…}`` above all.

    Incremental: what ``feed`` and ``finish`` return, joined, is the same however the text is cut.
    """

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece."""
        ...

    def finish(self) -> str:
        """What was held back, when the reply is over."""
        ...


def engine_names() -> list[str]:
    """The engines that installed packages bring."""
    return sorted(_installed(ENGINES).names)


def make_engine(name: str, settings: Settings, model: str) -> TextEngine:
    """The engine of an installed package. Raises ``TextEngineError`` where it cannot be made."""
    found = _installed(ENGINES)[name]
    try:
        engine: TextEngine = found.load()(settings, model)
    except TextEngineError:
        raise
    except Exception as error:  # whatever a package of somebody else's does
        raise TextEngineError(
            f"The text engine {name!r} cannot be made ({type(error).__name__}: {error}).",
            f"It comes from {_package(found)}.",
        ) from error
    return engine


@functools.cache
def output_formats() -> tuple[Callable[[], OutputFormat], ...]:
    """What makes the filters of installed packages; one that cannot be loaded is left out, and logged."""
    makers: list[Callable[[], OutputFormat]] = []
    for found in sorted(_installed(FORMATS), key=lambda each: each.name):
        try:
            makers.append(found.load())
        except Exception:
            log.exception("The format %r of %s cannot be loaded.", found.name, _package(found))
    return tuple(makers)


def _installed(group: str) -> EntryPoints:
    # Imported here, because the dashboard's first paint waits for this module.
    from importlib.metadata import entry_points

    return entry_points(group=group)


def _package(found: EntryPoint) -> str:
    return f"the package {found.dist.name}" if found.dist else "a package"
