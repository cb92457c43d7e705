"""Slash commands of the input line: ``/`` and the id of an action, for some with a word or more behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dashboard.keymap import Action, nearest


@dataclass(frozen=True, slots=True)
class Call:
    """An action that was typed, and what stood behind it."""

    action: Action
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A sentence about a command that does not exist or cannot be called like this, and its remedy."""

    message: str
    remedy: str


def read(line: str, actions: Sequence[Action]) -> Call | Unknown | None:
    """What ``line`` calls; None where it is no command but words for the assistant.

    Two slashes begin words that start with a slash. A command may be shortened as long as it is the only one.
    """
    if not line.startswith("/") or line.startswith("//"):
        return None
    word, _, argument = line.partition(" ")
    word, argument = word.lower(), argument.strip()
    commands = {action.command: action for action in actions}
    begun = [command for command in commands if command.startswith(word)] if len(word) > 1 else []
    if word not in commands and len(begun) == 1:
        word = begun[0]
    if word not in commands:
        close = begun or ([near] if (near := nearest(word, commands)) else ["/help"])
        return Unknown(f"There is no command {word}.", f"Try {' or '.join(close)}.")
    action = commands[word]
    if argument and not action.argument:
        return Unknown(f"{word} takes nothing behind it.", f"{word} alone: {action.help.lower()}.")
    return Call(action, argument)


def words(line: str) -> str:
    """``line`` as it goes to the assistant: of two leading slashes one stays."""
    return line[1:] if line.startswith("//") else line
