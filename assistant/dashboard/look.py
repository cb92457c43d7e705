"""How the dashboard looks and makes itself noticed, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GlyphSet = Literal["persona", "blocks", "ascii"]

GLYPH_SETS: dict[str, tuple[str, ...]] = {
    "blocks": (" ", "▂", "▄", "▆", "█"),
    "ascii": (" ", ".", "o", "O", "@"),
}
"""Five sizes from silence to loud, in place of each persona's own."""


@dataclass(frozen=True, slots=True)
class Look:
    """``theme`` is worn where none was chosen; ``motion`` is whether dots drift; ``bell`` whether it rings.

    ``glyphs`` are the persona's own dots, blocks, or plain ASCII.
    """

    theme: str = ""
    glyphs: GlyphSet = "persona"
    motion: bool = True
    bell: bool = True
