"""Sentences in other languages, and English ones beside them; nothing was tuned on any of them."""

from __future__ import annotations

import numpy as np

from assistant.engine.protocol import InputFinished, TurnDoubted, UserTurn
from assistant.voice.cascade.loaded import Parts
from tests.fakes.conversation import FakeConversation
from tests.fakes.speech import RATE, Speaker, pink_noise, speak
from tests.fakes.transport import FakeTransport
from tests.voice.suite.talk import loud, track

FOREIGN: dict[Speaker, tuple[str, ...]] = {
    "de": (
        "Schalte bitte das Licht in der Küche aus.",
        "Wann fährt heute der letzte Zug nach Hamburg?",
        "Ich habe gestern meinen Schlüssel verloren.",
        "Was soll ich heute Abend kochen?",
    ),
    "fr-fr": (
        "Éteins la lumière de la cuisine, s'il te plaît.",
        "À quelle heure part le dernier train pour Lyon?",
        "J'ai perdu mes clés hier soir au restaurant.",
        "Qu'est-ce que je peux préparer pour le dîner?",
    ),
    "es": (
        "Apaga la luz de la cocina, por favor.",
        "¿A qué hora sale el último tren para Sevilla?",
        "Ayer perdí mis llaves en el mercado.",
        "¿Qué puedo cocinar esta noche para mis amigos?",
    ),
}
ENGLISH = (
    "Please turn off the light in the kitchen.",
    "When does the last train to Bristol leave tonight?",
    "I lost my keys at the market yesterday evening.",
    "What could I cook for my friends tonight?",
    "Set the volume a little lower than before.",
    "Do you remember what I told you about my brother?",
)

_GAP_S = 6.0


def doubted(parts: Parts, spoken: list[tuple[str, Speaker]]) -> list[bool]:
    """Which of the sentences, said one after the other, it says not to have understood.

    A sentence of which nothing was understood at all counts as not told.
    """
    starts = [1.0 + _GAP_S * number for number in range(len(spoken))]
    sounds = [loud(speak(text, speaker)) for text, speaker in spoken]
    said = track(starts[-1] + _GAP_S, list(zip(starts, sounds, strict=True)))
    said += pink_noise(len(said) / RATE, 0.0007)[: len(said)]
    with FakeConversation(FakeTransport(np.asarray(said)), lambda text: [], parts) as talk:
        talk.wait_for(InputFinished, timeout_s=300)
    told = {event.turn for event in talk.all(TurnDoubted)}
    ends = [turn.speech_end for turn in talk.all(UserTurn) if turn.turn in told]
    return [any(start <= end < start + _GAP_S for end in ends) for start in starts]
