"""What was said before in this conversation, and what the user asked to be remembered."""

from __future__ import annotations

import re

from assistant.llm.scripted.lines import coloured
from assistant.llm.scripted.turn import Turn
from assistant.llm.scripted.words import content_words, one_of, plain, quotable, topic, turned

_AGAIN = one_of(
    r"^(?:can you |could you |please )*(?:repeat|say)(?: that| it| this)?(?: again| once more)?(?: please)?$",
    r"^(?:come )?again(?: please)?$",
    r"\b(?:repeat|say) (?:that|it|yourself|your last|what you)\b",
    r"\bwhat did you (?:just )?say\b",
    r"\bwhat was that$",
    r"\bonce more\b",
    r"\byou (?:just )?said what\b",
    r"\bwhat (?:have )?you (?:just )?said\b",
)
_I_SAID = one_of(
    r"\bwhat (?:did|have|had) i (?:just )?(?:say|said|ask|asked|tell|told)\b",
    r"\bwhat i (?:just )?(?:said|asked|told)\b",
    r"\bwhat was (?:my|the) (?:first|last) (?:thing|question|sentence)(?: i (?:said|asked))?\b",
    r"\brepeat (?:what i said|after me)\b",
)
_TALKED = one_of(
    r"\bwhat (?:did|have|were|are|was) we (?:just )?(?:talk|discuss|say|said|chat)\w*\b",
    r"\b(?:summarise|summarize|sum up|recap)\b",
    r"\bour conversation\b",
    r"\bwhere were we\b",
    r"\bwhat was i (?:talking|saying)\b",
)
_FIRST = re.compile(r"\bfirst (?:thing|question|sentence)\b|\bat the (?:start|beginning)\b")
_MY_NAME = one_of(
    r"\b(?:what|whats|know|remember|say|tell me|forgot|forget) (?:is )?my name\b",
    r"\bwho am i$",
    r"\bdo you know (?:me|who i am)\b",
)
_NOTES = one_of(
    r"\bwhat (?:do|can|did) you (?:still )?(?:remember|recall)\b",
    r"\bdo you (?:still )?remember\b",
    r"\bwhat do you know about me\b",
    r"\b(?:my|your|any|the) notes\b",
    r"\bwhat (?:did|have) i (?:ask|asked|tell|told) you to remember\b",
)
_QUESTION = one_of(
    r"^(?:and |so )?(?:what|where|when|who)s?\b",
    r"^(?:and |so )?(?:which|how|do|does|did|is|are|can|could|tell me|remind me)\b",
)
_ABOUT_THE_USER = re.compile(r"\b(?:my|mine|i|me|we|our)\b")
_TELLS = re.compile(r"^my .+ (?:is|are|was|were) .+$|^i (?:live|work|was born|come from|grew up) .+$")
_TOLD = 3


def conversation(turn: Turn) -> str:
    """What the user said, what the assistant said, what it was about."""
    before = [quotable(text) for text in turn.asked[:-1] if content_words(text)]
    if _I_SAID.search(turn.words):
        return _quoted_user(before, turn)
    if _TALKED.search(turn.words):
        return _talked_about(before, turn)
    if _AGAIN.search(turn.words):
        last = quotable(turn.said[-1], 300) if turn.said else ""
        return last or "I have not said anything yet."
    return ""


def users_name(turn: Turn) -> str:
    """The user's own name, if it was ever told."""
    if not _MY_NAME.search(turn.words):
        return ""
    if turn.user:
        return _coloured(f"You are {turn.user}.", turn)
    return "You have not told me your name yet."


def kept_notes(turn: Turn) -> str:
    """The notes that were recalled for this turn."""
    if not _NOTES.search(turn.words):
        return ""
    if not turn.notes:
        return told_before(turn) or "Nothing that I remember fits that."
    told = "; ".join(turned(note) for note in turn.notes[:_TOLD])
    return _coloured(f"You told me: {quotable(told, 300)}.", turn)


def told_before(turn: Turn) -> str:
    """A note, or something that the user said before, that answers a question by the words they share."""
    wanted = set(content_words(turn.text))
    if not wanted or not (_QUESTION.search(turn.words) and _ABOUT_THE_USER.search(turn.words)):
        return ""
    statements = [text for text in turn.asked[:-1] if not _is_question(text)]
    for text, word in [(note, "You told me") for note in turn.notes] + [
        (text, "You said") for text in reversed(statements)
    ]:
        if len(wanted & set(content_words(text))) * 2 > len(wanted):
            return _coloured(f"{word}: {turned(quotable(text).rstrip('.'))}.", turn)
    return ""


def statement(turn: Turn) -> str:
    """Shows that something the user told of themselves was understood, and how it could be kept."""
    if not _TELLS.search(turn.words):
        return ""
    hint = " To have it kept, say remember in front of it." if "remember" in turn.tools else ""
    return f"So {turned(quotable(turn.text).rstrip('.!'))}.{hint}"


def _is_question(text: str) -> bool:
    return text.rstrip().endswith("?") or bool(_QUESTION.search(text.casefold()))


def _about_the_talk(text: str) -> bool:
    return any(pattern.search(plain(text)) for pattern in (_I_SAID, _TALKED, _AGAIN, _NOTES, _MY_NAME))


def _quoted_user(before: list[str], turn: Turn) -> str:
    if not before:
        return "You have not said anything before that."
    if _FIRST.search(turn.words):
        return _coloured(f"The first thing I still have is: {_full_stop(before[0])}", turn)
    return _coloured(f"You said: {_full_stop(before[-1])}", turn)


def _talked_about(before: list[str], turn: Turn) -> str:
    told = (topic(text) for text in before if not _about_the_talk(text))
    topics = list({plain(found).split()[-1]: found for found in told if found}.values())[-_TOLD:]
    if not topics:
        return "We have hardly begun."
    return _coloured(f"We spoke about {_listed(topics)}.", turn)


def _coloured(fact: str, turn: Turn) -> str:
    return coloured(fact, turn.persona.lines.fact, turn.said)


def _full_stop(text: str) -> str:
    return text if text[-1] in ".!?…" else f"{text}."


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
