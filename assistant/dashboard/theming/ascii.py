"""For terminals and fonts that have nothing but ASCII: every glyph is replaced while it is painted.

Letters of other alphabets stay: they are what somebody said, and no decoration.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PAIRS = {
    "─━═╌╴╶▔▁▂—–−": "-",
    "│┃║▏▎▌▕▐": "|",
    "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝": "+",
    "█⬤●▮■◉◆": "@",
    "▆▇◍◎": "O",
    "▄▅•○◌◇▒": "o",
    "▃▓▯□░·": ".",
    "▸▶→›»❯": ">",
    "◂◀←‹«": "<",
    "▴▲↑": "^",
    "▾▼↓": "v",
    "✓✔": "+",
    "✗✘×": "x",
    "⊘☾": "z",
    "…": ".",
    "“”„": '"',
    "‘’": "'",
}
_ASCII = {ord(glyph): plain for glyphs, plain in _PAIRS.items() for glyph in glyphs}
_SYMBOLS = re.compile("[\u2190-\u2bff\u2000-\u206f\U0001f000-\U0001faff]")


def to_ascii(text: str) -> str:
    """``text`` with a character of ASCII for every glyph, in as many cells."""
    return text if text.isascii() else _SYMBOLS.sub(_plain, text.translate(_ASCII))


def _plain(symbol: re.Match[str]) -> str:
    return "*" * cell_len(symbol[0])


class Ascii(LineFilter):
    """Replaces glyphs in what is painted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells in ASCII."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]


ASCII = Ascii()
"""There is nothing to tell two of them apart."""
