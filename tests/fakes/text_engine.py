"""A fake language model that checks its prompts; as a module, the dashboard with it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, AsyncIterable
from pathlib import Path

from assistant.llm.chat import chat_messages
from assistant.llm.port import Delta, Finished, ModelInfo, Prompt, Purpose, TextDelta

CALL = (
    "Of course. ",
    "TOOL",
    '_CALL: {"name": "chan',
    'ge_theme", "argum',
    'ents": {"persona_na',
    'me": "GLaDOS"}}',
)


async def text_of(deltas: AsyncIterable[Delta]) -> str:
    """All that was written, in one piece."""
    return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])


class RoteEngine:
    """Everything of a text engine but ``stream``."""

    name = "fake"

    async def info(self) -> ModelInfo:
        return ModelInfo("fake", "")

    async def count(self, prompt: Prompt) -> int:
        return 0

    async def close(self) -> None:
        pass


class FakeTextEngine(RoteEngine):
    """Switches to GLaDOS when told "surprise"; writes what is wrong with a prompt to ``complaints``."""

    name = "fake model"

    def __init__(self, complaints: Path) -> None:
        self._complaints = complaints
        self._turns = 0
        self._said: list[str] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """Pieces of a rote answer, a moment apart, as a model would write them."""
        self._turns += 1
        with self._complaints.open("a") as file:
            file.writelines(f"turn {self._turns}: {complaint}\n" for complaint in self._wrong_with(prompt))
        answer = self._answer(prompt)
        if prompt.purpose is Purpose.REPLY:
            self._said.append(prompt.messages[-1].text)
        self._said.append("".join(answer))
        for piece in answer:
            await asyncio.sleep(0.02)
            yield TextDelta(piece)
        yield Finished()

    def _answer(self, prompt: Prompt) -> tuple[str, ...]:
        if prompt.purpose is Purpose.RE_INTRODUCTION:
            return ("Well. ", f"I am {prompt.persona.name}, ", "and the test begins.")
        if prompt.purpose is Purpose.GREETING:
            return ("Good ", "morning.")
        if "surprise" in prompt.messages[-1].text.casefold():
            return CALL
        return ("That is turn ", f"number {self._turns}.")

    def _wrong_with(self, prompt: Prompt) -> list[str]:
        persona = prompt.persona
        wrong = []
        if not prompt.system.startswith(f"You are {persona.name}. {persona.identity}"):
            wrong.append("the persona's identity does not come first")
        if any(trait not in prompt.system for trait in persona.traits):
            wrong.append("a trait is missing")
        system = chat_messages(prompt)[0]["content"]
        if "change_theme(" not in system or "TOOL_CALL:" not in system:
            wrong.append("the tool schemas are missing")
        said = [message.text for message in prompt.messages]
        if prompt.purpose is Purpose.REPLY and said[:-1][-9:] != self._said[-9:]:
            wrong.append(f"the last ten messages are {said[-10:]}, not {self._said[-9:]} and the newest")
        if prompt.messages[-1].role != "user":
            wrong.append("the newest message is not the user's")
        return wrong


def main() -> None:
    """The dashboard as the user knows it, but for the model behind it."""
    from assistant.assembly import Assembly
    from assistant.dashboard.app import run_dashboard
    from assistant.dashboard.bridge import Prepared

    with contextlib.ExitStack() as held:

        def prepare() -> Prepared:
            assembly = Assembly({}, text_engine=FakeTextEngine(Path(sys.argv[1])))
            assembled = held.enter_context(assembly).assemble()
            return Prepared(assembled.runner, assembled.library, assembled.persona.slug)

        run_dashboard(prepare)


if __name__ == "__main__":
    main()
