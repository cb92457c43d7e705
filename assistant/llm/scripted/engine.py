"""A text engine without a language model: the persona's own lines, chosen by rules over the prompt."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from datetime import datetime

from assistant.llm.port import Delta, Finished, ModelInfo, Prompt, Purpose, TextDelta
from assistant.llm.scripted.lines import choose, coloured
from assistant.llm.scripted.machine import Machine, read_machine
from assistant.llm.scripted.topics import TOPICS
from assistant.llm.scripted.turn import Turn
from assistant.llm.scripted.words import quotable

_LONGEST = 400
_PIECE = re.compile(r"\S+\s*")


class ScriptedEngine:
    """Answers in character from ``persona.lines`` and from what the prompt holds; needs nothing installed.

    ``clock`` (local time) and ``machine`` are read when asked for.
    The same prompt at the same time gives the same answer.
    """

    name = "scripted"

    def __init__(
        self,
        clock: Callable[[], datetime] = datetime.now,
        machine: Callable[[], Machine] = read_machine,
    ) -> None:
        self._clock = clock
        self._machine = machine

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """The answer word by word, at most three short sentences; never empty."""
        for piece in _PIECE.findall(self._answer(prompt)):
            yield TextDelta(piece)
        yield Finished()

    async def info(self) -> ModelInfo:
        """No model."""
        return ModelInfo(self.name, "")

    async def count(self, prompt: Prompt) -> int:
        """Nothing of the prompt is ever too long for it."""
        return 0

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _answer(self, prompt: Prompt) -> str:
        turn = Turn(prompt, self._clock, self._machine)
        lines = prompt.persona.lines
        match prompt.purpose:
            case Purpose.GREETING:
                return choose(lines.greeting, turn.said, turn.fields)
            case Purpose.RE_INTRODUCTION:
                return choose(lines.re_introduction, turn.said, turn.fields)
            case Purpose.TOOL_RESULT:
                return _tool_result(prompt, turn)
        return next(answer for topic in TOPICS if (answer := topic(turn)))


def _tool_result(prompt: Prompt, turn: Turn) -> str:
    """The tool's own words, without the name of the tool that stands before them."""
    results = [message.text for message in prompt.messages if message.role == "tool"][-1:]
    text = quotable(_without_names(" ".join(results), prompt), _LONGEST)
    if not text:
        return choose(prompt.persona.lines.acknowledge, turn.said)
    return coloured(text if text[-1] in ".!?…" else f"{text}.", prompt.persona.lines.fact, turn.said)


def _without_names(text: str, prompt: Prompt) -> str:
    names = "|".join(re.escape(str(tool.get("name"))) for tool in prompt.tools)
    return re.sub(rf"^(?:{names}): ", "", text, flags=re.MULTILINE) if names else text
