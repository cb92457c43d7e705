"""An announcement through a script: sentences to tokens, and placed tokens to words that are said."""

from __future__ import annotations

from collections.abc import Callable

from assistant.voice.duplex.announcement import Announcement, Progress, Sentence
from assistant.voice.moshi.repetition import SILENT
from assistant.voice.moshi.script import FREELY, Script


class Announcer:
    """Used on the model's thread, once a step. ``encode`` is the text tokenizer's, for a single word."""

    def __init__(self, encode: Callable[[str], list[int]]) -> None:
        self._encode = encode
        self._announcement: Announcement | None = None
        self._script = Script()
        self._taken = 0
        self._said: list[str] = [""]
        """All that is said of the shown text, after so many words of the script."""
        self._all = ""

    def wanted(self, announcement: Announcement | None) -> int:
        """The next step's text token, see ``Script.wanted``; ``FREELY`` where nothing is to be announced."""
        if announcement is None:
            self._announcement = None
            return FREELY
        if self._announcement is None or self._announcement.generation != announcement.generation:
            self._script, self._taken, self._said, self._all = Script(), 0, [""], ""
        self._announcement = announcement
        for sentence in announcement.sentences[self._taken :]:
            self._take(sentence)
        self._taken = len(announcement.sentences)
        return FREELY if self._is_over else self._script.wanted()

    def placed(self, token: int) -> Progress | None:
        """The step's text token; how far the announcement is with it."""
        announcement = self._announcement
        if announcement is None or self._is_over:
            return None
        self._script.placed(token)
        said = self._all if self._is_over else self._said[self._script.said]
        return Progress(announcement.generation, said, self._is_over)

    @property
    def _is_over(self) -> bool:
        return self._announcement is not None and self._announcement.is_complete and self._script.is_over

    def _take(self, sentence: Sentence) -> None:
        """Where more is spoken than shown, or less, the shown words are spread evenly over the spoken."""
        encoded = map(self._encode, sentence.spoken.split())
        words = [word for tokens in encoded if (word := [each for each in tokens if each not in SILENT])]
        shown, before = sentence.shown.split(), self._all
        for number in range(1, len(words) + 1):
            self._all = " ".join(filter(None, (before, *shown[: number * len(shown) // len(words)])))
            self._said.append(self._all)
        self._all = " ".join(filter(None, (before, *shown)))
        self._script.add(words)
