"""Bars for each voice as SVG: right at the first saying, clean and in noise."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_LEFT, _TOP, _ROW, _SCALE = 120, 40, 36, 4.2
_TEXT = 'font-family="sans-serif" font-size="13" fill="#888"'


def draw(voices: Mapping[str, tuple[float, float]]) -> str:
    """``voices`` are (per cent right clean, per cent right at 10 dB) by name; lines mark 75, 90 and 95 %."""
    height, width = _TOP + _ROW * len(voices) + 40, _LEFT + int(100 * _SCALE) + 60
    bottom = height - 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">']
    parts.append(
        f'<text x="{_LEFT}" y="20" {_TEXT}>right at the first saying in %: clean (blue), 10 dB (grey)</text>'
    )
    for row, (name, (clean, noisy)) in enumerate(voices.items()):
        y = _TOP + row * _ROW
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 18}" text-anchor="end" {_TEXT}>{escape(name)}</text>')
        for offset, rate, colour in ((0, clean, "#4a90c2"), (14, noisy, "#9aa4ab")):
            bar = f'x="{_LEFT}" y="{y + offset}" width="{rate * _SCALE:.1f}" height="12"'
            parts.append(f'<rect {bar} fill="{colour}"/>')
    for mark in (75, 90, 95):
        x = _LEFT + mark * _SCALE
        parts.append(f'<path d="M{x:.1f} {_TOP - 6}V{bottom}" stroke="#8888" stroke-dasharray="4 3"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" {_TEXT}>{mark}</text>')
    return "\n".join([*parts, "</svg>", ""])
