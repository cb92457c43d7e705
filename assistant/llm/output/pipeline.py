"""The one way from a model's text to what is shown and said, for every engine.

    clean → formats of installed packages → markup → tool calls → guard → hidden words

Incremental and pure; the voice then words what it is given (``voice.cascade.speakable``). This removes what
would break a terminal or a conversation. It is no moderation: what the words say is left as it is, but for
those that the user does not want to read.
"""

from __future__ import annotations

from assistant.llm.output.clean import Cleaner
from assistant.llm.output.guard import Guard
from assistant.llm.output.hide import WordHider
from assistant.llm.output.markup import STOPS, MarkupFilter
from assistant.llm.plugins import OutputFormat, output_formats
from assistant.tools.parser import Found, Text, ToolCallParser


class OutputPipeline:
    """One reply after the other: ``feed`` every piece, then ``finish``, which makes ready for the next.

    ``ended`` says that the reply is over for us whatever the model still writes: stop asking it.
    """

    def __init__(self, stops: tuple[str, ...] = STOPS, hidden_words: tuple[str, ...] = ()) -> None:
        self._stops = stops
        self._hidden_words = hidden_words
        self._begin()

    def _begin(self) -> None:
        self._cleaner = Cleaner()
        self._formats: list[OutputFormat] | None = None
        self._markup = MarkupFilter(self._stops)
        self._calls = ToolCallParser()
        self._guard = Guard()
        self._hider = WordHider(self._hidden_words)

    @property
    def ended(self) -> bool:
        """True until ``finish`` once a stop, a special token or the guard has ended the reply."""
        return self._markup.ended or self._guard.ended

    def feed(self, piece: str) -> list[Found]:
        """What is certain after this piece."""
        text = self._translated(self._cleaner.feed(piece))
        return self._guarded(self._calls.feed(self._markup.feed(text)))

    def finish(self) -> list[Found]:
        """What is left when the reply is over."""
        text = self._markup.feed(self._translated("", is_last=True)) + self._markup.finish()
        held = [*self._calls.feed(text), *self._calls.finish()]
        found = self._guarded(held)
        if rest := self._hider.finish():
            found.append(Text(rest))
        self._begin()
        return found

    def _translated(self, text: str, *, is_last: bool = False) -> str:
        if self._formats is None:
            self._formats = [make() for make in output_formats()]
        for each in self._formats:
            text = each.feed(text) + (each.finish() if is_last else "")
        return text

    def _guarded(self, items: list[Found]) -> list[Found]:
        found: list[Found] = []
        for item in items:
            if self._guard.ended:
                break
            if isinstance(item, Text):
                if text := self._hider.feed(self._guard.feed(item.text)):
                    found.append(Text(text))
            else:
                if rest := self._hider.finish():
                    found.append(Text(rest))
                found.append(item)
        return found
