"""What the voice suite counts by: words that were lost, and the answers it lets the assistant give."""

from __future__ import annotations

import pytest

from tests.voice.suite.over_the_answer import words_missing, words_shared
from tests.voice.suite.partials import changed_words
from tests.voice.suite.talk import sentences


@pytest.mark.parametrize(
    ("expected", "heard", "missing"),
    [
        ("a b c d", "a b b c d", ()),
        ("one two three four", "one three three four", ("two",)),
        ("one two three", "three one two", ("three",)),
        ("green lamps", "greens lamp", ()),
        ("lamps", "", ("lamps",)),
    ],
)
def test_words_without_a_counterpart_in_their_order_are_missing(
    expected: str, heard: str, missing: tuple[str, ...]
) -> None:
    assert words_missing(expected.split(), heard.split()) == missing
    assert len(words_shared(expected.split(), heard.split())) == len(expected.split()) - len(missing)


def test_sentences_do_not_come_again() -> None:
    assert len(set(sentences(400))) == 400
    assert sentences(5, 10) == sentences(15)[10:]


@pytest.mark.parametrize(
    ("texts", "shown", "changed"),
    [
        (["What time is it?"], 0, 0),
        (["What", "What time", "What time is it?"], 2, 0),
        (["What thyme", "What time is", "What time is it?"], 4, 1),
        (["time is", "What time is", "What time is it?"], 3, 0),
        (["a b", ""], 2, 2),
    ],
)
def test_words_that_change_once_shown_are_counted(texts: list[str], shown: int, changed: int) -> None:
    assert changed_words(texts) == (shown, changed)
