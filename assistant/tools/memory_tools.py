"""Notes that the user dictates: keep, tell, forget."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.memory.records import Note
from assistant.memory.store import LONGEST_NOTE
from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import ForgetConversation, Kind, ToolCall, ToolResult
from assistant.tools.wording import clipped

_TOLD = 3
"""Notes that are spoken at once."""


@tool(Kind.CHANGE)
async def remember(
    context: ToolContext, text: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]
) -> ToolResult:
    """Keep a note for later conversations. Use it only when the user asks for something to be remembered.

    Args:
        text: What to remember, in the user's own words.
    """
    if context.memory.same_note(text, context.memory_scope):
        return ToolResult(f"Known already: {text}", speech="I remember that already.")
    note = context.memory.add_note(text, context.memory_scope, dictated=context.by_user)
    until = "" if context.memory.is_kept else " But only until I am closed, because nothing can be saved."
    return ToolResult(
        f"Remembered: {note.text}.{until}",
        speech=f"I will remember: {clipped(note.text, 120)}.{until}",
        undo=ToolCall("forget", {"query": note.text}),
    )


@tool(Kind.READ, brings_untrusted=True)
async def recall(context: ToolContext, query: str = "") -> ToolResult:
    """Look up what the user asked to be remembered.

    Args:
        query: What the notes should be about; empty for the newest ones.
    """
    memory, scope = context.memory, context.memory_scope
    notes = memory.search_notes(query, scope, 10) if query else memory.last_notes(scope, 10)
    if not notes:
        about = f" about {clipped(query)}" if query else " yet"
        return ToolResult(f"No notes{about}.", speech=f"You have told me nothing to remember{about}.")
    told = [clipped(note.text, 120) for note in notes[:_TOLD]]
    more = f" And {len(notes) - _TOLD} more." if len(notes) > _TOLD else ""
    return ToolResult(
        "Notes, the best first:\n" + "\n".join(f"- {note.text}" for note in notes),
        speech=f"You told me: {'; '.join(told)}.{more}",
    )


@tool(Kind.CHANGE, brings_untrusted=True)
async def forget(context: ToolContext, query: str = "") -> ToolResult:
    """Forget one note.

    Args:
        query: What the note is about; empty for the newest note.
    """
    note = _meant(context, query)
    if note is None:
        about = f" about {clipped(query)}" if query else ""
        return ToolResult(f"No note{about} to forget.", speech=f"I have no note{about}.", ok=False)
    context.memory.remove_note(note)
    return ToolResult(
        f"Forgotten: {note.text}",
        speech=f"I have forgotten: {clipped(note.text, 120)}.",
        undo=ToolCall("remember", {"text": note.text}),
    )


@tool(
    Kind.DANGER,
    question="Shall I erase every note and every past conversation, for good? Say yes or no.",
)
async def forget_everything(context: ToolContext) -> ToolResult:
    """Erase all notes and all past conversations for good."""
    context.memory.erase()
    return ToolResult(
        "All notes and conversations are erased.",
        speech="I have erased everything.",
        actions=(ForgetConversation(),),
    )


def _meant(context: ToolContext, query: str) -> Note | None:
    memory, scope = context.memory, context.memory_scope
    if not query:
        return next(iter(memory.last_notes(scope, 1)), None)
    return memory.same_note(query, scope) or next(iter(memory.search_notes(query, scope, 1)), None)


TOOLS = (remember, recall, forget, forget_everything)
