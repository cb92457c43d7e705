"""Streamed text becomes sentences as soon as they are whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.sentences import MAX_SENTENCE, SentenceCutter


def cut(*pieces: str) -> list[str]:
    cutter = SentenceCutter()
    return [sentence for piece in pieces for sentence in cutter.feed(piece)] + cutter.finish()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith is here. He waits.", ["Dr. Smith is here.", "He waits."]),
        ("It is 3.5 metres. Good.", ["It is 3.5 metres.", "Good."]),
        ('He said: "Go." Then he went.', ['He said: "Go."', "Then he went."]),
        ("A line\nand another", ["A line", "and another"]),
        ("   ", []),
    ],
)
def test_sentences_end_where_a_reader_would_pause(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_a_sentence_is_there_before_the_next_is_written() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("Hello there") == []
    assert cutter.feed(". How") == ["Hello there."]


def test_a_breathless_text_is_cut_at_a_clause() -> None:
    sentences = cut("a long clause goes on, " * 30)
    assert all(len(sentence) <= MAX_SENTENCE for sentence in sentences)
    assert all(sentence.endswith(",") for sentence in sentences)


@given(st.lists(st.text(alphabet="ab. ,!?\n", max_size=40)))
def test_nothing_is_lost_or_changed(pieces: list[str]) -> None:
    assert " ".join(cut(*pieces)).split() == "".join(pieces).split()


@given(st.text(min_size=1, max_size=2000))
def test_no_sentence_is_too_long(text: str) -> None:
    assert all(len(sentence) <= MAX_SENTENCE for sentence in cut(text))
