"""Tells the assistant's own words, coming back through the microphone, from words of the user.

Pure functions over text. Echo cancellation removes most of the assistant's voice from the microphone; what
is left of it may still be recognised, and is known by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SAME_WORD = 75.0
_SAME_PHRASE = 70.0

PHRASE = 3
"""Words from which on a repetition of the assistant's own words is no coincidence."""

BACKCHANNELS = frozenset(
    {
        "mhm",
        "mm",
        "mmm",
        "hm",
        "hmm",
        "uh",
        "huh",
        "um",
        "ah",
        "aha",
        "oh",
        "yeah",
        "yep",
        "yup",
        "okay",
        "ok",
        "right",
        "sure",
    }
)
"""Words by which a listener shows attention without wanting the floor."""

BRIEF_S = 0.55
"""Seconds of speech below which a lone word may as well be a hum that was misheard."""

FLOOR = frozenset(
    word
    for line in (
        "stop wait no nope hey yes what who why where when which how hold hang quiet enough sorry excuse",
        "please pause again repeat cancel louder softer slower faster quieter undo back next skip help",
        "thanks mute silence sleep hush listen shush goodbye bye hello continue",
    )
    for word in line.split()
)
"""Words that take the floor however briefly they are said."""


def words_of(text: str) -> list[str]:
    """The words of ``text`` in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def is_backchannel(transcript: str) -> bool:
    """True when there are words and every one of them only shows attention ("mhm", "yeah, okay")."""
    words = words_of(transcript)
    return bool(words) and all(word in BACKCHANNELS for word in words)


def is_attention(transcript: str, lasts_s: float) -> bool:
    """True for signs of attention over an answer: their words, or so brief a sound that it may be one.

    Recognisers turn "mhm" and "uh-huh" into "never", "better" and the like, so a lone word that ``lasts_s``
    less than ``BRIEF_S`` counts only when it takes the floor.
    """
    if is_backchannel(transcript):
        return True
    words = [word for word in words_of(transcript) if word not in BACKCHANNELS]
    return len(words) == 1 and lasts_s < BRIEF_S and words[0] not in FLOOR


def is_echo(transcript: str, recently_spoken: Iterable[str], *, only_phrases: bool = False) -> bool:
    """True when ``transcript`` is, give or take misheard words, a stretch of ``recently_spoken``.

    At most a quarter of its words may have no counterpart among the spoken ones, and the whole must
    resemble a stretch in that order, so that new sentences made of common words are not taken for echo.
    ``only_phrases`` where hardly any echo is to be expected: fewer words than a phrase are then the user's,
    whose "yes" may well answer a question that holds one.
    """
    heard, spoken = words_of(transcript), words_of(" ".join(recently_spoken))
    if not heard or not spoken or (only_phrases and len(heard) < PHRASE):
        return False
    strange = sum(1 for word in heard if max(fuzz.ratio(word, own) for own in spoken) < _SAME_WORD)
    if strange > len(heard) // 4:
        return False
    heard_text, spoken_text = " ".join(heard), " ".join(spoken)
    if len(heard_text) > len(spoken_text):
        return fuzz.ratio(heard_text, spoken_text) >= _SAME_PHRASE
    return fuzz.partial_ratio(heard_text, spoken_text) >= _SAME_PHRASE
