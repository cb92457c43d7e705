"""Who says what the session wants said: the embedded voice, or a full-duplex talker, word for word."""

from __future__ import annotations

from assistant.engine.protocol import CancelSpeech, EndReply, Event, Say
from assistant.voice.cascade.playout import Playout
from assistant.voice.cascade.speakable import speakable
from assistant.voice.duplex.announcement import Sentence
from assistant.voice.duplex.duplex import Duplex


class Announcing:
    """Owned by the audio thread. ``is_forced`` lets the talker say it where there is one.

    What one of the two has begun it says to its end.
    """

    def __init__(self, playout: Playout, duplex: Duplex, *, is_forced: bool) -> None:
        self._playout = playout
        self._duplex = duplex
        self._is_forced = is_forced

    @property
    def is_talkers(self) -> bool:
        """True while a talker is there that says it."""
        return self._is_forced and self._duplex.is_ready

    @property
    def parts(self) -> dict[str, str]:
        """The speech parts that are the talker's, by role."""
        name = self._duplex.name
        mine = {"model": name, "voice": f"{name}, word for word", "recogniser": "kyutai-stt"}
        is_its = {"model": True, "voice": self.is_talkers, "recogniser": self._duplex.has_listener}
        return {role: part for role, part in mine.items() if is_its[role]}

    def take(self, command: Say | EndReply | CancelSpeech) -> list[Event]:
        """Begin an answer, go on with it, end it or break it off."""
        match command:
            case Say(generation, text, voice) if self.is_talkers and self._playout.is_free_for(generation):
                events = self._playout.cancel(generation)
                self._duplex.say(generation, Sentence(text, speakable(text, voice.say_as)))
                return events
            case Say():
                return self._playout.say(command)
            case EndReply(generation):
                return [] if self._duplex.end_reply(generation) else self._playout.end_reply(generation)
            case CancelSpeech(generation):
                self._duplex.silence(generation)
                return self._playout.cancel(generation)

    def pause(self) -> bool:
        """Fall silent, but keep the answer; False for a talker, who cannot go back."""
        if self._duplex.is_announcing:
            return False
        self._playout.pause()
        return True

    def interrupt(self) -> list[Event]:
        """Break the answer off (barge-in)."""
        self._duplex.interrupt()
        return self._playout.interrupt()
