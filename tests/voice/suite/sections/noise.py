"""Ten minutes in which nobody speaks to it: what of them it takes for a turn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from assistant.conversation.updates import ToolShown
from assistant.engine.protocol import UserSpeechStarted, UserTurn
from tests.fakes.speech import RATE, pink_noise
from tests.voice.suite.noises import NOISES
from tests.voice.suite.report import Figure, Limit, Section, Table
from tests.voice.suite.session import Heard, Samples, converse

USER_RMS = 0.08
"""A user half a metre away, about -22 dBFS; levels below are relative to this one."""

LEVELS_DB = {"pink": -10.0, "keyboard": -6.0, "music": -12.0, "babble": -18.0, "coughs": 0.0}
"""Of noise as a whole; of keys and coughs while they sound. Babble is people elsewhere in the room."""

EACH_S = 120.0
SHORT_S = 5.0
BETWEEN_S = 3.0
ROOM = 0.001
SEED = 21


def measure(short: bool) -> Section:
    """Two minutes of each; the short form is some seconds of the same."""
    pieces, borders = _pieces(SHORT_S if short else EACH_S)
    audio = np.concatenate(pieces)
    heard = converse(audio + pink_noise(len(audio) / RATE + 0.01, ROOM)[: len(audio)], without=("whisper",))
    return _section(heard, borders)


def _pieces(seconds: float) -> tuple[list[Samples], list[float]]:
    pieces: list[Samples] = []
    borders = [0.0]
    for name, level in LEVELS_DB.items():
        noise = NOISES[name](seconds, SEED)
        sounding = (
            noise[np.abs(noise) > 0.05 * np.abs(noise).max()] if name in ("keyboard", "coughs") else noise
        )
        scale = USER_RMS * 10 ** (level / 20) / float(np.sqrt(np.mean(sounding**2)))
        pieces += [np.asarray(noise * scale, np.float32), np.zeros(int(BETWEEN_S * RATE), np.float32)]
        borders.append(borders[-1] + seconds + BETWEEN_S)
    return pieces, borders


def _section(heard: Heard, borders: list[float]) -> Section:
    onsets = [event.at - heard.began for event in heard.all(UserSpeechStarted)]
    answered = [event.text for event in heard.all(UserTurn) if event.text]
    tools = [update for update in heard.updates if isinstance(update, ToolShown)]
    rows = [
        (name, f"{LEVELS_DB[name]:+.0f} dB", str(sum(begin <= at < end for at in onsets)))
        for name, (begin, end) in zip(LEVELS_DB, pairwise(borders), strict=True)
    ]
    return Section(
        "noise",
        f"Noise: {borders[-1] / 60:.0f} minutes in which nobody speaks to it",
        (
            Figure("turns opened", len(onsets), "", len(LEVELS_DB), Limit("≤", 1)),
            Figure("turns answered", len(answered), "", len(onsets)),
            Figure("tools run", len(tools), "", len(onsets), Limit("≤", 0)),
        ),
        (Table("By noise, with its level re the user's", ("noise", "level", "turns opened"), rows),),
        notes=tuple(f"Understood: {text}" for text in answered),
    )
