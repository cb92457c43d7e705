"""What the dashboard remembers from one start to the next: a small JSON file in the state folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """``panels`` are the open ones by room (``small``, ``wide``, ``huge``); unchanged rooms are missing."""

    panels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dots: bool = True
    """Whether the voice dots are shown."""
    theme: str = ""
    """A theme that was chosen instead of the personas' own; empty for theirs."""
    welcomed: bool = False
    """Whether the first-run screen has been seen."""


class Memory:
    """The newest ``Remembered``; every change is written at once. Without a file nothing lasts.

    A file that cannot be read counts as none, and one that cannot be written costs only the memory.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.now = _read(file) if file else Remembered()

    def change(self, **values: Any) -> None:
        """Remember other ``values`` for some fields of ``Remembered``."""
        changed = replace(self.now, **values)
        if changed == self.now:
            return
        self.now = changed
        if self._file is None:
            return
        import json

        spare = self._file.with_suffix(".part")
        try:
            spare.write_text(json.dumps(asdict(changed), indent=1) + "\n", encoding="utf-8")
            os.replace(spare, self._file)
        except OSError:
            log.warning("%s cannot be written", self._file, exc_info=True)


def _read(file: Path) -> Remembered:
    import json

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        panels = {str(room): tuple(map(str, names)) for room, names in dict(found["panels"]).items()}
        return Remembered(panels, bool(found["dots"]), str(found["theme"]), bool(found["welcomed"]))
    except FileNotFoundError:
        return Remembered()
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("%s is not what was written there", file, exc_info=True)
        return Remembered()
