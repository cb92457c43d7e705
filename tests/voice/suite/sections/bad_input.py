"""Bad input: what is still understood, and that it never talks to itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.bench.record import surroundings
from assistant.engine.echo_words import words_of
from assistant.engine.protocol import SpeechFinished, UserTurn
from assistant.voice.cascade.loaded import Parts
from tests.fakes.room import Acoustics
from tests.fakes.speech import RATE
from tests.voice.suite.noises import babble
from tests.voice.suite.over_the_answer import voiced, words_missing
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.talk import Samples, load, loud, sentences, talk, track

QUESTIONS = ("Where is the nearest bakery?", "How tall is the highest mountain?", "When will the rain stop?")
OVER = ("Be quiet for a moment, please.", "Hang on, who told you that?", "I would rather talk about music.")
SPEAKERS = ("hibari@0.85", "espeak", "piper-joe")
"""One for each pair of question and interruption, which are not tuned on."""

_OTHERS_SAY = (
    "Did you bring the keys for the garden door with you?",
    "They are in the pocket of my other coat, I believe.",
    "Then we will have to climb over the wall once more.",
)
_OTHER = "espeak@0.8"

_PERIOD_S, _OVER_S = 24.0, 7.0
_UNDERSTOOD = 2 / 3
_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Case:
    """``level_db`` is the user's against the assistant's own voice, ``beside`` what sounds all the while.

    ``others`` are the times at which somebody else speaks, and what.
    """

    name: str
    acoustics: Acoustics
    level_db: float = 0.0
    beside: Samples | None = None
    others: tuple[tuple[float, Samples], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the questions asked and the interruptions made; ``own`` are turns of the assistant's own words.

    ``others`` are turns made of what somebody else said.
    """

    understood: int
    interrupted: int
    own: list[str]
    others: list[str]
    stopped_itself: int


def cases(seconds: float) -> list[Case]:
    """Everything at an echo of −10 dB where the case itself is not the echo."""
    room = Acoustics(-10.0)
    jumping = ((0.0, 0.06), (10.0, 0.18), (34.0, 0.06), (58.0, 0.2))
    return [
        Case("none", room),
        Case("clipping microphone", replace(room, clip=0.05), level_db=6.0),
        Case("50 Hz hum", replace(room, hum_db=-35.0)),
        Case("other people talking, 12 dB below the user", room, 0.0, loud(babble(seconds), -12.0)),
        Case("a second person, 6 dB below the user", room, others=_second_person(seconds)),
        Case("a speaker 6 dB louder than the user", replace(room, echo_db=0.0), level_db=-6.0),
        Case("Bluetooth, 250 ms late", replace(room, delays=((0.0, 0.25),))),
        Case("a delay that jumps, 60 → 180 ms", replace(room, delays=jumping)),
    ]


def _second_person(seconds: float) -> tuple[tuple[float, Samples], ...]:
    """While the user asks, and over the answer once the user has interrupted the one before."""
    said = []
    for number in range(round(seconds / _PERIOD_S)):
        for later in (0.9, 14.0):
            text = _OTHERS_SAY[len(said) % len(_OTHERS_SAY)]
            said.append((number * _PERIOD_S + later, loud(voiced(text, _OTHER), -6.0)))
    return tuple(said)


def measure(short: bool) -> Section:
    """One conversation a case; the short form has the one that went wrong the longest."""
    where = surroundings()
    parts = load()
    pairs = 1 if short else len(QUESTIONS)
    chosen = cases(pairs * _PERIOD_S)
    outcomes = {case.name: converse(parts, case, pairs) for case in (chosen[2:3] if short else chosen)}
    figures = [
        Figure(f"{name}: turns of its own words", len(found.own), "", 2 * pairs, Limit("≤", 0))
        for name, found in outcomes.items()
    ]
    figures += [
        Figure(f"{name}: questions understood", found.understood / pairs, "", pairs)
        for name, found in outcomes.items()
    ]
    header = (
        "case",
        "questions understood",
        "interruptions found",
        "stopped by nobody",
        "its own words",
        "taken from others",
    )
    rows = [
        (
            name,
            f"{found.understood}/{pairs}",
            f"{found.interrupted}/{pairs}",
            str(found.stopped_itself),
            "; ".join(found.own),
            "; ".join(found.others),
        )
        for name, found in outcomes.items()
    ]
    return Section("bad-input", "Bad input", tuple(figures), (Table("By case", header, rows),), (), (), where)


def converse(parts: Parts, case: Case, pairs: int) -> Outcome:
    """A question, an answer, an interruption, an answer; ``pairs`` times."""
    asked = [
        (0.5 + _PERIOD_S * number + later, text, loud(voiced(text, SPEAKERS[number]), case.level_db))
        for number in range(pairs)
        for later, text in ((0.0, QUESTIONS[number]), (_OVER_S, OVER[number]))
    ]
    said = track(pairs * _PERIOD_S, [*((at, sound) for at, _, sound in asked), *case.others])
    if case.beside is not None:
        said += case.beside[: len(said)]
    replies = iter(range(10_000))
    told: list[str] = []

    def answer(text: str) -> list[str]:
        said = sentences(_SENTENCES, _SENTENCES * next(replies))
        told.extend(said)
        return said

    held = talk(parts, said, case.acoustics, answer)
    turns = [(event.speech_end, event.text) for _, event in held.all(UserTurn) if event.text]
    cuts = [at for at, event in held.all(SpeechFinished) if event.interrupted]
    spans = [(at, at + len(sound) / RATE, text) for at, text, sound in asked]
    everybody = [*spans, *((at, at + len(sound) / RATE, "") for at, sound in case.others)]
    strange = [text for at, text in turns if not any(_is_within(at, span) for span in everybody)]
    # Where others talk all the while, their words are told from its own by what it had said.
    own = [text for text in strange if case.beside is None or _resembles(text, told)]
    return Outcome(
        sum(_is_understood(span, turns) for span in spans[::2]),
        sum(any(start <= at < end + 1.5 for at in cuts) for start, end, _ in spans[1::2]),
        own,
        [text for text in strange if text not in own],
        sum(not any(start <= at < end + 1.5 for start, end, _ in everybody) for at in cuts),
    )


def _resembles(text: str, told: Sequence[str]) -> bool:
    words = words_of(text)
    missing = min((len(words_missing(words, words_of(sentence))) for sentence in told), default=len(words))
    return missing <= (1 - _UNDERSTOOD) * len(words)


def _is_within(speech_end: float, span: tuple[float, float, str]) -> bool:
    return span[0] - 0.2 <= speech_end <= span[1] + 1.2


def _is_understood(span: tuple[float, float, str], turns: Sequence[tuple[float, str]]) -> bool:
    heard = [word for at, text in turns if _is_within(at, span) for word in words_of(text)]
    words = words_of(span[2])
    return len(words_missing(words, heard)) <= (1 - _UNDERSTOOD) * len(words)
