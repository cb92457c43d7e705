"""What was said, as far as the prompt may need it."""

from __future__ import annotations

from collections import deque

from assistant.llm.port import Message
from assistant.memory.context import BLOCK, MOST


class History(deque[Message]):
    """The newest messages, at most ``MOST``.

    The oldest go a block at a time, so that in between the prompt's window begins at the same message.
    """

    def append(self, message: Message) -> None:
        """Add the newest message."""
        super().append(message)
        if len(self) > MOST:
            for _ in range(BLOCK):
                self.popleft()
