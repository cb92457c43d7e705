"""Finds out whether an utterance asks for another persona, and for which.

The more a phrase is used for other things too, the surer the name must be: "change to glad us" is enough, but
"I want to talk to kids" is about children. A name that resembles no persona is handed on, to be asked back
about, only where the phrase can hardly mean anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from assistant.conversation.named_request import find_named
from assistant.conversation.utterance import as_command
from assistant.personas.load import Library
from assistant.personas.names import match, normalise

_KNOWN = 0.96
"""Score of a name, an alias or a spelling that recognisers are known to give."""

_ALIKE_VERB = 0.6
"""How alike a verb must be to "switch", "change" or "swap" to be one of them misheard."""

_LONGEST = 12
"""Words beyond which an utterance is more than a request for a persona."""

_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        "a an the my your his her our their this that these those it them me you us him be being something"
        " someone somebody anything everything nothing another other more less in on of for with and or when"
        " if because about what whatever how why at by from as not plan channel",
    )
)


def find_switch(core: str, library: Library) -> str | None:
    """The name to change to: a persona's, or the one that was said where it must be asked back about."""
    if len(core.split()) > _LONGEST:
        return None
    for said in dict.fromkeys((core, as_command(core))):
        for phrase in _PHRASES:
            if found := phrase.pattern.fullmatch(said):
                name = phrase.resolve(found["name"], library) or phrase.ask_back(found["name"])
                if name:
                    return name
        if name := find_named(said, library) or _misheard(said, library):
            return name
    return None


# --- how sure a name must be ----------------------------------------------------------------------------


def _exact(name: str, library: Library) -> str | None:
    """A name or very close to one, unless an article makes it a thing: "put the kit back"."""
    if _THING.fullmatch(name):
        return None
    found = match(name, library, strict=True)
    return found.persona.name if found else None


def _sure(name: str, library: Library) -> str | None:
    """A name, or what sounds like one and is no ordinary word: written like a name, or several words."""
    looks_like_name = _is_capital(name) or len(normalise(name).split()) > 1
    return _exact(name, library) or (_sounds_like(name, library) if looks_like_name else None)


def _like(name: str, library: Library) -> str | None:
    """Whatever sounds like a name, and a name among other words."""
    words = name.split()
    runs = (
        words[start:end]
        for start in range(len(words))
        for end in range(start + 1, min(start + 3, len(words)) + 1)
    )
    return _sounds_like(name, library) or next(
        (hit for run in runs if (hit := _exact(" ".join(run), library))), None
    )


def _someone(name: str, library: Library) -> str | None:
    """Whatever sounds like a name and is no thing."""
    return None if _THING.fullmatch(name) else _like(name, library)


def _sounds_like(name: str, library: Library) -> str | None:
    """A persona whose name all of these words together sound like."""
    found = match(name, library)
    if found and found.score < _KNOWN:
        found = match("".join(normalise(name).split()), library)
    return found.persona.name if found else None


# --- when an unknown name is asked back about ------------------------------------------------------------


def _never(name: str) -> str | None:
    return None


def _capital(name: str) -> str | None:
    return name if _is_capital(name) and len(name.split()) <= 3 else None


def _short(name: str) -> str | None:
    words = name.casefold().split()
    return _capital(name) or (name if len(words) <= 2 and not _ORDINARY.intersection(words) else None)


def _is_capital(name: str) -> bool:
    words = name.split()
    return words[0][0].isupper() and words[-1][0].isupper() and words[0].casefold() not in _ORDINARY


# --- phrases ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Phrase:
    pattern: re.Pattern[str]
    resolve: Callable[[str, Library], str | None]
    ask_back: Callable[[str], str | None]


_WISH = (
    r"(?:i want|i wanna|i'd like|i would like|i'd love|i would love|i'd rather|i would rather|i need|let me|"
    r"let us|let's|can i|could i|may i|can we|could we)(?: to)?(?: please)?"
)
_TALK = r"(?:talk|speak|chat)(?: now| again)? (?:to|with|two|too)"
_THERE = r"(?:there|here|around|about|available|free|in)"
_ROLE = r"(?:theme|persona|person|personalitie|personality|character|voice)s?"
_OVER = rf"(?: (?:it|me|us|yourself|{_ROLE}))?(?: back)?(?: over)?"
_CHANGE = r"(?:change|changing|switch|switching|swap|swapping)"
_THING = re.compile(rf"(?:the|a|an|my|your|this|that) (?!.* (?:{_ROLE}|mode)$).*", re.IGNORECASE)

_PHRASES = tuple(
    _Phrase(re.compile(pattern, re.IGNORECASE), resolve, ask_back)
    for pattern, resolve, ask_back in (
        (rf"{_CHANGE}{_OVER} (?:to|two|too|2)(?: be)? (?P<name>.+)", _like, _short),
        # Recognisers hear "change to" as "changed to".
        (rf"(?:changed|switched){_OVER} to (?P<name>.+)", _like, _capital),
        (rf"(?:set|change|switch) (?:the |your |my )?{_ROLE} (?:to|two|too) (?P<name>.+)", _like, _capital),
        (r"(?:become|turn into|transform into|change into|morph into) (?P<name>.+)", _like, _capital),
        (r"bring back (?P<name>.+)", _someone, _capital),
        (r"(?:make|turn) yourself(?: into)? (?P<name>.+)", _like, _never),
        (r"(?:go|turn|move) back (?:in)?to (?P<name>.+)", _like, _capital),
        (rf"(?:{_WISH} )?{_TALK} (?P<name>.+)", _sure, _capital),
        (rf"{_WISH} {_CHANGE}{_OVER} (?:in)?to (?P<name>.+)", _sure, _capital),
        (r"(?:put|bring|get)(?: me)? (?P<name>.+?)(?: back)? (?:on|back|in|here)", _sure, _never),
        (
            r"(?:put on|bring in|bring on|get me|give me|activate|summon|load|launch|use) (?P<name>.+)",
            _exact,
            _never,
        ),
        (
            r"(?:put me through|hand me over|hand over|connect me|pass me) (?:to|with) (?P<name>.+)",
            _sure,
            _capital,
        ),
        (r"(?:go|move|shift|turn|transform|jump)(?: over)? to (?P<name>.+)", _exact, _never),
        (rf"(?:{_WISH} |let's )?(?:be|act as|act like|play|meet|hear from) (?P<name>.+)", _exact, _never),
        (rf"{_WISH}(?: have)? (?P<name>.+?)(?: back)?", _exact, _never),
        (r"you(?:'re| are) now (?P<name>.+)", _exact, _never),
        (r"from now on you(?:'re| are|'ll be| will be) (?P<name>.+)", _exact, _never),
        (r"no(?: no)?(?: not .+)? i (?:said|meant|mean|want) (?P<name>.+)", _sure, _never),
        (
            rf"(?:how about|show me|i'd prefer|i prefer|(?:change|switch) {_ROLE}) (?P<name>.+)",
            _exact,
            _never,
        ),
        (r"(?P<name>.+ (?:mode|theme|persona))", _exact, _never),
        (rf"is (?P<name>.+?) {_THERE}(?: {_WISH} {_TALK} (?:him|her|it|them))?", _exact, _never),
        (rf"(?P<name>.+?) are you {_THERE}(?: come(?: on)? in)?", _exact, _never),
        # "Would you mind changing to …" loses its first words soonest.
        (rf"(?:\w+ )?(?:\w+ )?you mind {_CHANGE}{_OVER}(?: (?:to|the|into))? (?P<name>.+)", _exact, _never),
    )
)
_ALMOST = re.compile(r"(?P<verb>\w+) (?:to|two|too|2|the|a|da|do|into|it to) (?P<name>.+)", re.IGNORECASE)


def _misheard(said: str, library: Library) -> str | None:
    """The name in "twitched to glad us" or "change the glad us": after a verb almost like the right one."""
    found = _ALMOST.fullmatch(said)
    if not found:
        return None
    verb, name = found["verb"].casefold(), found["name"]
    if max(Indel.normalized_similarity(verb, right) for right in ("switch", "change", "swap")) < _ALIKE_VERB:
        return None
    is_several = len(normalise(name).split()) > 1
    return _exact(name, library) or (_sounds_like(name, library) if is_several else None)
