"""What the user does over an answer: phrases that want the floor, and sounds that do not.

``DEVELOPED`` served to make the machine, ``HELD_OUT`` only measures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from rapidfuzz import fuzz

from assistant.engine.echo_words import is_backchannel, words_of
from assistant.engine.protocol import SpeechFinished, UserSpeechStarted
from assistant.voice.cascade.barge_in import DUCKED_GAIN
from assistant.voice.cascade.loaded import Parts
from tests.fakes.room import Acoustics
from tests.fakes.speech import RATE, speak
from tests.voice.suite.speakers import BY_KEY
from tests.voice.suite.talk import Talk, loud, sentences, talk, track, transcribe, trimmed

Samples = NDArray[np.float32]

DEVELOPED = (
    "Wait a moment.",
    "Stop talking, please.",
    "What time is it?",
    "No, I meant the other one.",
    "Change to Samantha.",
    "How much does that cost?",
    "Hold on, say that again.",
    "Let me ask you something else.",
    "That is enough, thank you.",
    "Tell me a joke instead.",
    "Never mind.",
    "Who was she?",
    "Be quiet now.",
    "Excuse me, where was that?",
    "Please start over.",
    "I have a different question.",
    "Switch to the other voice.",
    "Could you speak more slowly?",
    "Stop.",
    "When did this happen?",
    "Sorry, can I interrupt you?",
    "We should talk about dinner.",
    "Turn the volume down.",
    "Why would anybody do that?",
    "Hang on a second.",
    "Give me the short version.",
)
HELD_OUT = (
    "Quiet, please.",
    "My phone is ringing.",
    "What was her name again?",
    "Go back to the beginning.",
    "That is not what I asked.",
    "Enough.",
    "Where did they find it?",
    "Pause for a minute.",
    "Can you repeat the last part?",
    "I did not hear that.",
    "Is this a true story?",
    "Skip to the end.",
    "Tell me about something cheerful.",
    "Do you know any songs?",
    "How long did it take?",
    "Hold it right there.",
    "Which river do you mean?",
    "Thanks, I know this already.",
)
ATTENTION = ("Yeah.", "Okay.", "Right.", "Sure.", "Oh.")
"""Words that only show attention; hums do so too (``murmurs.py``), but no synthetic voice can hum."""

GAP_S = 9.0
"""Seconds between two of them."""

_OPENING = "Hello there."
_ANSWERS = 6
_SAME_WORD = 70.0


@dataclass(frozen=True, slots=True)
class Interruption:
    """How one phrase went; times are seconds after its first sample, None where it did not happen.

    ``opened`` is when voice activity opened a turn, ``ducked`` and ``silent`` are at the listener's ear.
    """

    phrase: str
    speaker: str
    opened: float | None
    ducked: float | None
    silent: float | None
    stopped: bool


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """How a sound that wants nothing went: whether the answer was finished, and the words it lost."""

    sound: str
    ducked: bool
    paused: bool
    finished: bool
    lost: tuple[str, ...]


def voiced(phrase: str, speaker: str) -> Samples:
    """``phrase`` by one of the suite's speakers, at another pitch where one is given (``NAME@FACTOR``)."""
    name, _, pitch = speaker.partition("@")
    said = BY_KEY[name].say(phrase)
    return trimmed(np.asarray(soxr.resample(said, RATE, RATE / float(pitch)), np.float32) if pitch else said)


def interruptions(
    parts: Parts, acoustics: Acoustics, phrases: Sequence[tuple[str, str]], level_db: float = 0.0
) -> tuple[list[Interruption], Talk]:
    """Say each ``(phrase, speaker)`` over an answer; ``level_db`` is against the assistant's own voice."""
    rng = np.random.default_rng(acoustics.seed)
    starts = [6.0 + GAP_S * number + float(rng.uniform(0.0, 1.5)) for number in range(len(phrases))]
    sounds = [loud(voiced(*phrase), level_db) for phrase in phrases]
    said = track(starts[-1] + GAP_S, [(0.5, loud(speak(_OPENING))), *zip(starts, sounds, strict=True)])
    replies = iter(range(10_000))

    def answer(text: str) -> list[str] | None:
        return None if is_backchannel(text) else sentences(6, 6 * next(replies))

    held = talk(parts, said, acoustics, answer)
    rows = zip(phrases, starts, strict=True)
    return [_judge(held, phrase, speaker, start) for (phrase, speaker), start in rows], held


def _judge(held: Talk, phrase: str, speaker: str, start: float) -> Interruption:
    end = start + GAP_S - 2.0
    opened = held.all(UserSpeechStarted, start, end)
    changes = [(change.at, change.gain) for change in held.transport.gains if start <= change.at < end]
    ducked = next((at for at, gain in changes if gain <= 0.25), None)
    silent = next((at for at, gain in changes if gain == 0.0), None)
    # The answer to the phrase may be under way already: what counts is that the one before was cut off.
    stopped = any(event.interrupted for _, event in held.all(SpeechFinished, start, end))
    return Interruption(
        phrase,
        speaker,
        opened[0][0] - start if opened else None,
        ducked - start if ducked is not None else None,
        silent - start if silent is not None and stopped else None,
        stopped,
    )


def false_alarms(
    parts: Parts, acoustics: Acoustics, sounds: Sequence[tuple[str, Samples]]
) -> list[FalseAlarm]:
    """Make each sound over an answer of three sentences, each in a conversation of its own, and listen."""
    told = [tuple(sentences(3, 3 * number)) for number in range(_ANSWERS)]
    # Only what is said and recognised where nothing disturbs it can be missed.
    expected = [undisturbed(parts, acoustics, answer) for answer in told[: len(sounds)]]
    return [
        false_alarm(parts, acoustics, number, sound, told[number % _ANSWERS], expected[number % _ANSWERS])
        for number, sound in enumerate(sounds)
    ]


def undisturbed(parts: Parts, acoustics: Acoustics, told: tuple[str, ...]) -> list[str]:
    """The words of an answer that are recognised where nothing disturbs it."""
    heard = transcribe(parts, _over(parts, acoustics, told, 6.0, np.zeros(0, np.float32)).transport.played)
    return words_shared(words_of(" ".join(told)), heard)


def false_alarm(
    parts: Parts,
    acoustics: Acoustics,
    number: int,
    sound: tuple[str, Samples],
    told: tuple[str, ...],
    expected: list[str],
) -> FalseAlarm:
    """Make one sound, at a time that its ``number`` chooses."""
    start = 5.0 + float(np.random.default_rng(number).uniform(0.0, 3.0))
    held = _over(parts, acoustics, told, start, sound[1])
    finished = any(event == SpeechFinished(1, " ".join(told)) for _, event in held.all(SpeechFinished))
    gains = [change.gain for change in held.transport.gains]
    lost = words_missing(expected, transcribe(parts, held.transport.played))
    return FalseAlarm(sound[0], min(gains, default=1.0) <= DUCKED_GAIN, 0.0 in gains, finished, lost)


def _over(parts: Parts, acoustics: Acoustics, told: Sequence[str], start: float, sound: Samples) -> Talk:
    said = track(start + 1.0, [(0.5, loud(speak(_OPENING))), (start, sound)])
    return talk(parts, said, acoustics, lambda text: list(told) if "ello" in text else None)


def words_missing(expected: Sequence[str], heard: Sequence[str]) -> tuple[str, ...]:
    """Words that are expected and have no counterpart, in their order, in what was heard."""
    found = _places(expected, heard)
    return tuple(word for place, word in enumerate(expected) if place not in found)


def words_shared(expected: Sequence[str], heard: Sequence[str]) -> list[str]:
    """Words that are expected and have one."""
    return [expected[place] for place in sorted(_places(expected, heard))]


def _places(expected: Sequence[str], heard: Sequence[str]) -> set[int]:
    """Where in ``expected`` the longest common subsequence lies, give or take misheard words."""
    longest = np.zeros((len(expected) + 1, len(heard) + 1), int)
    alike = [[fuzz.ratio(word, other) >= _SAME_WORD for other in heard] for word in expected]
    for row in reversed(range(len(expected))):
        for column in reversed(range(len(heard))):
            matched = 1 + longest[row + 1, column + 1] if alike[row][column] else 0
            longest[row, column] = max(matched, longest[row + 1, column], longest[row, column + 1])
    found: set[int] = set()
    row = column = 0
    while row < len(expected) and column < len(heard):
        if alike[row][column] and longest[row, column] == 1 + longest[row + 1, column + 1]:
            found.add(row)
            row, column = row + 1, column + 1
        elif longest[row + 1, column] >= longest[row, column + 1]:
            row += 1
        else:
            column += 1
    return found
