"""A second, closer listening to an utterance that may ask for a persona.

The fastest recogniser writes names as words it knows. One that can be told the names hears them right but
takes longer, so it listens only where the first transcript may be a request for a persona or holds something
like a name, and in noise, where the first transcript tells little.
"""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Sequence

import numpy as np

from assistant.engine.echo_words import words_of
from assistant.likeness import alike
from assistant.voice.cascade.ports import RECOGNITION_RATE, NameRecogniser, Samples, Transcript

_LONGEST_S = 8.0
"""Seconds of audio beyond which an utterance is more than a request."""

_FRAME = RECOGNITION_RATE // 50
_NS_FRAME = RECOGNITION_RATE // 100
_NOISY_DB = 22.0
"""Between speech and what is heard in its pauses; noise 15 dB below the speech comes to this."""

_LIKE_A_NAME = 0.66
_LIKE_A_SHORT_NAME = 0.8
_SHORT_NAME = 4
"""Letters of a name that ordinary words resemble too easily."""

_FEW_WORDS = 3
_LIKE_A_NAME_ALONE = 0.5
"""Of so few words the name may be any, and hardly recognisable."""

_LONGEST_NAME = 3
"""Words in a row that are compared with a name."""

_OPENING = 6
"""Words within which a request shows itself."""

_CUES = frozenset(
    words_of(
        "change changing changed switch switching switched swap swapping swapped become becoming"
        " turn turning turned transform talk speak bring back put give get use make set activate"
        " connect load start launch select pick choose hear meet call summon persona character voice"
        " theme mode need want wanna prefer please be try replace pretend gimme invite transfer hand"
        " pass return come let"
    )
)
_ASKED = frozenset(words_of("who what where when why how which"))
_IS = frozenset(words_of("is are am was were do does did can will"))
_CLEAR_CUES = ("change", "switch", "become", "activate", "persona")
_LIKE_A_CUE = 0.75


def may_ask_for_persona(text: str, names: Sequence[str]) -> bool:
    """True when ``text``, misheard as it may be, has a word of request or something like one of ``names``."""
    words = words_of(text)
    opening = words[:_OPENING]
    if not _CUES.isdisjoint(opening):
        return True
    if any(alike(word, cue) >= _LIKE_A_CUE for word in opening for cue in _CLEAR_CUES):
        return True
    # "Who are you?" is a question of its own, however much "are" sounds like a name.
    is_asked = len(words) == _FEW_WORDS and words[0] in _ASKED and words[1] in _IS
    is_alone = len(words) <= _FEW_WORDS and not is_asked
    runs = dict.fromkeys(
        " ".join(words[at : at + count]) for at in range(len(words)) for count in range(1, _LONGEST_NAME + 1)
    )
    return any(_may_be(name, run, is_alone) for run in runs for name in names)


def _may_be(name: str, run: str, is_alone: bool) -> bool:
    plain = " ".join(words_of(name))
    if is_alone:
        return alike(run, plain) >= _LIKE_A_NAME_ALONE
    return alike(run, plain) >= (_LIKE_A_SHORT_NAME if len(plain) <= _SHORT_NAME else _LIKE_A_NAME)


def is_noisy(audio: Samples) -> bool:
    """True when the quiet parts of ``audio`` (16 kHz, speech with pauses around it) are hardly quieter."""
    frames = audio[: len(audio) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    if not len(frames):
        return False
    quiet, loud = np.percentile((frames**2).mean(axis=1), (10, 95))
    return bool(loud < quiet * 10 ** (_NOISY_DB / 10))


def without_noise(audio: Samples) -> Samples:
    """``audio`` (16 kHz) as WebRTC's noise suppressor leaves it; itself where that is not installed."""
    if importlib.util.find_spec("pywebrtc_audio") is None:
        return audio
    from pywebrtc_audio import NoiseSuppressor

    suppressor = NoiseSuppressor(sample_rate=RECOGNITION_RATE, num_channels=1, level=1)
    frames = audio[: len(audio) // _NS_FRAME * _NS_FRAME].reshape(-1, _NS_FRAME)
    cleaned = [np.ravel(suppressor.process(frame)) for frame in frames]
    return np.concatenate(cleaned).astype(np.float32) if cleaned else audio


def _holds(text: str, name: str) -> bool:
    return f" {' '.join(words_of(name))} " in f" {' '.join(words_of(text))} "


class NameListener:
    """Listens with ``recogniser``, which is told ``names``."""

    def __init__(self, recogniser: NameRecogniser, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._recogniser = recogniser
        recogniser.set_names(self._names)

    def wants(self, text: str, audio: Samples) -> bool:
        """Whether to listen once more to ``audio`` (16 kHz), which was understood as ``text``."""
        if not self._names or not text or len(audio) > _LONGEST_S * RECOGNITION_RATE:
            return False
        return may_ask_for_persona(text, self._names) or is_noisy(audio)

    def readings(self, audio: Samples) -> tuple[str, ...]:
        """What ``audio`` may say where names are expected, likeliest first.

        In noise in which none is heard it is listened to again with the noise suppressed: that hears other
        names, not more of them (84 requests of three tuning voices at 10 dB: 65 without, 68 with, 71 both).
        """
        found = self._recogniser.readings(audio)
        if not is_noisy(audio) or any(_holds(found[0], name) for name in self._names if found):
            return found
        quieter = self._recogniser.readings(without_noise(audio))
        pairs = itertools.zip_longest(found, quieter)
        return tuple(dict.fromkeys(each for pair in pairs for each in pair if each))

    def second_opinion(self, audio: Samples) -> Transcript:
        """What the recogniser understands where no name is expected."""
        return self._recogniser.transcribe(audio)
