"""Greetings, thanks, jokes and the other things that are answered with one of the persona's lines."""

from __future__ import annotations

import re

from assistant.llm.scripted.lines import choose
from assistant.llm.scripted.turn import Turn
from assistant.llm.scripted.words import one_of, plain

_THERE = r"(?: (?:there|again|you|everyone|friend|my friend|assistant|old friend|buddy))?"
_HOW_ARE_YOU = one_of(
    r"\bhow (?:are|r) (?:you|u|things)\b",
    r"\bhow (?:is|was) your day\b|\bhows (?:it|your day|life)\b",
    r"\bhow do you (?:do|feel)\b|\bhow have you been\b|\bwhats up\b",
    r"\bare you (?:ok|okay|all right|alright|well|happy|fine)\b",
    r"\byou (?:ok|okay|all right)$",
)
_JOKE = re.compile(r"\b(?:jokes?|funny|make me laugh|cheer me up)\b")
_THANKS = re.compile(r"\b(?:thank (?:you|u)|thanks|cheers|much obliged|appreciate (?:it|that))\b")
_GOODBYE = one_of(
    r"^(?:ok |okay |well )?(?:goodbye|good bye|bye|bye bye|see you|see ya|farewell|so long)\b",
    r"^(?:talk (?:to you )?later|i (?:have|got) to go)\b",
)
_GREETING = one_of(
    rf"^(?:hello|hi|hey|hiya|howdy|greetings|yo|hallo)(?: (?:hello|hi|hey))?{_THERE}$",
    rf"^good (?:morning|afternoon|evening|day){_THERE}$",
    r"\b(?:nice|pleased|good|glad) to (?:meet|see|hear) you\b",
)
_ACKNOWLEDGED = one_of(
    r"^(?:ok|okay|yes|yeah|yep|no|nope|sure|fine|all right|alright|i see|right|got it)$",
    r"^(?:good|great|cool|nice|very good|never ?mind)$",
)
_SMALL_TALK = (
    (_HOW_ARE_YOU, "how_are_you"),
    (_JOKE, "joke"),
    (_THANKS, "thanks"),
    (_GOODBYE, "goodbye"),
    (_GREETING, "greeting"),
    (_ACKNOWLEDGED, "acknowledge"),
)
_PRAISE = one_of(
    r"\b(?:you (?:are|were)|youre|that (?:is|was)|thats) (?:so |very |really |pretty |quite )?"
    r"(?:great|good|amazing|awesome|clever|smart|funny|wonderful|brilliant|cool|nice|lovely|the best|"
    r"beautiful|helpful|perfect|excellent)\b",
    r"\b(?:well done|good job|i (?:really )?like you)\b",
)
_APOLOGY = re.compile(r"\b(?:im|i am) (?:so |very )?sorry\b|^sorry\b|\bmy apologies\b|\bi apologi[sz]e\b")
_HEARS = re.compile(
    r"\b(?:can|do) you (?:still )?hear me\b|\bare you (?:still )?(?:there|listening|awake|here)\b"
)
_FEELING = r"\b(?:i am|im|i feel|im feeling) (?:so |very |really |a bit |a little )?"
_FEELS_BAD = re.compile(
    _FEELING + r"(?:sad|tired|ill|sick|angry|lonely|afraid|scared|worried|stressed|exhausted|down)\b"
)
_FEELS_GOOD = re.compile(_FEELING + r"(?:happy|fine|well|good|great|excited|glad|okay|ok)\b")
_INTRODUCES = re.compile(r"\b(?:my name is|my names|call me)\b")
_SIMPLE = (
    (_APOLOGY, "No harm done."),
    (_HEARS, "Yes, I hear you."),
    (_FEELS_BAD, "I am sorry to hear that."),
    (_FEELS_GOOD, "I am glad to hear that."),
)


def small_talk(turn: Turn) -> str:
    """What people say to be polite."""
    lines = turn.persona.lines
    if _INTRODUCES.search(turn.words) and turn.user:
        return _meets(turn)
    for pattern, sentence in _SIMPLE:
        if pattern.search(turn.words):
            return sentence
    for pattern, name in _SMALL_TALK:
        if pattern.search(turn.words):
            return choose(getattr(lines, name), turn.said, turn.fields)
    return choose(lines.thanks, turn.said, turn.fields) if _PRAISE.search(turn.words) else ""


def own_replies(turn: Turn) -> str:
    """What this persona, and no other, has to say to some words."""
    for reply in turn.persona.replies:
        if any(re.search(rf"\b{re.escape(plain(words))}\b", turn.words) for words in reply.hears):
            return choose(reply.says, turn.said, turn.fields)
    return ""


def not_understood(turn: Turn) -> str:
    """No word was understood."""
    return choose(turn.persona.lines.not_understood, turn.said, turn.fields)


def _meets(turn: Turn) -> str:
    hint = (
        " Say: remember that my name is " + turn.user + ", and I keep it." if "remember" in turn.tools else ""
    )
    return f"Hello, {turn.user}. I am {turn.persona.name}.{hint}"
