"""Who is speaking, what made it, what it can do, and who else there is."""

from __future__ import annotations

import re

from assistant.llm.scripted.lines import choose, coloured
from assistant.llm.scripted.turn import Turn
from assistant.llm.scripted.words import one_of, plain
from assistant.personas.model import Persona

_WHO = one_of(
    r"\bwho (?:are|r) (?:you|u)\b",
    r"\bwho is (?:this|there|speaking|talking)\b",
    r"\bwhos (?:this|there|speaking|talking)\b",
    r"\b(?:what|whats|tell me|say) (?:is |are )?(?:your|ur) (?:own |real |full )?name\b",
    r"\bwhat (?:are you|is it you are) called\b",
    r"\bwhat (?:can|do|should|shall|may) i call you\b",
    r"\bdo you have a name\b",
    r"\bwhat are you$",
    r"\byour name$",
    r"\bwho am i (?:talking|speaking) (?:to|with)\b",
    r"\bwhich (?:persona|character|assistant) are you\b",
    r"\b(?:introduce|describe|explain) yourself\b",
    r"\b(?:tell|say) .*about (?:yourself|you)$",
    r"\babout yourself\b",
    r"\bare you still you\b",
)
_NAMES_ITSELF = one_of(
    r"^(?:are you|is this|am i (?:talking|speaking) (?:to|with)) (?:still |now |really |the )?(.+)$",
)
_HUMAN = one_of(
    r"\bare you (?:really |actually |even |just |only )?(?:an? )?"
    r"(?:real|human|alive|conscious|sentient|robot|machine|computer|person|ai|bot|program|living|artificial)\b",
    r"\bdo you have (?:feelings|a body|emotions)\b",
    r"\bcan you feel\b",
)
_ORIGIN = one_of(
    r"\bwho (?:made|built|created|designed|programmed|wrote|invented|developed) you\b",
    r"\bwhere (?:do|did) you come from\b",
    r"\bwhere are you from\b",
    r"\bhow old are you\b",
    r"\bwhen were you (?:made|built|born)\b",
    r"\bhow (?:were|was) you (?:made|built|created)\b",
    r"\bwhos your (?:maker|creator)\b",
)
_ABILITIES = one_of(
    r"\bwhat (?:else )?(?:can|could|do) you (?:do|answer|talk about|know(?! about)|help)\b",
    r"\bwhat are you (?:able|good|for)\b",
    r"\bhow (?:can|do) you help\b",
    r"\bcan you help\b",
    r"^help(?: me)?$",
    r"\bwhat can i (?:say|ask|do)\b",
    r"\byour (?:abilities|skills|features|commands)\b",
)
_ENGINE = one_of(
    r"\b(?:language|ai|text|which|what|your) (?:model|engine|brain)\b",
    r"\b(?:chat ?gpt|gpt|llama|claude|gemini|moshi|openai)\b",
    r"\bwhat (?:powers|drives) you\b",
    r"\bhow do you (?:work|think)\b",
    r"\bare you (?:online|offline|connected)\b",
    r"\binternet\b",
    r"\bcloud\b",
)
_OTHERS = one_of(
    r"\b(?:which|what|list|show|name|how many|other|all|the|any)\b.*"
    r"\b(?:personas?|personalities|characters|voices|themes)\b",
    r"\bwho else\b",
    r"\bwho (?:can|could) you (?:be|become)\b",
    r"\banybody else\b",
    r"\banyone else\b",
    r"\bwho (?:is|are) (?:here|available)\b",
)
_ABOUT_OTHER = re.compile(r"\b(?:who|what|whos|whats|about|know|describe|think of|like|meet)\b")
_OFFERS = (
    ("change_theme", "become somebody else"),
    ("remember", "keep notes"),
    ("set_volume", "change my volume"),
    ("mute", "close the microphone"),
)


def who_i_am(turn: Turn) -> str:
    """Name, nature and origin; the name is always said when it is asked for."""
    lines = turn.persona.lines
    if asked := _NAMES_ITSELF.match(plain(turn.text)):
        if asked[1] in _names(turn.persona):
            return _with_name(f"Yes, I am {turn.persona.name}.", turn)
        if other := _named(asked[1], turn, whole=True):
            return (
                f"No, I am {turn.persona.name}. Ask for {other.name}, and I step aside."
                if _can_switch(turn)
                else (f"No, I am {turn.persona.name}.")
            )
    if _HUMAN.search(turn.words):
        return choose(lines.human, turn.said, turn.fields)
    if _ORIGIN.search(turn.words):
        return choose(lines.origin, turn.said, turn.fields)
    if _WHO.search(turn.words):
        return _with_name(choose(lines.about, turn.said, turn.fields), turn)
    return ""


def abilities(turn: Turn) -> str:
    """What works without a language model; of the tools only those that the prompt offers."""
    if not _ABILITIES.search(turn.words):
        return ""
    offers = [phrase for tool, phrase in _OFFERS if tool in turn.tools]
    tools = f" When you tell me to, I {_listed(offers)}." if offers else ""
    knows = "I can tell you the time and about this machine, do sums, and recall what we said."
    return f"{knows}{tools} For free conversation I need a language model."


def engine_fact(said: str) -> str:
    """What thinks here, for those who ask."""
    if not _ENGINE.search(said):
        return ""
    return (
        "My answers come from the scripted engine: rules on this machine, no language model and no internet."
    )


def others(turn: Turn) -> str:
    """Which personas there are, or who one of them is."""
    names = [each.name for each in turn.prompt.personas if each.name != turn.persona.name]
    if _OTHERS.search(turn.words):
        if not names:
            return f"I am {turn.persona.name}, and there is nobody else."
        hint = f" Say: change to {names[0]}." if _can_switch(turn) else ""
        return f"I am {turn.persona.name}. There are also {_listed(names)}.{hint}"
    other = _named(turn.words, turn) if _ABOUT_OTHER.search(turn.words) else None
    if other is None:
        return ""
    if other.slug == turn.persona.slug:
        return _with_name(choose(turn.persona.lines.about, turn.said, turn.fields), turn)
    return coloured(f"{other.name}: {other.tagline}", turn.persona.lines.fact, turn.said)


def _can_switch(turn: Turn) -> bool:
    return "change_theme" in turn.tools


def _with_name(sentence: str, turn: Turn) -> str:
    return sentence if turn.persona.name in sentence else f"I am {turn.persona.name}. {sentence}"


def _named(said: str, turn: Turn, whole: bool = False) -> Persona | None:
    """The persona whose name stands in ``said`` (or is all of it)."""
    for persona in (turn.persona, *turn.prompt.personas):
        for name in _names(persona):
            if said == name or (not whole and re.search(rf"\b{re.escape(name)}\b", said)):
                return persona
    return None


def _names(persona: Persona) -> set[str]:
    return {plain(name) for name in (persona.name, persona.say_name, *persona.aliases)}


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
