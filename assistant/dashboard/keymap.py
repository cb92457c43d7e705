"""The one table of what keys do. Bindings, key bar, help, palette, slash commands and docs come from it.

Every key works while the input line has the focus. Left alone are keys that line editing needs, that
terminals cannot tell apart, that multiplexers and flow control take, and that desktops take (F10 to F12, Ctrl
with arrows). An action without a key is in the palette and a slash command, and can be given one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, Keys


def _set(*rows: str) -> frozenset[str]:
    return frozenset(key for row in rows for key in row.split())


EDITING = _set(
    "left right home end backspace delete enter tab space",
    "shift+tab shift+left shift+right shift+home shift+end",
    "ctrl+left ctrl+right ctrl+shift+left ctrl+shift+right ctrl+backspace alt+backspace super+backspace",
    "ctrl+a ctrl+d ctrl+e ctrl+f ctrl+k ctrl+u ctrl+v ctrl+w ctrl+x ctrl+shift+a super+c",
)
"""What the input line does itself."""

SWALLOWED = _set("ctrl+h ctrl+i ctrl+j ctrl+m ctrl+b ctrl+s")
"""What terminals cannot tell from Backspace, Tab and Enter, or what tmux and flow control take."""

_NAMED = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the user can do: ``DashboardApp.action_<id>``.

    ``key`` may list several keys, the first is the one that is shown; empty for none. ``everywhere`` actions
    work over dialogs too. ``rank`` orders the key bar, 0 leaves the action out of it. ``argument`` names what
    the slash command may be followed by. ``spoken`` is what to say for the same.
    """

    id: str
    key: str
    label: str
    help: str
    group: str
    everywhere: bool = False
    rank: int = 0
    argument: str = ""
    spoken: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, as Textual names them."""
        return tuple(filter(None, self.key.split(",")))

    @property
    def key_shown(self) -> str:
        """The first key as people write it, such as ``F3`` or ``Ctrl-O``; empty without one."""
        return key_name(self.keys[0]) if self.keys else ""

    @property
    def keys_shown(self) -> str:
        """All keys as people write them."""
        return ", ".join(map(key_name, self.keys))

    @property
    def command(self) -> str:
        """The slash command, such as ``/voice-panel``."""
        return "/" + self.id.replace("_", "-")


ACTIONS = (
    Action(
        id="microphone",
        key="f3,ctrl+o",
        label="Microphone",
        help="Close the microphone, or open it again",
        group="Voice",
        everywhere=True,
        rank=2,
        spoken="mute",
    ),
    Action(
        id="talk",
        key="f4,ctrl+t",
        label="Talk",
        help="Push to talk: begin your turn; press again to end it",
        group="Voice",
        everywhere=True,
        rank=3,
    ),
    Action("stop", "escape", "Stop", "Stop what is being said or thought", "Voice", rank=1, spoken="stop"),
    Action("wake", "f8", "Wake", "Wake the assistant when it is asleep", "Voice", spoken="wake up"),
    Action(
        id="personas",
        key="f2",
        label="Personas",
        help="Choose who answers",
        group="Voice",
        rank=4,
        argument="name",
        spoken="change to GLaDOS",
    ),
    Action("recording", "f9", "Record", "Record all that is said, or end the recording", "Voice"),
    Action("devices", "", "Devices", "Choose microphone and speaker, with their levels", "Voice"),
    Action("sound_test", "", "Sound test", "Hear a sentence in the present voice", "Voice"),
    Action("voice_panel", "f5", "Dots", "Show or hide the voice dots", "Panels"),
    Action("persona_panel", "f6", "Persona", "Show or hide the persona", "Panels"),
    Action("latency_panel", "f7", "Latency", "Show or hide the last turns by stage", "Panels", rank=6),
    Action("engine_panel", "ctrl+g", "Engine", "Show or hide engine, parts and memory", "Panels"),
    Action("devices_panel", "ctrl+n", "Devices", "Show or hide devices, levels and echo", "Panels"),
    Action("tools_panel", "ctrl+y", "Tools", "Show or hide the tool calls", "Panels"),
    Action(
        id="log_panel",
        key="ctrl+l",
        label="Log",
        help="Show or hide the log, or only what holds some words",
        group="Panels",
        argument="words",
    ),
    Action("scroll_up", "pageup", "Earlier", "Scroll back in the conversation", "Conversation"),
    Action("scroll_down", "pagedown", "Later", "Scroll forward in the conversation", "Conversation"),
    Action("newest", "ctrl+end", "Newest", "Go back to the newest message", "Conversation"),
    Action("search", "ctrl+r", "Search", "Find words in the conversation", "Conversation", argument="words"),
    Action(
        "filter",
        "",
        "Only one",
        "Show one persona's part only, or everything again",
        "Conversation",
        argument="name",
    ),
    Action("copy", "", "Copy", "Copy the last answer", "Conversation"),
    Action(
        "export", "", "Export", "Write the conversation to a markdown file", "Conversation", argument="file"
    ),
    Action(
        "earlier_line",
        "up",
        "Edit",
        "Bring back what you said, to change it and say it again",
        "Conversation",
    ),
    Action("later_line", "down", "Edit later", "Go on to what you said after it", "Conversation"),
    Action("settings", "", "Settings", "See and change every setting", "Program"),
    Action("welcome", "", "Welcome", "What was found, what would be better, and a sound check", "Program"),
    Action("theme", "", "Colours", "Choose other colours for everybody", "Program", argument="name"),
    Action("command_palette", "ctrl+p", "Commands", "Find any command by name", "Program", rank=5),
    Action("help", "f1", "Help", "What every key does", "Program", rank=7),
    Action("suspend", "ctrl+z", "Suspend", "Leave for the shell; fg comes back", "Program", True),
    Action("interrupt", "ctrl+c", "Interrupt", "Copy the selection, else stop; twice quits", "Program", True),
    Action("quit", "ctrl+q", "Quit", "End the program", "Program", True, 8),
)
"""All actions, in the order in which help shows them."""


@dataclass(frozen=True, slots=True)
class KeyFault:
    """A key of the settings that was not taken: which action it was for, and why."""

    action_id: str
    reason: str


def bindings(*, everywhere: bool, only: Sequence[str] = ()) -> list[BindingType]:
    """Textual bindings of the actions that work everywhere, or of those that stop at dialogs.

    ``only`` names the actions that count, by default all.
    An action without a key is bound to one that no keyboard has, so that a keymap can give it another.
    """
    return [
        Binding(
            action.key or f"unbound-{action.id}",
            f"app.{action.id}",
            action.label,
            tooltip=action.help,
            id=action.id,
            priority=everywhere,
        )
        for action in ACTIONS
        if action.everywhere is everywhere and (not only or action.id in only)
    ]


def remap(
    keys: Mapping[str, str], actions: Sequence[Action] = ACTIONS
) -> tuple[tuple[Action, ...], tuple[KeyFault, ...]]:
    """The actions with the user's ``keys`` by action id (empty: no key), and what could not be taken.

    A fault costs only itself: that action keeps the key it had.
    """
    faults: list[KeyFault] = []
    wanted: dict[str, str] = {}
    for id, value in keys.items():
        key = ",".join(_normal(part) for part in value.split(",") if part.strip())
        if reason := _why_not(id, key, actions):
            faults.append(KeyFault(id, reason))
        else:
            wanted[id] = key
    while clashes := _clashes(_with_keys(actions, wanted), wanted):
        id, reason = clashes[0]
        faults.append(KeyFault(id, reason))
        del wanted[id]
    return _with_keys(actions, wanted), tuple(faults)


def key_name(key: str) -> str:
    """A Textual key as people write it."""
    special = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "up": "↑", "down": "↓"}
    return "-".join(special.get(part, part.capitalize()) for part in key.split("+"))


def nearest(word: str, known: Iterable[str]) -> str:
    """What the user may have meant by ``word``, or nothing."""
    import difflib

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)), "")


def _normal(key: str) -> str:
    parts = key.strip().lower().replace("-", "+").split("+")
    short = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "control": "ctrl"}
    return "+".join(short.get(part, part) for part in parts)


def _why_not(id: str, key: str, actions: Sequence[Action]) -> str:
    ids = [action.id for action in actions]
    if id not in ids:
        close = nearest(id, ids)
        return "is not an action" + (f"; did you mean {close}?" if close else "")
    if id == "interrupt" and not key:
        return "needs a key, or there is no way out"
    return next(filter(None, map(_why_no_key, filter(None, key.split(",")))), "")


def _why_no_key(key: str) -> str:
    *modifiers, last = key.split("+")
    if len(key) == 1 or (modifiers == ["shift"] and len(last) == 1):
        return f"{key} types a character"
    if key in EDITING:
        return f"{key_name(key)} is needed by the input line"
    if key in SWALLOWED:
        return f"{key_name(key)} does not reach a program in a terminal"
    known = len(last) == 1 or last in _NAMED
    if not known or not set(modifiers) <= {"ctrl", "shift", "alt", "super"}:
        return f"{key} is not a key"
    return ""


def _with_keys(actions: Sequence[Action], keys: Mapping[str, str]) -> tuple[Action, ...]:
    return tuple(replace(action, key=keys.get(action.id, action.key)) for action in actions)


def _clashes(actions: Sequence[Action], wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Changed actions whose key another action has too, the last in the table first."""
    uses = Counter(key for action in actions for key in action.keys)
    found = []
    for action in reversed(actions):
        for key in action.keys if action.id in wanted else ():
            if uses[key] > 1:
                other = next((one for one in actions if key in one.keys and one is not action), action)
                found.append((action.id, f"{key_name(key)} is already the key of {other.id}"))
    return found
