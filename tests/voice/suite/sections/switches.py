"""Is a persona that is asked for by voice there at the first saying, and none that is not asked for?"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer

from assistant.personas.load import Library, load_library
from tests.voice.suite.ears import CLEAN, Ears, persona_asked_for
from tests.voice.suite.phrasings import (
    ADDED,
    HELD_OUT_ORDINARY,
    ORDINARY,
    WER,
    Request,
    added_requests,
    requests,
)
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.speakers import SPEAKERS, Speaker
from tests.voice.suite.switch_chart import draw
from tests.voice.suite.switch_time import measure_time

PLOT = Path("plots/switches.svg")
NOISE_KINDS = ("babble", "music", "pink")
CLEAR_VOICE = 0.05
"""Word error rate on ordinary sentences up to which a voice counts as clear."""

SHORT_SPEAKERS = ("hibari", "espeak")
SHORT_REQUESTS, SHORT_ORDINARY = 12, 20


@dataclass(frozen=True, slots=True)
class Trial:
    """One request by one speaker, and whether the right persona came of it."""

    speaker: Speaker
    request: Request
    condition: str
    heard: str
    found: str | None

    @property
    def is_right(self) -> bool:
        """The persona that was asked for, nobody else."""
        return self.found == self.request.slug


@dataclass(frozen=True, slots=True)
class Voice:
    """How one speaker fared."""

    speaker: Speaker
    error_rate: float
    trials: tuple[Trial, ...]

    @property
    def is_clear(self) -> bool:
        """Whether ordinary sentences of this voice are understood."""
        return self.error_rate <= CLEAR_VOICE

    def rate(self, conditions: Iterable[str], held_out: bool | None = None) -> tuple[float, int]:
        """Share of right personas in per cent under ``conditions``, and of how many."""
        wanted = set(conditions)
        right = [
            trial.is_right
            for trial in self.trials
            if trial.condition in wanted and held_out in (None, trial.request.held_out)
        ]
        return 100 * sum(right) / max(len(right), 1), len(right)


def measure(short: bool) -> Section:
    """The section; ``short`` takes two voices that need no further package, clean speech and no time."""
    library = load_library()
    ears = Ears(library)
    wanted = [each for each in SPEAKERS if not short or each.key in SHORT_SPEAKERS]
    present = [each for each in wanted if not each.lacks]
    voices = [_listen(ears, library, each, short) for each in present]
    elsewhere = () if short else (_elsewhere(library, [each.speaker for each in voices if each.is_clear]),)
    false, said = _false_switches(ears, library, present, short)
    timed = () if short else measure_time()
    if not short:
        target = Path(__file__).parents[4] / "reports" / PLOT
        target.parent.mkdir(parents=True, exist_ok=True)
        bars = {each.speaker.key: (each.rate([CLEAN])[0], each.rate(NOISE_KINDS)[0]) for each in voices}
        target.write_text(draw(bars), encoding="utf-8")
    missing = [
        f"{each.key} was not measured: {', '.join(each.lacks)} is missing." for each in wanted if each.lacks
    ]
    return Section(
        "switches",
        "Persona switches by voice",
        (*_figures(voices, short), _false_figure(false, said), *timed),
        (_by_voice(voices), _by_phrasing(voices), *elsewhere, _failures(voices), _false_table(false)),
        plots=() if short else (str(PLOT),),
        notes=(
            "A switch counts when the first saying is enough, for the recognition and session at work.",
            "Held-out voices and phrasings were not looked at while the program was tuned, "
            "but for “act like …”, after its first measure.",
            "These are the recogniser's figures on utterances cut out of the noise, 0.3 s before and "
            "after; in noise that runs on, the end of a turn has to be found too.",
            f"A voice is clear when its word error rate on {len(WER)} ordinary sentences is at most 5 %.",
            "Each request of a voice was also said in one of the three noises, 10 dB below its speech.",
            *missing,
        ),
    )


def _listen(ears: Ears, library: Library, speaker: Speaker, short: bool) -> Voice:
    asked = requests(SPEAKERS.index(speaker))
    if short:
        asked = asked[: SHORT_REQUESTS // 2] + asked[-SHORT_REQUESTS // 2 :]
    cases = [(request, CLEAN) for request in asked]
    if not short:
        cases += zip(asked, itertools.cycle(NOISE_KINDS))
    trials = []
    for request, condition in cases:
        heard = ears.hear(speaker, request.text, condition)
        found = persona_asked_for(heard, library)
        trials.append(
            Trial(speaker, request, condition, " / ".join((heard.text, *heard.readings[:1])), found)
        )
    sentences = WER[:5] if short else WER
    errors = jiwer.wer(
        [_plain(text) for text in sentences], [_plain(ears.hear(speaker, text).text) for text in sentences]
    )
    return Voice(speaker, errors, tuple(trials))


def _elsewhere(library: Library, speakers: Sequence[Speaker]) -> Table:
    """What clear voices achieve with fewer recognisers, and with personas that a user has added."""
    added = [
        library.default.model_copy(update={"slug": name.lower(), "name": name, "aliases": (), "heard_as": ()})
        for name in ADDED
    ]
    larger = Library((*library.personas, *added))
    alone = [(each, request) for each in speakers for request in requests(SPEAKERS.index(each))]
    theirs = [(each, request) for each in speakers for request in added_requests()]
    rows = []
    for title, known, without, cases in (
        ("Whisper alone", library, ("moonshine",), alone),
        ("Moonshine alone", library, ("whisper",), alone),
        (f"three personas added: {', '.join(ADDED)}", larger, (), theirs),
    ):
        ears = Ears(known, without)
        right = [
            persona_asked_for(ears.hear(speaker, request.text), known) == request.slug
            for speaker, request in cases
        ]
        rows.append((title, _percent(100 * sum(right) / max(len(right), 1), len(right))))
    return Table("Clear voices, clean, other circumstances", ("with", "right at the first saying"), rows)


def _false_switches(
    ears: Ears, library: Library, speakers: Sequence[Speaker], short: bool
) -> tuple[list[tuple[Speaker, str, str, str]], int]:
    """Ordinary sentences that changed the persona (speaker, said, heard, persona), and of how many."""
    sentences = HELD_OUT_ORDINARY[:SHORT_ORDINARY] if short else ORDINARY
    false = []
    for speaker, text in zip(itertools.cycle(speakers), sentences):
        heard = ears.hear(speaker, text)
        if found := persona_asked_for(heard, library):
            false.append((speaker, text, " / ".join((heard.text, *heard.readings[:1])), found))
    return false, len(sentences)


# --- figures and tables ------------------------------------------------------------------------------


def _figures(voices: Sequence[Voice], short: bool) -> list[Figure]:
    made = []
    for voice in voices:
        conditions = (
            ((CLEAN, [CLEAN], 95.0),) if short else ((CLEAN, [CLEAN], 95.0), ("10 dB", NOISE_KINDS, 90.0))
        )
        for name, kinds, least in conditions:
            rate, count = voice.rate(kinds)
            limit = Limit("≥", least if voice.is_clear else 75.0)
            made.append(Figure(f"{voice.speaker.key}, {name}", rate, "%", count, limit))
    return made


def _false_figure(false: Sequence[object], said: int) -> Figure:
    return Figure("false switches in ordinary sentences", 100 * len(false) / said, "%", said, Limit("≤", 1.0))


def _by_voice(voices: Sequence[Voice]) -> Table:
    header = ("voice", "engine", "held out", "word errors", CLEAN, *NOISE_KINDS)
    rows = []
    for voice in voices:
        rates = [_percent(*voice.rate([kind])) for kind in (CLEAN, *NOISE_KINDS)]
        who = voice.speaker
        rows.append(
            (who.key, who.engine, "yes" if who.held_out else "", f"{100 * voice.error_rate:.1f} %", *rates)
        )
    return Table("By voice: right at the first saying", header, rows)


def _by_phrasing(voices: Sequence[Voice]) -> Table:
    groups: dict[tuple[bool, bool], list[Voice]] = defaultdict(list)
    for voice in voices:
        for held_out in (False, True):
            groups[voice.speaker.held_out, held_out].append(voice)
    rows = []
    for (voice_out, phrase_out), members in sorted(groups.items()):
        cells = []
        for kinds in ([CLEAN], NOISE_KINDS):
            rates = [member.rate(kinds, phrase_out) for member in members]
            count = sum(size for _, size in rates)
            cells.append(_percent(sum(rate * size for rate, size in rates) / max(count, 1), count))
        rows.append((_kind(voice_out), _kind(phrase_out), *cells))
    return Table("What was tuned on and what was not", ("voices", "phrasings", CLEAN, "10 dB"), rows)


def _failures(voices: Sequence[Voice]) -> Table:
    wrong = [trial for voice in voices if voice.is_clear for trial in voice.trials if not trial.is_right]
    rows = [
        (each.speaker.key, each.condition, each.request.text, each.heard, each.found or "nobody")
        for each in wrong
    ]
    return Table(
        "What clear voices asked for in vain", ("voice", "condition", "said", "heard", "became"), rows
    )


def _false_table(false: Sequence[tuple[Speaker, str, str, str]]) -> Table:
    rows = [(speaker.key, text, heard, found) for speaker, text, heard, found in false]
    return Table("Ordinary sentences that changed the persona", ("voice", "said", "heard", "became"), rows)


def _kind(held_out: bool) -> str:
    return "held out" if held_out else "tuned on"


def _percent(rate: float, count: int) -> str:
    return f"{rate:.1f} % of {count}" if count else "–"


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ")
