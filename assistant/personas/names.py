"""Finds the persona that a spoken or typed name means, by spelling and by sound.

Recognisers write names as words they know ("glad us" for GLaDOS). Three kinds of evidence are weighed: the
names and aliases a persona has, the spellings a recogniser is known to give (``heard_as``), and how alike the
words are as letters (normalised indel similarity) and as consonants (Metaphone keys).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.likeness import alike
from assistant.personas.load import Library
from assistant.personas.model import Persona

LENIENT = 0.83
"""Score needed where a name is expected ("change to …")."""

STRICT = 0.9
"""Score needed where anything may have been said; ``heard_as`` counts for nothing there."""

_MARGIN = 0.04
"""A guess must lead the second best persona by this much."""

_LONG = 5
"""Letters from which a name is unlike enough from ordinary words to be guessed at."""

_STRICT_GUESS = 6
"""The same where anything may have been said."""

_HEARD = 0.97
"""Score of a spelling that is listed in ``heard_as``."""

_GUESS_OF_GUESS = 0.04
"""Taken off for likeness to a listed spelling, which is itself one step away from the name."""

_RESEMBLES = 0.6
"""Score of a name that may have been meant; "Batman" has less for every persona."""

_EXTRA_WORD = 0.09
"""Taken off for each word around the name."""

_NUMBERS = {"9000": "nine thousand", "2000": "two thousand", "9": "nine", "1000": "thousand"}
_AROUND = re.compile(
    r"^(?:(?:to|the|a|an|my|into|be|back|persona|character|theme|called|named|please|now|um|uh) )+"
    r"|(?: (?:please|now|again|persona|character|theme|mode|voice|instead|thanks|thank you))+$"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A persona and how sure it is: 1.0 is its very name."""

    persona: Persona
    score: float


def match(name: str, library: Library, strict: bool = False) -> Match | None:
    """The persona meant by ``name``, or None when none is meant clearly enough.

    ``strict`` is for words that may be no name at all: only names, aliases and close spellings of long
    ones count then, so that "how", "it" or "cars" alone never mean a persona.
    """
    ranked = _ranked(name, library, strict)
    if not ranked or ranked[0].score < (STRICT if strict else LENIENT):
        return None
    best = ranked[0]
    if best.score < 1.0 and len(ranked) > 1 and best.score - ranked[1].score < _MARGIN:
        return None
    return best


def closest(name: str, library: Library, n: int = 3) -> list[Persona]:
    """The ``n`` personas whose names are nearest to ``name``, nearest first, to ask back with."""
    return [found.persona for found in _ranked(name, library, strict=False)[:n]]


def is_far(name: str, library: Library) -> bool:
    """True when ``name`` resembles no persona's, so that to ask back with the closest would be silly."""
    ranked = _ranked(name, library, strict=False)
    return not ranked or ranked[0].score < _RESEMBLES


def _ranked(name: str, library: Library, strict: bool) -> list[Match]:
    said = normalise(name)
    if not said:
        return []
    scored = [Match(persona, _score(said, persona, strict)) for persona in library]
    return sorted(scored, key=lambda found: -found.score)


@functools.lru_cache(maxsize=4096)
def normalise(name: str) -> str:
    """Lower-case words of a name: no accents, no punctuation, numbers in words, nothing polite around."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    plain = re.sub(r"(?<=\d)[,. ](?=\d{3}\b)", "", plain.replace("'", ""))
    words = re.findall(r"[a-z]+|\d+", plain)
    text = " ".join(_NUMBERS.get(word, word) for word in words)
    return _AROUND.sub("", _AROUND.sub("", text)) or text


def _score(said: str, persona: Persona, strict: bool) -> float:
    names = {normalise(form) for form in (persona.name, persona.slug, *persona.aliases)}
    heard = {normalise(form) for form in (persona.say_name, *persona.heard_as)}
    if said in names:
        return 1.0
    if strict:
        return max((alike(said, form) for form in names if len(form) >= _STRICT_GUESS), default=0.0)
    if said in heard:
        return _HEARD
    misheard = [alike(said, form) - _GUESS_OF_GUESS for form in heard if len(form) >= _LONG]
    return max([_alike_within(said, form) for form in names] + misheard)


def _alike_within(said: str, form: str) -> float:
    """Likeness of ``form`` to the best run of words in ``said``; short names count only as a whole."""
    whole = alike(said, form)
    if len(form.replace(" ", "")) < _LONG:
        return min(whole, LENIENT - 0.01)
    return max(whole, *(alike(part, form) - _EXTRA_WORD * extra for part, extra in _runs(said)), 0.0)


def _runs(said: str) -> Iterator[tuple[str, int]]:
    """Every run of words with how many words are left out."""
    words = said.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end]), len(words) - (end - start)
