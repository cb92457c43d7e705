"""What of a growing transcript is sure enough to be shown."""

from __future__ import annotations

import pytest

from assistant.voice.cascade.agreement import agreed, begins


@pytest.mark.parametrize(
    ("before", "text", "shown"),
    [
        ("", "What", ""),
        ("What thyme", "What time is", "What"),
        ("What time is.", "What time is it?", "What time is"),
        ("what TIME is", "What time, is it", "What time, is"),
        ("Tell me a joke.", "Tell me a joke.", "Tell me a joke"),
        ("Nothing alike", "Quite another", ""),
    ],
)
def test_the_words_that_both_begin_with_are_agreed_on(before: str, text: str, shown: str) -> None:
    assert agreed(before, text) == shown


def test_a_beginning_is_told_by_its_words() -> None:
    assert begins("Tell me a joke.", "tell me, a")
    assert begins("Tell me", "")
    assert not begins("Tell me", "Tell me a")
    assert not begins("Tell us a joke", "Tell me")
