"""Takes a model's markup out of its text: special tokens, thinking, channels, its format for tool calls."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.llm.markers import END_OF_REPLY, LEAKED, START_OF_TURN, THINKING
from assistant.llm.output.scan import LiteralScanner

STOPS = ("\nUser:", "\nHuman:", "\nuser:", "\n### ", "\nQ:")
"""With these a model begins to play the other side."""

_CALL, _CALL_END = "<tool_call>", "</tool_call>"
_OWN_TURN = (
    "<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|turn>model\n",
    "<start_of_turn>model\n", "<|assistant|>\n", "<|assistant|>",
)  # fmt: skip
"""A template's opening of the reply itself, which some models repeat."""
_LITERALS = (*END_OF_REPLY, *START_OF_TURN, *LEAKED, *THINKING, _CALL, _CALL_END, *_OWN_TURN)


class MarkupFilter:
    """Incremental: what ``feed`` and ``finish`` return, joined, is the same however the text is cut.

    ``<tool_call>`` becomes ``TOOL_CALL:``; thinking and every channel but "final" are left out. ``ended`` is
    set where the reply is over, by a special token or a stop string; nothing after that comes through.
    """

    def __init__(self, stops: tuple[str, ...] = STOPS) -> None:
        self._stops = stops
        self._scanner = LiteralScanner((*_LITERALS, *stops))
        self._is_hidden = False
        self._channel: str | None = None
        """The name of a channel as far as it is written, between its token and its message."""
        self._has_channels = False
        self._has_text = False
        self.ended = False

    def feed(self, piece: str) -> str:
        """The text that is certain to belong to the reply."""
        return self._visible(self._scanner.feed(piece))

    def finish(self) -> str:
        """What was held back."""
        return self._visible(self._scanner.finish())

    def _visible(self, items: Iterable[tuple[str, bool]]) -> str:
        text: list[str] = []
        for item, is_literal in items:
            if self.ended:
                continue
            if is_literal:
                text.append(self._literal(item))
            elif self._channel is not None:
                self._channel += item
            elif not self._is_hidden:
                text.append(item)
            self._has_text = self._has_text or bool(text and text[-1].strip())
        return "".join(text)

    def _literal(self, literal: str) -> str:
        if literal in THINKING:
            self._is_hidden = not literal.startswith("</")
        elif literal in END_OF_REPLY:
            self.ended = True
        elif literal in self._stops:
            if not self._is_hidden:
                self.ended = True
        elif literal == "<|channel|>":
            self._has_channels, self._channel, self._is_hidden = True, "", True
        elif literal == "<|message|>":
            name, self._channel = self._channel, None
            self._is_hidden = name is not None and not name.strip().startswith("final")
        elif literal == "<|start|>":
            self._is_hidden = self._has_channels
        elif literal == "<|end|>":
            # With channels the end of one message, without them the end of the turn.
            self._is_hidden, self.ended = self._has_channels, not self._has_channels
        elif literal == _CALL:
            return "" if self._is_hidden else "TOOL_CALL: "
        elif literal in START_OF_TURN or literal in _OWN_TURN:
            self.ended = self._has_text
        return ""
