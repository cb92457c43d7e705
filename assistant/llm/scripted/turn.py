"""One question to the scripted brain: the user's words beside all that may answer them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from assistant.llm.port import Prompt
from assistant.llm.scripted.machine import Machine
from assistant.llm.scripted.words import plain, quotable, topic
from assistant.personas.model import Persona

_MY_NAME = re.compile(r"\b(?:my name is|my names|call me)\s+([^\W\d_]{2,20})\b", re.IGNORECASE)
_NO_NAME = frozenset(["the", "a", "an", "when", "later", "back", "not", "in", "on", "at", "by", "if", "and"])


@dataclass(frozen=True)
class Turn:
    """The prompt, and what the rules ask of it."""

    prompt: Prompt
    clock: Callable[[], datetime]
    machine: Callable[[], Machine]

    @property
    def persona(self) -> Persona:
        """Who answers."""
        return self.prompt.persona

    @cached_property
    def text(self) -> str:
        """The newest message of the user."""
        return self.asked[-1] if self.asked else ""

    @cached_property
    def words(self) -> str:
        """``text`` in ``words.plain`` form, without the persona's name where it is only called by it."""
        names = sorted((plain(form) for form in (self.persona.name, *self.persona.aliases)), key=len)
        name = "|".join(re.escape(form) for form in reversed(names))
        said = plain(self.text)
        *_, last = self.text.rpartition(",")
        if re.fullmatch(name, plain(last)) or re.match(r"(?:hey|hi|hello|good \w+|thanks|thank you) ", said):
            said = re.sub(rf"(?<=\w) (?:{name})$", "", said)
        return re.sub(rf"^(?:(?:hey|hi|hello|ok|okay|so|well|please|and) )?(?:{name}) (?=\w)", "", said)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The user's messages, oldest first, the newest turn last."""
        return tuple(message.text for message in self.prompt.messages if message.role == "user")

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The assistant's answers, oldest first."""
        return tuple(message.text for message in self.prompt.messages if message.role == "assistant")

    @cached_property
    def tools(self) -> frozenset[str]:
        """Names of the tools that may be called."""
        return frozenset(str(tool.get("name", "")) for tool in self.prompt.tools)

    @cached_property
    def user(self) -> str:
        """The user's name, if a note or the conversation tells it."""
        for text in (*reversed(self.asked), *self.prompt.notes):
            found = _MY_NAME.search(text)
            if found and found[1].casefold() not in _NO_NAME:
                return found[1][:1].upper() + found[1][1:]
        return ""

    @cached_property
    def fields(self) -> dict[str, str]:
        """What a persona's line may name."""
        return {"user": self.user, "topic": topic(self.text)}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Recalled notes, fit to be said."""
        return tuple(note for text in self.prompt.notes if (note := quotable(text).rstrip(".")))
