"""Utterances with a pause inside, at ``|``, as people make them while they think.

These may be looked at while the wait for the end of a turn is tuned; ``paused_held_out.py`` holds those that
may not. The recording of a sentence is spoken in one breath with a comma at the pause, which is then made as
long as wanted, so that the melody goes on as it would in speech.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tests.fakes.speech import RATE

Samples = NDArray[np.float32]

SHORTEST_S, LONGEST_S = 0.3, 0.8

_FRAME = RATE // 200
_SILENT_DB = -35.0
_LEAST_GAP_S = 0.02


class Place(StrEnum):
    """Where the speaker stops to think."""

    OPENING = "after an opening word"
    SLOT = "before the name or value"
    OBJECT = "before the object"
    FILLER = "after a filler"
    LIST = "in a list"
    CLAUSE = "between clauses"
    AFTERTHOUGHT = "after what could have been all"
    ANYWHERE = "wherever another author put it"


@dataclass(frozen=True, slots=True)
class Paused:
    """A sentence with its pause at ``|``."""

    place: Place
    text: str

    @property
    def words(self) -> str:
        """The sentence without the mark."""
        return " ".join(self.text.replace("|", " ").split())

    @property
    def before(self) -> str:
        """What is said before the pause."""
        return self.text.partition("|")[0].strip(" ,")

    @property
    def after(self) -> str:
        """What is said after it."""
        return self.text.partition("|")[2].strip()


def sentences(place: Place, lines: str) -> tuple[Paused, ...]:
    """The sentences of ``lines``, which all have their pause at such a place."""
    return tuple(Paused(place, line.strip()) for line in lines.strip().splitlines())


TUNING = (
    *sentences(
        Place.SLOT,
        """
        Change to, | GLaDOS.
        Switch to, | TARS.
        Set the volume to, | forty percent.
        Could you switch over to, | Samantha?
        I would like to speak with, | Jarvis.
        Turn the volume down to, | ten.
        What is twelve times, | fourteen?
        How much is, | ninety divided by six?
        """,
    ),
    *sentences(
        Place.OBJECT,
        """
        Remember that, | my sister arrives on Friday.
        Tell me about, | the history of Rome.
        Can you explain, | how a rainbow is made?
        I want to know, | where the name comes from.
        Do you know, | who wrote that song?
        What is the, | tallest mountain in Europe?
        Please read me, | the last note again.
        Who was the, | first person on the moon?
        I need to buy, | a new pair of shoes.
        Do you think that, | it will rain tomorrow?
        Forget what I said about, | the blue bicycle.
        """,
    ),
    *sentences(
        Place.FILLER,
        """
        What is, um, | the capital of Peru?
        I was thinking, uh, | maybe we could start over.
        Tell me, um, | a story about a dragon.
        So, er, | what can you do?
        My favourite colour is, uh, | probably green.
        Can you, um, | speak a little slower?
        """,
    ),
    *sentences(
        Place.LIST,
        """
        I need eggs, | milk, and bread.
        We visited Paris, Rome, | and Vienna.
        My friends are Anna, | Peter, and Tom.
        I like tea, coffee, | and orange juice.
        On Monday, Tuesday, | and Thursday I work.
        Count one, two, | three, four.
        """,
    ),
    *sentences(
        Place.CLAUSE,
        """
        When I get home, | remind me to call my mother.
        If it rains tomorrow, | we will stay inside.
        Because the train was late, | I missed the meeting.
        While you are at it, | tell me the date.
        I went to the market, | and it was already closed.
        I tried to fix it myself, | but it only got worse.
        My brother lives in Spain, | so we rarely meet.
        The film was long, | but I liked the ending.
        After the second world war, | what happened in Berlin?
        As far as I know, | the shop opens at nine.
        Before you go, | tell me one more joke.
        I wanted to ask you, | whether you like music.
        """,
    ),
    *sentences(
        Place.AFTERTHOUGHT,
        """
        Tell me a joke, | about cats.
        What time is it, | in Tokyo?
        How do you feel, | about the weather today?
        Thank you, | that was very helpful.
        Who are you, | and what do you want?
        Good morning, | how did you sleep?
        """,
    ),
    *sentences(
        Place.SLOT,
        """
        Please change to, | KITT.
        Let me talk to, | Nova.
        Put the volume at, | sixty.
        Turn yourself into, | HAL.
        I want to hear from, | Jarvis now.
        Make the sound level, | thirty percent.
        What is the square root of, | eighty one?
        How many days are there until, | Christmas?
        """,
    ),
    *sentences(
        Place.OBJECT,
        """
        Remember to, | water the plants on Sunday.
        I have been reading, | a book about whales.
        Could you tell me, | what the word means?
        Where did they find, | the oldest bones?
        Have you ever heard of, | the northern lights?
        My neighbour has just bought, | an electric car.
        What do you know about, | the roman empire?
        I am looking for, | a quiet place to work.
        Why does the, | moon look red sometimes?
        It seems to me that, | you are in a good mood.
        Write down that, | the keys are in the drawer.
        """,
    ),
    *sentences(
        Place.FILLER,
        """
        How far is, uh, | the nearest star?
        I think, um, | I would rather have the other one.
        Well, uh, | let me see what comes next.
        Give me, um, | three ideas for dinner.
        It was, er, | somewhere near the station.
        Do you, uh, | remember my birthday?
        """,
    ),
    *sentences(
        Place.LIST,
        """
        Buy apples, | pears, and a lemon.
        I speak English, French, | and some Italian.
        The colours are red, | white, and blue.
        We have a dog, two cats, | and a parrot.
        She plays the piano, | the violin, and the drums.
        Add salt, pepper, | and a little sugar.
        """,
    ),
    *sentences(
        Place.CLAUSE,
        """
        Unless you are busy, | I have a question.
        Since we last talked, | a lot has changed.
        Whenever I hear that song, | I think of summer.
        Although it was expensive, | we bought it anyway.
        We took the bus, | because the car broke down.
        I called her twice, | but nobody answered.
        The soup was cold, | and the waiter was rude.
        He says he is coming, | though I doubt it.
        If I were you, | what would I do next?
        Once the guests have left, | play something calm.
        To be honest, | I did not like it much.
        I was about to leave, | when the phone rang.
        """,
    ),
    *sentences(
        Place.AFTERTHOUGHT,
        """
        Tell me a story, | about a pirate.
        How old are you, | in human years?
        What is the weather like, | in the mountains?
        I am fine, | thanks for asking.
        Where are you from, | and who made you?
        Hello there, | can you hear me?
        """,
    ),
)


def with_pause(said: Samples, sentence: Paused, seconds: float) -> tuple[Samples, int, int]:
    """``said`` (24 kHz, the words of ``sentence``) with its pause made ``seconds`` long.

    Returns the audio, the sample at which the pause begins, and the one at which speech goes on. The pause is
    the silence nearest to where the words before it should end; where the speaker made none, the quietest
    5 ms near there are widened.
    """
    expected = len(sentence.before) / max(len(sentence.words), 1)
    frames = said[: len(said) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    speaking = np.flatnonzero(level > level.max() + _SILENT_DB)
    first, last = int(speaking[0]), int(speaking[-1])
    begin, end = _gap(level, first, last, first + expected * (last - first))
    rest = said[end * _FRAME : (last + 1) * _FRAME]
    silence = np.zeros(int(seconds * RATE), np.float32)
    start = said[first * _FRAME : begin * _FRAME]
    return np.concatenate((start, silence, rest)), len(start), len(start) + len(silence)


def _gap(level: NDArray[np.float64], first: int, last: int, expected: float) -> tuple[int, int]:
    is_silent = np.concatenate(([False], level[first : last + 1] < level.max() + _SILENT_DB, [False]))
    edges = np.flatnonzero(np.diff(is_silent.astype(int))) + first
    gaps = [
        (int(begin), int(end))
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if (end - begin) * _FRAME >= _LEAST_GAP_S * RATE
    ]
    span = last - first
    near = [gap for gap in gaps if abs(sum(gap) / 2 - expected) < 0.2 * span]
    if near:
        longest = max(end - begin for begin, end in near)
        long = (gap for gap in near if gap[1] - gap[0] >= 0.6 * longest)
        return min(long, key=lambda gap: abs(sum(gap) / 2 - expected))
    low, high = max(first + 1, int(expected - 0.1 * span)), min(last - 1, int(expected + 0.1 * span) + 1)
    quietest = low + int(np.argmin(level[low:high]))
    return quietest, quietest + 1
