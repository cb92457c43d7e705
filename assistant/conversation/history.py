"""What was said, as far as the prompt may need it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from assistant.llm.port import Message, Said
from assistant.llm.summary import summary_with
from assistant.memory.context import BLOCK, MOST


class History(deque[Message]):
    """The newest messages, at most ``MOST``, and a ``summary`` of those before them.

    The oldest go a block at a time, so that in between the prompt's window begins at the same message.
    ``appended`` counts messages, those that have left included.
    """

    def __init__(self, messages: Iterable[Message] = (), summary: Sequence[Said] = ()) -> None:
        super().__init__(messages)
        self.summary = tuple(summary)
        self.appended = 0

    def append(self, message: Message) -> None:
        """Add the newest message."""
        super().append(message)
        self.appended += 1
        if len(self) > MOST:
            self.summary = summary_with(self.summary, [self.popleft() for _ in range(BLOCK)])

    def clear(self) -> None:
        """Forget all of it."""
        super().clear()
        self.summary = ()
