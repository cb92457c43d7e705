"""Everything else: in character, about what the user spoke of, and plain about what is missing."""

from __future__ import annotations

import re

from assistant.llm.scripted.lines import choose
from assistant.llm.scripted.turn import Turn

_ASKS_TO_TALK = re.compile(
    r"\b(?:free(?:ly)? (?:conversation|talk|chat)|conversation|just (?:talk|chat)|language model)\b"
)
_OFFERS = (
    "A language model can be connected later; until then, ask me what I can do.",
    "Meanwhile I can tell you the time, do a sum, or tell a joke.",
    "Meanwhile, ask me about this machine or about what we said.",
)


def free_talk(turn: Turn) -> str:
    """Names the topic and what it would take to talk about it; at first also offers what works now."""
    lines = turn.persona.lines.needs_model
    about = [line for line in lines if "{topic}" in line]
    plain = [line for line in lines if "{topic}" not in line] or lines
    names_topic = turn.fields["topic"] and not _ASKS_TO_TALK.search(turn.words)
    usable = about if about and names_topic else plain
    answer = choose(usable, turn.said, turn.fields)
    if answer.count(". ") + answer.count("? ") > 1:
        return answer
    used = sum("language model" in text for text in turn.said)
    return f"{answer} {_OFFERS[used]}" if used < len(_OFFERS) else answer
