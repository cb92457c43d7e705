"""Another language: whether it says that it only knows English, and never does so of English."""

from __future__ import annotations

from assistant.bench.record import surroundings
from tests.fakes.speech import Speaker
from tests.voice.suite.languages import ENGLISH, FOREIGN, doubted
from tests.voice.suite.report import Figure, Section
from tests.voice.suite.talk import load


def measure(short: bool) -> Section:
    """German, French and Spanish by one speaker, English by two."""
    where = surroundings()
    parts = load()
    foreign = [(text, speaker) for speaker, texts in FOREIGN.items() for text in texts]
    english: list[tuple[str, Speaker]] = [(text, "hibari") for text in ENGLISH]
    english += [(text, "espeak") for text in ENGLISH]
    if short:
        foreign, english = foreign[:3], english[:3]
    told, wrongly = doubted(parts, foreign), doubted(parts, english)
    figures = (
        Figure("sentences of which it says that it only knows English", _share(told), "", len(told)),
        Figure("English sentences of which it says so", _share(wrongly), "", len(wrongly)),
    )
    return Section("another-language", "Another language", figures, (), (), (), where)


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)
