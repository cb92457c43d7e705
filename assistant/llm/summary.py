"""What is left of messages that no longer fit the prompt: a few of their own sentences.

No model is asked. Choosing takes a millisecond, where a model's summary would delay the reply that waits
for it, and it invents nothing. The summary runs on: it is chosen again out of itself and what leaves next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.llm.port import Message, Said

LONGEST = 600
"""Characters of a summary."""

_LONGEST_SENTENCE = 160
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
_OWN = frozenset(("i", "me", "my", "mine", "we", "us", "our", "ours", "myself"))
_LEAST_WORDS = 3


def summary_with(summary: Sequence[Said], messages: Iterable[Message]) -> tuple[Said, ...]:
    """The best sentences of ``summary`` and of ``messages`` that follow it, in their order.

    What a tool brought, and answers made of it, are left out: here others' words would outlast them.
    """
    candidates = [*summary, *(each for message in messages for each in _sentences(message))]
    last_place = {(each.by_user, each.text.casefold()): place for place, each in enumerate(candidates)}
    places = sorted(last_place.values(), key=lambda place: (_weight(candidates[place]), place), reverse=True)
    chosen, room = [], LONGEST
    for place in places:
        if len(candidates[place].text) <= room:
            chosen.append(place)
            room -= len(candidates[place].text)
    return tuple(candidates[place] for place in sorted(chosen))


def _sentences(message: Message) -> list[Said]:
    if message.role == "tool" or message.untrusted:
        return []
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(message.text))
    return [
        Said(message.role == "user", part)
        for part in parts
        if len(part) <= _LONGEST_SENTENCE and len(part.split()) >= _LEAST_WORDS
    ]


def _weight(said: Said) -> int:
    """What the user tells of themselves counts most, then names and numbers; questions count least."""
    words: list[str] = _WORD.findall(said.text)
    facts = sum(word[0].isupper() or word[0].isdigit() for word in words[1:] if word != "I")
    of_the_user = said.by_user and not _OWN.isdisjoint(map(str.casefold, words))
    is_question = said.text.endswith("?")
    return 3 * of_the_user + 2 * said.by_user + min(facts, 3) - 4 * is_question
