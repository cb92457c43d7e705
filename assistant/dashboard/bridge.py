"""Between the session and Textual: the port that the dashboard drives, and updates as messages.

The conversation runs as a worker in the dashboard's own event loop; callbacks only put messages into a queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from assistant.conversation.updates import FrameTimesShown, HealthShown, MessageShown, Update
from assistant.dashboard.look import Look
from assistant.dashboard.remembered import Memory

if TYPE_CHECKING:
    from assistant.config.editor import SettingsEditor
    from assistant.conversation.requests import Request
    from assistant.doctor.finding import Finding
    from assistant.personas.load import Library
    from assistant.personas.watch import PersonaWatch


class Conversation(Protocol):
    """One session together with the engine that speaks for it."""

    def subscribe(self, callback: Callable[[Update], None]) -> None:
        """Call ``callback`` with every update from now on, in the loop that runs the conversation."""
        ...

    def request(self, request: Request) -> None:
        """Ask something of the session; returns at once and never raises."""
        ...

    async def run(self) -> None:
        """Start the engine and carry the session until cancelled.

        Raises ``AssistantError`` when it cannot go on.
        """
        ...

    async def close(self) -> None:
        """End the engine process and save what was said; after ``run`` has ended, at most once."""
        ...


class Checks(Protocol):
    """What the dashboard finds out about the machine; all of these block, and none raises."""

    def found(self) -> Iterable[Finding]:
        """What there is and what would be better, as it becomes known."""
        ...

    def devices(self) -> Iterable[Finding]:
        """Every microphone and speaker: its role, and its name as the detail."""
        ...

    def sound(self) -> Iterable[Finding]:
        """Microphone, speaker and echo; plays five seconds of sound."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the dashboard shows, loaded after its first paint."""

    conversation: Conversation
    personas: Library
    slug: str
    """The persona that answers first."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the settings by action id."""
    memory: Memory = field(default_factory=Memory)
    settings: SettingsEditor | None = None
    look: Look = field(default_factory=Look)
    checks: Checks | None = None
    """For the screens of the first run and of the devices, which show nothing without."""
    watch: PersonaWatch | None = None
    """Notices that persona files have changed."""
    exports: Path = Path()
    """The folder for conversations that are written to files."""
    engine_log: Path | None = None
    """The log file of the engine's process, shown with the dashboard's own."""
    locate_key: Callable[[str], str] = "keys.{}".format
    """Where a key of the settings stands, such as ``config.toml:4: keys.talk``."""


class UpdateArrived(Message):
    """Something changed in the session."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update

    def can_replace(self, message: Message) -> bool:
        """Whether ``message``, which is next in the queue, makes this one superfluous.

        Bursts of counters and new texts of one message are shown once, with their newest value.
        """
        if not isinstance(message, UpdateArrived):
            return False
        match self.update, message.update:
            case (HealthShown(), HealthShown()) | (FrameTimesShown(), FrameTimesShown()):
                return True
            case MessageShown(id=ours), MessageShown(id=theirs):
                return ours == theirs
        return False
