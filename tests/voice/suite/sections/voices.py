"""Are the personas different people, and are they understood? Every shipped persona on the packaged voice."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np

from assistant.conversation.voice import voice_spec
from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.personas.load import load_library
from assistant.voice.cascade.effects import shape
from assistant.voice.cascade.parts import load_recogniser, load_voice
from assistant.voice.cascade.ports import Recogniser, Voice
from tests.fakes.speech import to_16k
from tests.voice.suite import acoustics
from tests.voice.suite.noises import Samples
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.voice_map import draw

PLOT = Path("plots/voices.svg")
PLAIN = "unprocessed"

SENTENCES = (
    "The ferry to the island leaves from the other side of the harbour.",
    "My grandmother keeps her recipes in an old wooden box.",
    "Please close the window before the rain comes in.",
    "They painted the kitchen yellow and nobody likes it.",
    "A good map is worth more than a fast car in these mountains.",
    "The children built a boat out of paper and string.",
    "Her brother plays the violin in a small orchestra.",
    "We should bring something warm to drink for the guards.",
    "Nobody knows why the lights went out last night.",
    "The teacher asked a question that had no simple answer.",
    "I left my umbrella on the train again this morning.",
    "Every garden in the village has an apple tree.",
    "The museum is closed on Mondays and on public holidays.",
    "Can you read me the first page of the new book?",
    "The old bridge was stronger than the engineers believed.",
    "It took them a whole week to repair the broken pump.",
    "Fresh bread smells better than any perfume I know.",
    "The doctor told him to walk for an hour every day.",
    "Snow covered the fields from here to the river.",
    "Somebody has moved the chairs away from the table.",
    "Our neighbours are planning a party for their daughter.",
    "The price of coffee has gone up since the summer.",
    "What would you do with a free afternoon in the city?",
    "He speaks three languages but reads only one of them.",
    "The cat sleeps on the warm roof of the garage.",
    "Turn left after the church and follow the narrow road.",
    "The film was long, but the ending made up for it.",
    "Most of the letters were written in green ink.",
    "She found a silver coin between the stones.",
    "The meeting has been moved to the room upstairs.",
    "You can see the whole valley from the top of the tower.",
    "The soup needs more salt and a little pepper.",
    "Birds return to this lake at the end of the winter.",
    "How many people can live on the moon at the same time?",
    "The carpenter measured the door twice before he cut it.",
    "There is a letter for you on the desk by the window.",
    "His answer was short, polite and completely wrong.",
    "The market opens early and closes before lunch.",
    "We watched the storm from behind a thick pane of glass.",
    "The last bus to the airport leaves in ten minutes.",
)
"""Never used while the voices were chosen."""

PITCH_ST, FORMANTS_PERCENT, RATE_PERCENT = 3.0, 10.0, 10.0
ROOM_S = 0.1
TEXTURE_DB = 3.0


@dataclass(frozen=True, slots=True)
class Sound:
    """What a voice measures: Hz, sentences' mean seconds, seconds of reverberation, dB."""

    pitch: float
    formants: float
    """Their frequencies as a factor of the unprocessed voice's."""
    duration: float
    reverberation: float
    harmonicity: float
    low: float
    high: float
    roughness: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two voices are apart, and in what they clearly differ."""

    semitones: float
    formants: float
    rate: float
    room: float
    texture: float

    @property
    def is_somebody_else(self) -> bool:
        """Pitch or formants alone tell them apart."""
        return self.semitones >= PITCH_ST or self.formants >= FORMANTS_PERCENT

    @property
    def count(self) -> int:
        """Of pitch, formants, rate, room and texture, how many are clearly different."""
        limits = (PITCH_ST, FORMANTS_PERCENT, RATE_PERCENT, ROOM_S, TEXTURE_DB)
        apart = (self.semitones, self.formants, self.rate, self.room, self.texture)
        return sum(value >= limit for value, limit in zip(apart, limits, strict=True))


def measure(short: bool) -> Section:
    """The section; ``short`` takes three sentences and one recogniser."""
    sentences = SENTENCES[:3] if short else SENTENCES
    library = load_library()
    specs = {PLAIN: VoiceSpec()} | {each.name: voice_spec(each, library) for each in library}
    voice = load_voice(without=("system",))[0]
    recordings = {name: [_said(voice, text, spec) for text in sentences] for name, spec in specs.items()}
    plain = [acoustics.vowels(each, acoustics.pitch(each)) for each in recordings[PLAIN]]
    sounds = {name: listen(recordings[name], plain, specs[name]) for name in specs}
    people = {name: sound for name, sound in sounds.items() if name != PLAIN}
    pairs = {
        (one, other): compare(people[one], people[other]) for one, other in itertools.combinations(people, 2)
    }
    figures, error_rows = _errors(recordings, sentences, short=short)
    speed_figures, speed_rows = _speed(voice, specs, sentences)
    if not short:
        plot = {name: (sound.pitch, sound.formants) for name, sound in people.items()}
        target = Path(__file__).parents[4] / "reports" / PLOT
        target.parent.mkdir(exist_ok=True)
        target.write_text(draw(plot), encoding="utf-8")
    return Section(
        "voices",
        "Voices: one packaged voice, seven people",
        (*_apart(pairs), *figures, *speed_figures),
        (
            Table(
                "The voices", _HEADER, [_row(name, sound, sounds[PLAIN]) for name, sound in sounds.items()]
            ),
            Table("Every pair", _PAIR_HEADER, [_pair_row(names, pair) for names, pair in pairs.items()]),
            Table("Word error rate in %", ("persona", *_RECOGNISERS[: 1 if short else 2]), error_rows),
            Table("Milliseconds and processor time", _SPEED_HEADER, speed_rows),
        ),
        plots=() if short else (str(PLOT),),
        notes=(
            "Pitch by YIN; formants by the roots of linear prediction in loud vowels, F1 to F3 against the "
            "same moment of the unprocessed voice (median over moments, then of the three). Both are taken "
            "from the finished sound.",
            f"A pair differs clearly by {PITCH_ST:g} semitones, {FORMANTS_PERCENT:g} % in formants or rate, "
            f"{ROOM_S:g} s of reverberation, or {TEXTURE_DB:g} dB of texture: harmonicity, beating at 30 to "
            "80 Hz, or power below 300 Hz or above 3 kHz.",
            "The recognisers stand in for ears; nobody was asked to listen.",
        ),
    )


def _said(voice: Voice, text: str, spec: VoiceSpec) -> Samples:
    return np.concatenate(list(voice.synthesise(text, spec)))


def listen(recordings: Sequence[Samples], plain: Sequence[acoustics.Vowels], spec: VoiceSpec) -> Sound:
    """What these recordings of a voice measure; ``plain`` are the same sentences unprocessed."""
    tracks = [acoustics.pitch(each) for each in recordings]
    vowels = [acoustics.vowels(*pair) for pair in zip(recordings, tracks, strict=True)]
    scales = np.concatenate([acoustics.formant_scale(*pair) for pair in zip(vowels, plain, strict=True)])
    low, high = np.mean([acoustics.balance(each) for each in recordings], axis=0)
    click = np.zeros(SAMPLE_RATE // 10, np.float32)
    click[0] = 0.5
    return Sound(
        pitch=float(np.nanmedian(np.concatenate(tracks))),
        formants=float(np.median(np.median(scales, axis=0))),
        duration=statistics.mean(acoustics.duration(each) for each in recordings),
        reverberation=acoustics.reverberation(np.concatenate(list(shape([click], spec)))),
        harmonicity=statistics.mean(
            acoustics.harmonicity(*pair) for pair in zip(recordings, tracks, strict=True)
        ),
        low=float(low),
        high=float(high),
        roughness=statistics.mean(acoustics.roughness(each) for each in recordings),
    )


def compare(one: Sound, other: Sound) -> Difference:
    """The difference of two voices: semitones, per cent of formants and of rate, seconds, dB."""
    textures = [
        abs(one.harmonicity - other.harmonicity),
        abs(one.roughness - other.roughness),
        abs(one.low - other.low),
        abs(one.high - other.high),
    ]
    return Difference(
        semitones=abs(12 * float(np.log2(one.pitch / other.pitch))),
        formants=_percent(one.formants / other.formants),
        rate=_percent(one.duration / other.duration),
        room=abs(one.reverberation - other.reverberation),
        texture=max(textures),
    )


def _percent(ratio: float) -> float:
    return 100 * (max(ratio, 1 / ratio) - 1)


def _apart(pairs: dict[tuple[str, str], Difference]) -> tuple[Figure, ...]:
    told = [pair.is_somebody_else for pair in pairs.values()]
    fewest = min(pair.count for pair in pairs.values())
    return (
        Figure(
            "pairs ≥ 3 semitones or ≥ 10 % formants apart",
            sum(told),
            "pairs",
            len(pairs),
            Limit("≥", len(pairs)),
        ),
        Figure("differences of the most alike pair", fewest, "", len(pairs), Limit("≥", 2)),
    )


# --- words ----------------------------------------------------------------------------------------

_RECOGNISERS = ("moonshine", "whisper")
_RISE = 3.0


def _errors(
    recordings: dict[str, list[Samples]], sentences: Sequence[str], *, short: bool
) -> tuple[list[Figure], list[list[str]]]:
    rates: dict[str, dict[str, float]] = {}
    for key in _RECOGNISERS[: 1 if short else 2]:
        others = tuple({"moonshine", "whisper", "sphinx"} - {key})
        recogniser = load_recogniser(without=others)[0]
        rates[key] = {name: _error_rate(recogniser, each, sentences) for name, each in recordings.items()}
    figures = []
    for key, by_name in rates.items():
        rise = max(rate - by_name[PLAIN] for name, rate in by_name.items())
        limit = None if short else Limit("≤", _RISE)
        figures.append(
            Figure(f"largest rise of the word error rate ({key})", rise, "points", len(sentences), limit)
        )
    rows = [[name, *(f"{by_name[name]:.1f}" for by_name in rates.values())] for name in recordings]
    return figures, rows


def _error_rate(recogniser: Recogniser, recordings: Sequence[Samples], sentences: Sequence[str]) -> float:
    heard = [_words(recogniser.transcribe(to_16k(each)).text) for each in recordings]
    return 100 * float(jiwer.wer([_words(text) for text in sentences], heard))


def _words(text: str) -> str:
    plain = "".join(
        letter for letter in text.casefold().replace("-", "") if letter.isalnum() or letter == " "
    )
    return " ".join(plain.split())


# --- speed ----------------------------------------------------------------------------------------

_FIRST_MS, _RTF = 20.0, 0.05


def _speed(
    voice: Voice, specs: dict[str, VoiceSpec], sentences: Sequence[str]
) -> tuple[list[Figure], list[list[str]]]:
    added, shares, rows = [], [], []
    for name, spec in specs.items():
        plain, own, share = [], [], []
        for text in sentences:
            plain.append(_cost(voice, text, VoiceSpec(speed=spec.speed))[0])
            first, whole, length = _cost(voice, text, spec)
            own.append(first)
            share.append(whole / length)
        delay = _delay_ms(spec)
        more = statistics.median(own) - statistics.median(plain) + delay
        added.append(more)
        shares.append(statistics.median(share))
        rows.append(
            [name, f"{statistics.median(own):.1f}", f"{delay:.1f}", f"{more:.1f}", f"{shares[-1]:.3f}"]
        )
    count = len(sentences) * len(specs)
    return [
        Figure("most added before the first audio", max(added), "ms", count, Limit("≤", _FIRST_MS)),
        Figure("highest processor time for a second of audio", max(shares), "s", count, Limit("≤", _RTF)),
    ], rows


def _cost(voice: Voice, text: str, spec: VoiceSpec) -> tuple[float, float, float]:
    """Processor ms until the first block, processor s until the last, s of audio."""
    began = time.process_time()
    speech = voice.synthesise(text, spec)
    length = len(next(speech))
    first = time.process_time() - began
    length += sum(map(len, speech))
    return 1000 * first, time.process_time() - began, length / SAMPLE_RATE


def _delay_ms(spec: VoiceSpec) -> float:
    """How late the loudest sample of a click comes out of the effects."""
    click = np.zeros(SAMPLE_RATE // 10, np.float32)
    click[0] = 0.5
    response = np.concatenate(list(shape([click], spec)))
    return 1000 * int(np.argmax(np.abs(response))) / SAMPLE_RATE


# --- tables ---------------------------------------------------------------------------------------

_HEADER = (
    "voice", "pitch", "formants", "rate", "room", "harmonicity", "beating", "< 300 Hz", "> 3 kHz",
)  # fmt: skip
_PAIR_HEADER = ("pair", "pitch", "formants", "rate", "room", "texture", "clear differences")
_SPEED_HEADER = (
    "voice",
    "processor to first block",
    "delay of effects",
    "added",
    "processor a second of audio",
)


def _row(name: str, sound: Sound, plain: Sound) -> list[str]:
    return [
        name,
        f"{sound.pitch:.0f} Hz",
        f"{sound.formants:.2f}",
        f"{plain.duration / sound.duration:.2f}",
        f"{sound.reverberation:.2f} s",
        *(f"{value:.1f} dB" for value in (sound.harmonicity, sound.roughness, sound.low, sound.high)),
    ]


def _pair_row(names: tuple[str, str], pair: Difference) -> list[str]:
    return [
        " – ".join(names),
        f"{pair.semitones:.1f} st",
        f"{pair.formants:.0f} %",
        f"{pair.rate:.0f} %",
        f"{pair.room:.2f} s",
        f"{pair.texture:.1f} dB",
        str(pair.count),
    ]
