"""Patience: whether it waits through a thinking pause, and what that costs where there is none."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.fakes.speech import RATE, pink_noise
from tests.voice.suite.partials import stability
from tests.voice.suite.paused import LONGEST_S, SHORTEST_S, TUNING, Paused, Place, with_pause
from tests.voice.suite.paused_held_out import HELD_OUT
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.session import Samples, converse
from tests.voice.suite.speakers import SPEAKERS, STRANGERS, Speaker

AFTER_S = 6.5
"""From the end of an utterance to the next one: for the longest wait and what a command answers."""
AUDIBLE = 0.003
LOUDNESS = 0.08
NOISE = 0.001
SHORT_CASES = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One utterance on the time line, in samples: its start, its pause, its end, and the end of its slot."""

    speaker: str
    sentence: Paused
    start: int
    pause: tuple[int, int]
    end: int
    slot_end: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether ``case`` was answered before its end, and after how many seconds otherwise (None: never)."""

    case: Case
    is_cut_off: bool
    wait_s: float | None


def measure(short: bool) -> Section:
    """Held-out sentences by held-out speakers; the short form is a few of the others by one."""
    if short:
        wanted = [speaker for speaker in SPEAKERS if speaker.key == "hibari"]
        sentences: Sequence[Paused] = TUNING[:: len(TUNING) // SHORT_CASES]
    else:
        wanted, sentences = [*(each for each in SPEAKERS if each.key == NATURAL), *STRANGERS], HELD_OUT
    present = [speaker for speaker in wanted if not speaker.lacks]
    runs = [run(speaker, sentences) for speaker in present]
    return _section(runs, [speaker.key for speaker in wanted if speaker.lacks])


NATURAL = "piper-joe"
"""Of the older held-out speakers the one whose melody is most like people's."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one speaker's sentences; words shown while they were said, and of these taken back."""

    outcomes: list[Outcome]
    words_shown: int
    words_changed: int


def run(speaker: Speaker, sentences: Sequence[Paused]) -> Run:
    """Let ``speaker`` say every sentence, with pauses of their own, and look when it was answered."""
    chance = np.random.default_rng(zlib.crc32(speaker.key.encode()))
    cases, pieces = [], []
    at = 0
    for sentence in sentences:
        pause_s = float(chance.uniform(SHORTEST_S, LONGEST_S))
        audio, begin, end = with_pause(speaker.say(sentence.words), sentence, pause_s)
        audio = _levelled(audio)
        lead = int((1.0 + chance.uniform(0, 0.3)) * RATE)
        slot = lead + len(audio) + int(AFTER_S * RATE)
        pieces += [np.zeros(lead, np.float32), audio, np.zeros(slot - lead - len(audio), np.float32)]
        start = at + lead
        pause = (start + begin, start + end)
        cases.append(Case(speaker.key, sentence, start, pause, start + len(audio), at + slot))
        at += slot
    user = np.concatenate(pieces)
    # Names are listened for a second time by Whisper, which would only take longer here.
    heard = converse(user + pink_noise(len(user) / RATE + 0.01, NOISE)[: len(user)], without=("whisper",))
    outcomes = list(_judge(cases, np.flatnonzero(np.abs(heard.answers) > AUDIBLE)))
    return Run(outcomes, *stability(heard.events))


def _levelled(speech: Samples) -> Samples:
    sounding = speech[np.abs(speech) > 0.01 * np.abs(speech).max()]
    return np.asarray(speech * (LOUDNESS / np.sqrt(np.mean(sounding**2))), np.float32)


def _judge(cases: Sequence[Case], audible: np.ndarray) -> Iterator[Outcome]:
    for case in cases:
        sounds = audible[(audible >= case.start) & (audible < case.slot_end)]
        first = int(sounds[0]) if len(sounds) else None
        if first is not None and first < case.end:
            yield Outcome(case, True, None)
        else:
            yield Outcome(case, False, None if first is None else (first - case.end) / RATE)


def _section(runs: Sequence[Run], missing: list[str]) -> Section:
    outcomes = [outcome for each in runs for outcome in each.outcomes]
    shown, changed = sum(each.words_shown for each in runs), sum(each.words_changed for each in runs)
    count = len(outcomes)
    cut = [outcome for outcome in outcomes if outcome.is_cut_off]
    waits = [1000 * outcome.wait_s for outcome in outcomes if outcome.wait_s is not None]
    rows = [
        _row(place.value, [each for each in outcomes if each.case.sentence.place is place]) for place in Place
    ]
    speakers = sorted({outcome.case.speaker for outcome in outcomes})
    rows += [_row(key, [each for each in outcomes if each.case.speaker == key]) for key in speakers]
    notes = [
        f"One pause of {1000 * SHORTEST_S:.0f} to {1000 * LONGEST_S:.0f} ms in each sentence. Real engine "
        "and session in a time of their own: recognition takes none of it.",
        "The sentences were written by somebody who had not seen the program, after the waits were chosen.",
        "Pitch did not tell pauses from ends on the tuning voices (Hibari, Flite), so it is not used.",
        *(f"Not measured, as it is not installed: {key}." for key in missing),
        *(f"Answered before its end ({each.case.speaker}): {each.case.sentence.text}" for each in cut),
    ]
    return Section(
        "patience",
        "Patience",
        (
            Figure("answered before their end", 100 * len(cut) / count, "%", count, Limit("≤", 5.0)),
            Figure("wait after the end, median", float(np.median(waits)), "ms", len(waits)),
            Figure("wait after the end, 95th percentile", float(np.percentile(waits, 95)), "ms", len(waits)),
            Figure(
                "words taken back once shown",
                100 * changed / max(shown, 1),
                "%",
                shown,
            ),
        ),
        (Table("By place and speaker", ("", "cases", "before their end", "median wait"), rows),),
        notes=tuple(notes),
    )


def _row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    waits = [1000 * each.wait_s for each in outcomes if each.wait_s is not None]
    wait = f"{np.median(waits):.0f} ms" if waits else "–"
    return name, str(len(outcomes)), str(sum(each.is_cut_off for each in outcomes)), wait
