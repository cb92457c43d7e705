"""Makes what was said comparable: its words without punctuation, courtesies and the name that was called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.personas.load import Library
from assistant.personas.names import match


def phrases(lines: str) -> re.Pattern[str]:
    """One pattern that matches any of the lines, whatever their case; each line is a regular expression."""
    return re.compile("|".join(line.strip() for line in lines.strip().splitlines()), re.IGNORECASE)


_EDGES = ".,;:!?…\"()[]{}*“”‘’-–—'"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CLOSING = re.compile(r",? (?:please|thanks|thank you|okay)[.!?]*$", re.IGNORECASE)
_BEFORE = phrases(
    r"""
    um+|uh+|er+m?|ah|oh|hey|hi|hello|ok|okay|alright|all right|right|well|so|now|and|then|yes|yeah
    great|thanks|thank you|actually|listen|cool|nice|perfect|sorry|excuse me|please|just|maybe|computer
    """
)
_AFTER = phrases(
    r"""
    please|now|right now|thanks|thank you|then|for me|again|instead|immediately|at once|okay
    (?:will|would|could|can) you
    if you (?:can|could|please|would|like|don't mind)
    (?:just )?for (?:a|one) (?:while|bit|moment|minute|second)
    """
)
_ASKED = phrases(
    r"""
    (?:can|could|would|will|can't|won't) you|would you mind
    you (?:can|should|may)|go ahead and|let's
    (?:i want|i need|i'd like|i would like) you to
    """
)
_COURTESY = 5
"""Words of a courtesy at most."""

_REMARK = 4
"""Words of a remark that may precede a command in the same breath."""

_NAME = 3
"""Words that a called name has at most."""


def readings(text: str, library: Library) -> Iterator[str]:
    """Ways to take an utterance, the fullest first.

    As a whole, without the name it calls, and its last sentence after a short remark; each as words with
    single spaces, no punctuation around them, in their own case, without courtesies at either end.
    """
    sentences = _SENTENCE.split(text.strip())
    takes = [text]
    if len(sentences) > 1 and len(" ".join(sentences[:-1]).split()) <= _REMARK:
        takes.append(sentences[-1])
    for take in takes:
        words = _plain_words(take)
        if words:
            yield " ".join(words)
            if uncalled := _without_name(words, library):
                yield " ".join(uncalled)


def plain(text: str) -> str:
    """The words, without punctuation around them and without courtesies before and after."""
    return " ".join(_plain_words(text))


def as_command(core: str) -> str:
    """Without "can you", "I would like you to" and the like: a request as an order."""
    words = core.split()
    return " ".join(_strip(words[_leading(_ASKED, words) :]))


def as_said(text: str, words: str) -> str:
    """From where ``words`` begin in ``text`` to its end, punctuation included, without a closing courtesy."""
    raw = [word for word in text.split() if word.strip(_EDGES)]
    clean = [_bare(word) for word in raw]
    wanted = words.split()
    start = next((at for at in range(len(clean)) if clean[at : at + len(wanted)] == wanted), None)
    if start is None:
        return words
    return _CLOSING.sub("", " ".join(raw[start:])).strip(_EDGES)


def is_name(words: Sequence[str], library: Library) -> bool:
    """True for a persona's name or one very close to it."""
    return match(" ".join(words), library, strict=True) is not None


def _plain_words(text: str) -> list[str]:
    return _strip([bare for word in text.split() if (bare := _bare(word))])


def _bare(word: str) -> str:
    return word.replace("’", "'").strip(_EDGES)


def _strip(words: list[str]) -> list[str]:
    while count := _leading(_BEFORE, words):
        words = words[count:]
    while count := _trailing(_AFTER, words):
        words = words[:-count]
    return words


def _leading(courtesy: re.Pattern[str], words: Sequence[str]) -> int:
    """How many words at the start are a courtesy; never all of them."""
    counts = range(min(_COURTESY, len(words) - 1), 0, -1)
    return next((count for count in counts if courtesy.fullmatch(" ".join(words[:count]))), 0)


def _trailing(courtesy: re.Pattern[str], words: Sequence[str]) -> int:
    counts = range(min(_COURTESY, len(words) - 1), 0, -1)
    return next((count for count in counts if courtesy.fullmatch(" ".join(words[-count:]))), 0)


def _without_name(words: list[str], library: Library) -> list[str]:
    """The words without a persona's name at their start or end; empty where none is called."""
    counts = range(min(_NAME, len(words) - 1), 0, -1)
    for count in counts:
        if is_name(words[:count], library):
            return _strip(words[count:])
    for count in counts:
        if is_name(words[-count:], library):
            return _strip(words[:-count])
    return []
