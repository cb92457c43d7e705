"""A map of voices as SVG: pitch to the right, formants upwards."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

_WIDTH, _HEIGHT, _EDGE = 640, 420, 60
_GRID = 'stroke="#8884" stroke-width="1"'
_TEXT = 'font-family="sans-serif" font-size="13" fill="#888"'


def draw(voices: Mapping[str, tuple[float, float]]) -> str:
    """``voices`` are (median pitch in Hz, formants as a factor) by name; lines are 3 st and 10 % apart."""
    pitches = [12 * math.log2(hertz / 200) for hertz, _ in voices.values()]
    formants = [math.log(factor) / math.log(1.1) for _, factor in voices.values()]
    left, right = 3 * math.floor(min(pitches) / 3 - 0.2), 3 * math.ceil(max(pitches) / 3 + 0.2)
    bottom, top = math.floor(min(formants) - 0.2), math.ceil(max(formants) + 0.2)

    def x(semitones: float) -> float:
        return _EDGE + (semitones - left) / (right - left) * (_WIDTH - 2 * _EDGE)

    def y(steps: float) -> float:
        return _HEIGHT - _EDGE - (steps - bottom) / (top - bottom) * (_HEIGHT - 2 * _EDGE)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">']
    for line in range(left, right + 1, 3):
        parts.append(f'<path d="M{x(line):.1f} {y(bottom):.1f}V{y(top):.1f}" {_GRID}/>')
        hertz = f"{200 * 2 ** (line / 12):.0f}"
        parts.append(
            f'<text x="{x(line):.1f}" y="{y(bottom) + 20:.1f}" text-anchor="middle" {_TEXT}>{hertz}</text>'
        )
    for line in range(bottom, top + 1):
        parts.append(f'<path d="M{x(left):.1f} {y(line):.1f}H{x(right):.1f}" {_GRID}/>')
        beside = f'x="{x(left) - 8:.1f}" y="{y(line) + 4:.1f}" text-anchor="end"'
        parts.append(f"<text {beside} {_TEXT}>{1.1**line:.2f}</text>")
    middle = f'x="{_WIDTH / 2}" text-anchor="middle"'
    parts.append(
        f'<text {middle} y="{_HEIGHT - 14}" {_TEXT}>median pitch in Hz (lines 3 semitones apart)</text>'
    )
    parts.append(
        f'<text {middle} y="30" {_TEXT}>formants against the unprocessed voice (lines 10 % apart)</text>'
    )
    for (name, _), semitones, steps in zip(voices.items(), pitches, formants, strict=True):
        at = f"{x(semitones):.1f}", f"{y(steps):.1f}"
        parts.append(f'<circle cx="{at[0]}" cy="{at[1]}" r="6" fill="#4a90c2"/>')
        label = f'x="{float(at[0]) + 10:.1f}" y="{float(at[1]) - 8:.1f}"'
        parts.append(f"<text {label} {_TEXT}>{escape(name)}</text>")
    return "\n".join([*parts, "</svg>", ""])
