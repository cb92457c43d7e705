"""Requests for a persona in any wording: its very name, among words that only ask for somebody.

The phrases of ``spoken_switch.py`` tell where a misheard name must stand. A name that is written right needs
no phrase: it is enough that no word beside it speaks of anything else.
"""

from __future__ import annotations

import re

from assistant.engine.echo_words import words_of
from assistant.personas.load import Library
from assistant.personas.names import match

_ASKING = frozenset(
    words_of(
        "change changing switch switching swap swapping become becoming turn transform morph bring"
        " put talk speak chat hear be take over load start launch activate enable select choose pick"
        " show connect hand pass get give use set make want wanna need prefer rather summon fetch"
        " return mode persona personality character theme voice"
    )
)
"""Words that ask for somebody or something."""

_FILLING = frozenset(
    words_of(
        "me my us you your yourself it to too two the a an with into in on onto up back here there"
        " for from of this that now again please can could would will may might should must just so"
        " then instead as like think mind if it's time go going have love line phone mic"
        " answer reply respond talking speaking one some minute moment second while bit little right"
        " away once more okay let let's"
    )
)
"""Words that say nothing of their own beside them."""

_SPEAKER = frozenset(("i", "i'd", "i'll", "we", "we'd"))
_WISHES = frozenset(
    words_of("want wanna need prefer rather would i'd we'd love like can could may might should think will")
)
"""One of these makes "I talk to …" a wish instead of a report."""

_ARTICLES = frozenset(("the", "a", "an", "my", "your"))
_ROLES = frozenset(("mode", "persona", "personality", "character", "theme", "voice"))
_HOW_ABOUT = re.compile(r"^(?:how|what) about ", re.IGNORECASE)
_LONGEST_NAME = 3


def find_named(core: str, library: Library) -> str | None:
    """The persona whose exact name ``core`` holds, when all its other words only ask for somebody."""
    words = words_of(_HOW_ABOUT.sub("", core))
    for count in range(min(_LONGEST_NAME, len(words) - 1), 0, -1):
        for start in range(len(words) - count + 1):
            before, name, after = words[:start], words[start : start + count], words[start + count :]
            if name[0] not in _ARTICLES and _only_asks(before, after):
                found = match(" ".join(name), library, strict=True)
                if found is not None:
                    return found.persona.name
    return None


def _only_asks(before: list[str], after: list[str]) -> bool:
    beside = {*before, *after}
    if not beside & _ASKING or not beside <= _ASKING | _FILLING | _SPEAKER:
        return False
    if beside & _SPEAKER and not beside & _WISHES:
        return False
    # "Put the kit back" is about a thing; "the Kit voice" is not.
    return not (before and before[-1] in _ARTICLES) or bool(after and after[0] in _ROLES)
