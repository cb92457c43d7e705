"""The table of actions as text for people: ``docs/keys.md`` and the sentence in the README."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assistant.dashboard.keymap import ACTIONS, Action

_HEAD = """# Keys and commands

Written by `scripts/keys` from the table of actions (`assistant/dashboard/keymap.py`); **F1** shows the same.
Every key works while you type. Every action is also in the command palette (**Ctrl-P**) and, typed into the
input line, a slash command, which may be shortened. A line for the assistant that begins with a slash takes
two.
"""
_TAIL = """## Your own keys

In the [settings file](configuration.md), by the action's name; several keys with commas between, none as
`""`:

```toml
[keys]
talk = "f6"
persona_panel = ""
microphone = "f3, ctrl-o"
```

A key that is taken, unknown, needed by the input line or swallowed by terminals is told with file, line and
reason, and its action keeps the usual key.

In the Terminal of macOS hold Shift with PgUp and PgDn, or it scrolls itself, and Fn with the function keys,
unless the system's settings make them plain. In tmux Ctrl-B stays tmux's own. No key-up reaches a program in
a terminal: push-to-talk is pressed to begin and pressed to end.
"""


def keys_page(actions: Sequence[Action] = ACTIONS) -> str:
    """``docs/keys.md``."""
    parts = [_HEAD]
    for group, members in groupby(actions, key=lambda action: action.group):
        rows = "\n".join(map(_row, members))
        parts.append(
            f"## {group}\n\n| action | keys | command | say | what it does |\n|---|---|---|---|---|\n{rows}\n"
        )
    return "\n".join([*parts, _TAIL])


def readme_sentence(actions: Sequence[Action] = ACTIONS) -> str:
    """The keys of the key bar in their order, for the README."""
    ranked = sorted((action for action in actions if action.rank and action.key), key=lambda each: each.rank)
    return ", ".join(f"**{action.key_shown}** {action.label.lower()}" for action in ranked)


def _row(action: Action) -> str:
    argument = f" [{action.argument}]" if action.argument else ""
    spoken = f"“{action.spoken}”" if action.spoken else ""
    cells = (f"`{action.id}`", action.keys_shown, f"`{action.command}{argument}`", spoken, action.help)
    return f"| {' | '.join(cells)} |"
