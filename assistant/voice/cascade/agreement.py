"""What of a growing transcript may be shown: the words that two recognitions in a row agree on.

The newest word is mostly heard in part and comes out as another one; it is shown once the next recognition
has confirmed it. Known as local agreement in streaming recognition (Liu et al., arXiv:2005.11185).
"""

from __future__ import annotations

from assistant.engine.echo_words import words_of


def agreed(before: str, text: str) -> str:
    """The words at the start of ``text`` that ``before``, recognised of less audio, begins with too.

    They are spelt as in ``text``, without a mark at the end; marks and capitals do not count.
    """
    words = text.split()
    known = before.split()
    count = 0
    for word, other in zip(words, known, strict=False):
        if words_of(word) != words_of(other):
            break
        count += 1
    return " ".join(words[:count]).rstrip(".,!?;:…")


def begins(text: str, beginning: str) -> bool:
    """True when ``text`` has the words of ``beginning`` at its start."""
    first = words_of(beginning)
    return words_of(text)[: len(first)] == first
