"""What the terminal can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assistant.doctor.finding import Finding, Status

AREA = "terminal"

COLUMNS, ROWS = 80, 24
"""From this size on the dashboard shows everything at once."""

_TMUX = 'Add to ~/.tmux.conf: set -g default-terminal "tmux-256color"; set -as terminal-features ",*:RGB"'


@dataclass(frozen=True, slots=True)
class TerminalView:
    """What is known of the terminal that the program runs in."""

    is_terminal: bool
    columns: int
    rows: int
    encoding: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> TerminalView:
        """The one behind standard output."""
        size = shutil.get_terminal_size()
        encoding = sys.stdout.encoding or ""
        return cls(sys.stdout.isatty(), size.columns, size.lines, encoding, dict(os.environ))


def check_terminal(view: TerminalView) -> Iterator[Finding]:
    """Whether it is one, its size, its colours, its character set, and what it runs in."""
    if not view.is_terminal:
        remedy = "Start the dashboard in a terminal; assistant talk works without one."
        yield Finding(AREA, Status.WARNING, "output", "Standard output is not a terminal.", remedy)
        return
    yield _check_size(view)
    yield _check_colours(view)
    yield _check_characters(view)
    if "TMUX" in view.environment:
        yield Finding(AREA, Status.OK, "multiplexer", "It runs inside tmux.")


def _check_size(view: TerminalView) -> Finding:
    size = f"{view.columns} columns, {view.rows} rows"
    if view.columns >= COLUMNS and view.rows >= ROWS:
        return Finding(AREA, Status.OK, "size", size)
    return Finding(
        AREA, Status.WARNING, "size", f"{size}: panels are left out.", f"Enlarge it to {COLUMNS} × {ROWS}."
    )


def _check_colours(view: TerminalView) -> Finding:
    kind = view.environment.get("TERM", "")
    if kind in ("", "dumb"):
        detail = f"TERM is {kind or 'not set'}: the dashboard cannot be drawn."
        remedy = "Use another terminal program, or assistant talk."
        return Finding(AREA, Status.PROBLEM, "colours", detail, remedy)
    if view.environment.get("NO_COLOR"):
        return Finding(AREA, Status.OK, "colours", "none, as NO_COLOR is set")
    if view.environment.get("COLORTERM", "").casefold() in ("truecolor", "24bit"):
        return Finding(AREA, Status.OK, "colours", "16 million")
    if "256" in kind or "direct" in kind:
        remedy = _TMUX if "TMUX" in view.environment else ""
        return Finding(AREA, Status.OK, "colours", "256: the personas' colours are rounded", remedy)
    remedy = "Set TERM to what your terminal program is, for example xterm-256color."
    return Finding(AREA, Status.WARNING, "colours", f"TERM is {kind}: 16 or fewer.", remedy)


def _check_characters(view: TerminalView) -> Finding:
    if view.encoding.casefold().replace("-", "").replace("_", "") == "utf8":
        return Finding(AREA, Status.OK, "characters", "UTF-8")
    detail = f"{view.encoding or 'unknown'}: dots and frames cannot be drawn."
    return Finding(AREA, Status.PROBLEM, "characters", detail, "Set a UTF-8 locale: export LANG=C.UTF-8.")
