"""What a full-duplex talker is to say word for word, and how far it is. Values between the loop's threads."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is shown, and as a voice should be given it."""

    shown: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """Sentences of answer ``generation`` in their order; more of them follow until it is complete."""

    generation: int
    sentences: tuple[Sentence, ...] = ()
    is_complete: bool = False

    def with_sentence(self, sentence: Sentence) -> Announcement:
        """It goes on, or goes on after all."""
        return replace(self, sentences=(*self.sentences, sentence), is_complete=False)

    def completed(self) -> Announcement:
        """Nothing follows."""
        return replace(self, is_complete=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """After a frame of the announcement: all that is ``said`` of what is shown, and whether it is over."""

    generation: int
    said: str
    is_over: bool
