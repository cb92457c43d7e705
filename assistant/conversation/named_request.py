"""Requests for a persona in any wording: its very name, among words that only ask for somebody.

The phrases of ``spoken_switch.py`` tell where a misheard name must stand. A name that is written right needs
no phrase: it is enough that it stands where somebody can be asked for, and that no word beside it speaks of
anything else.
"""

from __future__ import annotations

import re

from assistant.conversation.utterance import phrases
from assistant.engine.echo_words import words_of
from assistant.personas.load import Library
from assistant.personas.names import match, normalise

_ASKING = frozenset(
    words_of(
        "change changing switch switching swap swapping replace become becoming turn turning"
        " transform morph bring put talk speak chat hear be take over back load start launch"
        " activate enable select choose pick show connect hand pass transfer get give gimme use set"
        " make want wanna need prefer rather summon invite fetch return come try go open run send"
        " dial patch step assume apply answer play pretend meet mode persona personality character theme"
        " voice role part time start boot begin call pull fire continue carry sound wish handle talking"
        " speaking getting wanted act acting behave"
    )
)
"""Words that ask for somebody or something."""

_FILLING = frozenset(
    words_of(
        "me my us you your you're yourself it to too two the a an with into in on onto up here"
        " there for from of this that now again please can could would may might should must just so"
        " then instead as like think mind if it's going have love line phone mic ask respond"
        " word one some minute moment second while bit little right away once more okay let"
        " let's much through aside places wake wakes assistant today tonight and"
    )
)
"""Words that say nothing of their own beside them."""

_SPEAKER = frozenset(("i", "i'd", "i'll", "we", "we'd"))
_NEUTRAL = _ASKING | _FILLING | _SPEAKER
_WISHES = frozenset(
    words_of(
        "want wanna need prefer rather would i'd we'd love can could may might should think choose pick take"
    )
)
"""One of these makes "I talk to …" a wish instead of a report."""

_OPENING = phrases(
    r"""
    (?:how|what) about(?: letting)?|why don't (?:you|we|i)|do you mind if|would you mind
    (?:is it|would it be) (?:possible|okay|ok|all right)(?: for (?:you|me) to| to| if)?
    not you|enough of (?:you|this|that)|(?:i've|i have) had enough(?: of (?:you|this|that))?|from now on
    i guess|i think|might|wrong one|do you think|is there (?:any|a) way to|any way to
    i was (?:hoping to|wondering if)|i wish (?:i could|you could|you would)|i meant to
    (?:my|our) \w+ (?:wants|want|would like|would love|needs) to
    """
)
"""Ways to begin that say nothing of their own, and make a wish of a report."""

_WISHING = phrases(
    r"""
    i(?:'m| am) in the mood for|i (?:really )?fancy(?: a (?:chat|word|talk) with)?|i feel like
    any chance (?:of|i could)(?: having| getting| get| have)?|i wish (?:you were|for|i had)
    (?:can|could) you do|i(?:'ll| will) (?:have|take)|let's (?:have|try|go with)
    """
)
"""Ways to begin after which a name is a request, alone or before words that ask."""

_CLOSING = phrases(
    r"""
    if (?:that's|that is|it's)(?: okay| ok| alright| all right| fine| possible)?
    real quick|i guess|from now on|today|tonight|for (?:the|my|our|this) (?:rest of the )?\w+|for us|this time
    """
)
"""Ways to end that say nothing of their own."""

_LEADS = re.compile(
    r"(?:.* )?(?:"
    r"to|two|too|into|with|for|from|as|be|become|becoming|want|wanna|need|prefer|rather|have|use|try|bring|put"
    r"|get|gimme|fetch|summon|invite|choose|pick|select|start|load|launch|activate|enable|open|run|hear|meet"
    r"|play|apply|take|let"
    r"|ask|could|can|should|may|would|pretend you're|yourself|persona|personality|character|theme|voice"
    r"|(?:i'd|we'd|would) (?:like|love)|(?:talk|speak|act|sound|answer|behave)(?:ing)? like|(?:role|part) of"
    r"|(?:bring|get|give|show|send|hand|pass|fetch) (?:me|us)"
    r"|(?:bring|swap|send|dial|load|turn|put|switch|call|pull|start|boot|fire) (?:in|up|on|back)"
    r"|make(?: it)?|begin|boot"
    r"|come(?: back| on| in| here)+"
    r")"
)
"""What stands before a name that is asked for, and not before one that is called: "talk to me, Samantha"."""

_COMES = re.compile(
    r"(?:come|take (?:over|it|this|that)|mode|persona|theme|voice)\b.*"
    r"|(?:you're up|your turn|(?:i (?:want|need|would like)|i'd like) to (?:talk|speak) (?:to|with) you)\b.*"
)
"""What follows a name that the request begins with."""

_ROLE = re.compile(r"(?:mode|persona|personality|character|theme|voice)\b.*")
_ARTICLES = frozenset(("the", "a", "an", "my", "your"))
_LONGEST_NAME = 3


def find_named(core: str, library: Library) -> str | None:
    """The persona whose exact name ``core`` holds, when all its other words only ask for somebody."""
    words, is_wish, suffices = _bare(core)
    if words[:1] == ["you"] and words[1:2] != ["be"] and not (is_wish or _WISHES & set(words)):
        return None  # "You sound like HAL" remarks on somebody.
    longest = len(words) if suffices else len(words) - 1
    for count in range(min(_LONGEST_NAME, longest), 0, -1):
        for start in range(len(words) - count + 1):
            before, name, after = words[:start], words[start : start + count], words[start + count :]
            beside = {*before, *after}
            if suffices and not before:
                asks = beside <= _NEUTRAL
            else:
                asks = _only_asks(beside, is_wish) and _stands_right(before, after)
            if asks and (found := _named_by(name, library)):
                return found
    return None


def _bare(core: str) -> tuple[list[str], bool, bool]:
    """The words that matter; whether what preceded them makes them a wish, and a name alone a request."""
    rest, is_wish, suffices = core, False, False
    while opening := _opens(rest):
        pattern, length = opening
        is_wish, suffices = True, pattern is _WISHING
        rest = rest[length:].lstrip(" ,")
    words = words_of(rest)
    for count in range(1, len(words)):
        if _CLOSING.fullmatch(" ".join(words[-count:])):
            words = words[:-count]
            break
    return words, is_wish, suffices


def _opens(text: str) -> tuple[re.Pattern[str], int] | None:
    for pattern in (_WISHING, _OPENING):
        found = pattern.match(text)
        if found and text[found.end() :].startswith((" ", ",")):
            return pattern, found.end()
    return None


def _named_by(words: list[str], library: Library) -> str | None:
    """The persona whose very name these words are; what stands around it ("the kit") is no part of it."""
    if normalise(words[0]).split()[:1] != normalise(" ".join(words)).split()[:1]:
        return None
    found = match(" ".join(words), library, strict=True)
    return found.persona.name if found else None


def named(text: str, library: Library) -> str | None:
    """The only persona whose very name stands in ``text``, None where there is none or more than one."""
    words = words_of(text)
    runs = (
        words[start : start + count]
        for count in range(_LONGEST_NAME, 0, -1)
        for start in range(len(words) - count + 1)
    )
    found = {name for run in runs if (name := _named_by(run, library))}
    return found.pop() if len(found) == 1 else None


def _only_asks(beside: set[str], is_wish: bool) -> bool:
    if not beside & _ASKING or not beside <= _NEUTRAL:
        return False
    return is_wish or not beside & _SPEAKER or bool(beside & _WISHES)


def _stands_right(before: list[str], after: list[str]) -> bool:
    following = " ".join(after)
    if not before:
        return _COMES.fullmatch(following) is not None
    # "Put the kit back" is about a thing; "the Kit voice" is not.
    if before[-1] in _ARTICLES:
        return _ROLE.fullmatch(following) is not None
    return _LEADS.fullmatch(" ".join(before)) is not None
