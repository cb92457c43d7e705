"""What of a monologue may be voiced: its words, but never a tool call. Pure; once a frame."""

from __future__ import annotations

from assistant.tools.parser import Found, Text, ToolCallParser

FRAMES_A_SECOND = 12.5
PAUSE = round(1.2 * FRAMES_A_SECOND)
"""Frames without a word after which an utterance is over."""
CALL_PADS = round(2.0 * FRAMES_A_SECOND)
"""Frames without a word that close a tool call which has no end."""
CALL_LIMIT = round(15.0 * FRAMES_A_SECOND)
"""Frames after which one is given up that goes on."""


class Gate:
    """Follows the text of one monologue, a piece a frame, empty where nothing is said."""

    def __init__(self) -> None:
        self._parser = ToolCallParser()
        self._pads = CALL_PADS
        self._call_frames = 0
        self._is_shut = False

    @property
    def is_talking(self) -> bool:
        """True from the first word of an utterance to its end."""
        return self._pads < (CALL_PADS if self._parser.may_be_call else PAUSE)

    @property
    def is_undecided(self) -> bool:
        """True where the frame's last letter may begin a tool call: the next frame tells if it may be heard.

        The tokens of a word come in frames that follow each other, so that a pause decides it too.
        """
        return self._pads == 0 and not self._is_shut and self._parser.may_begin_call

    def shut(self) -> None:
        """Nothing more of this utterance is wanted; the next one is."""
        self._parser = ToolCallParser()
        self._is_shut = self.is_talking

    def feed(self, text: str) -> tuple[list[Found], bool]:
        """What is certain after this frame, and whether the frame's sound must not be heard."""
        self._pads = 0 if text else self._pads + 1
        if self._is_shut:
            self._is_shut = self.is_talking
            return [], True
        was_call = self._parser.may_be_call
        found = self._parser.feed(text)
        is_call = self._parser.may_be_call
        self._call_frames = self._call_frames + 1 if is_call else 0
        if self._call_frames >= CALL_LIMIT:
            found += self._parser.finish()
            self.shut()
        elif not self.is_talking:
            found += self._parser.finish()
        return found, was_call or is_call or not all(isinstance(each, Text) for each in found)
