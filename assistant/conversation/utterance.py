"""Makes what was said comparable: its words without punctuation, courtesies and the name that was called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.personas.load import Library
from assistant.personas.names import match

_EDGES = ".,;:!?…\"()[]{}*“”‘’-–—'"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_BEFORE = re.compile(
    r"(?:um+|uh+|er+m?|ah|oh|hey|hi|hello|ok|okay|alright|all right|right|well|so|now|and|then|yes|yeah|great|"
    r"thanks|thank you|actually|listen|cool|nice|perfect|sorry|excuse me|please|just|maybe|computer) ",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r" (?:please|now|right now|thanks|thank you|then|for me|again|instead|immediately|at once|okay|"
    r"(?:will|would|could|can) you|if you (?:can|could|please|would|like|don't mind)|"
    r"(?:just )?for (?:a|one) (?:while|bit|moment|minute|second))",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:(?:can|could|would|will|can't|won't) you|you (?:can|should|may)|go ahead and|let's|"
    r"(?:i want|i need|i'd like|i would like) you to) ",
    re.IGNORECASE,
)
_CLOSING = re.compile(r",? (?:please|thanks|thank you|okay)[.!?]*$", re.IGNORECASE)
_REMARK = 4
"""Words of a remark that may precede a command in the same breath."""

_NAME = 3
"""Words that a called name has at most."""


def readings(text: str, library: Library) -> Iterator[str]:
    """Ways to take an utterance, the fullest first.

    As a whole, without the name it calls, and its last sentence after a short remark; each as words with single
    spaces, no punctuation around them, in their own case, without courtesies at either end.
    """
    sentences = _SENTENCE.split(text.strip())
    takes = [text]
    if len(sentences) > 1 and len(" ".join(sentences[:-1]).split()) <= _REMARK:
        takes.append(sentences[-1])
    for take in takes:
        core = plain(take)
        if core:
            yield core
            yield from _without_name(core, library)


def plain(text: str) -> str:
    """The words, without punctuation around them and without courtesies before and after."""
    words = (word.strip(_EDGES) for word in text.replace("’", "'").split())
    return _strip(" ".join(word for word in words if word))


def as_command(core: str) -> str:
    """Without "can you", "I would like you to" and the like: a request as an order."""
    asked = _ASKED.match(core)
    return _strip(core[asked.end() :]) if asked else core


def as_said(text: str, words: str) -> str:
    """From where ``words`` begin in ``text`` to its end, with the punctuation in between, without a closing courtesy."""
    raw = [word for word in text.split() if word.strip(_EDGES)]
    clean = [word.replace("’", "'").strip(_EDGES) for word in raw]
    wanted = words.split()
    start = next((at for at in range(len(clean)) if clean[at : at + len(wanted)] == wanted), None)
    if start is None:
        return words
    return _CLOSING.sub("", " ".join(raw[start:])).strip(_EDGES)


def _strip(core: str) -> str:
    while before := _BEFORE.match(core):
        core = core[before.end() :]
    while after := _ends_with(core):
        core = core[: after.start()]
    return core


def _ends_with(core: str) -> re.Match[str] | None:
    # Anchored by trying the last few word starts: a search for "$" would read the text once for each word.
    starts = [found.start() for found in re.finditer(" ", core)][-6:]
    return next((hit for start in starts if (hit := _AFTER.fullmatch(core, start))), None)


def _without_name(core: str, library: Library) -> Iterator[str]:
    words = core.split()
    for count in range(min(_NAME, len(words) - 1), 0, -1):
        if is_name(words[:count], library):
            yield _strip(" ".join(words[count:]))
            return
    for count in range(min(_NAME, len(words) - 1), 0, -1):
        if is_name(words[-count:], library):
            yield _strip(" ".join(words[:-count]))
            return


def is_name(words: Sequence[str], library: Library) -> bool:
    """True for a persona's name or one very close to it."""
    return match(" ".join(words), library, strict=True) is not None
