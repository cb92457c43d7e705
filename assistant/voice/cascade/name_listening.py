"""A second, closer listening to an utterance that may ask for a persona.

The fastest recogniser writes names as words it knows. One that can be told the names hears them right but
takes longer, so it listens only where the first transcript may be a request for a persona or holds something
like a name. It is loaded beside the conversation: until it is there, the first transcript has to do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from assistant.engine.echo_words import words_of
from assistant.likeness import alike
from assistant.voice.cascade.ports import RECOGNITION_RATE, NameRecogniser, Samples

_log = logging.getLogger(__name__)

_LONGEST_S = 8.0
"""Seconds of audio beyond which an utterance is more than a request."""

_LIKE_A_NAME = 0.66
_LONGEST_NAME = 3
"""Words in a row that are compared with a name."""

_LIKE_A_CUE = 0.75
_OPENING = 7
"""Words within which a request shows itself."""

_CUES = frozenset(
    words_of(
        "change switch swap become turn transform talk speak bring back put give get use make set activate "
        "connect load start launch select pick choose show hear meet call summon persona character voice "
        "theme mode want need like rather prefer please"
    )
)


def may_ask_for_persona(text: str, names: Sequence[str]) -> bool:
    """True when ``text``, misheard as it may be, has a word of request or something like one of ``names``."""
    words = words_of(text)
    if any(alike(word, cue) >= _LIKE_A_CUE for word in words[:_OPENING] for cue in _CUES):
        return True
    runs = (
        " ".join(words[at : at + count]) for at in range(len(words)) for count in range(1, _LONGEST_NAME + 1)
    )
    known = [" ".join(words_of(name)) for name in names]
    return any(alike(run, name) >= _LIKE_A_NAME for run in dict.fromkeys(runs) for name in known)


class NameListener:
    """``load`` makes the recogniser, in a thread of its own; it may raise, then there is none."""

    def __init__(self, load: Callable[[], NameRecogniser | None], names: Sequence[str]) -> None:
        self._load = load
        self._names = tuple(names)
        self._recogniser: NameRecogniser | None = None

    def start(self, waits: bool = False) -> None:
        """Load the recogniser, beside the caller unless it ``waits``."""
        loading = threading.Thread(target=self._run, name="name recogniser", daemon=True)
        loading.start()
        if waits:
            loading.join()

    @property
    def is_ready(self) -> bool:
        """True once it can listen."""
        return self._recogniser is not None

    def wants(self, text: str, audio: Samples) -> bool:
        """Whether to listen once more to ``audio`` (16 kHz), which was understood as ``text``."""
        if not self.is_ready or not self._names or len(audio) > _LONGEST_S * RECOGNITION_RATE:
            return False
        return may_ask_for_persona(text, self._names)

    def readings(self, audio: Samples) -> tuple[str, ...]:
        """What ``audio`` may say where names are expected, likeliest first."""
        return self._recogniser.readings(audio) if self._recogniser else ()

    def _run(self) -> None:
        # Whatever is wrong with the part, the first transcript goes without it.
        try:
            recogniser = self._load()
        except Exception:
            _log.exception("the recogniser for names does not load")
            return
        if recogniser is not None:
            recogniser.set_names(self._names)
            self._recogniser = recogniser
            _log.info("names are listened for by %s", recogniser.name)
