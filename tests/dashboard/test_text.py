"""Text of unknown origin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dashboard.text import clean, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x9b2Jgone", "gone"),
        ("bell\x07 back\x08", "bell back"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("right\u202eleft", "rightleft"),
        ("a\tb", "a    b"),
        ("[bold]kept[/]", "[bold]kept[/]"),
    ],
)
def test_nothing_that_a_terminal_obeys_is_left(text: str, shown: str):
    assert clean(text) == shown


@given(st.text())
def test_no_text_brings_control_characters_through(text: str):
    shown = clean(text)
    assert all(character == "\n" or character.isprintable() or ord(character) > 0x9F for character in shown)
    assert clean(shown) == shown


@given(st.text(), st.integers(1, 50))
def test_a_line_is_one_line_and_fits(text: str, width: int):
    line = one_line(text, width)
    assert "\n" not in line
    assert len(line) <= width
