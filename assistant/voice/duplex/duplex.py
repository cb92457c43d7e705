"""A full-duplex talker seen from the audio thread: it listens and speaks by itself, unless it is held.

Held, while something is announced in the embedded voice or the assistant sleeps, it neither hears nor speaks,
and time stands still for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from assistant.audio.transport import AudioTransport, Samples
from assistant.engine.monologue_protocol import (
    BeginAnew,
    HoldMonologue,
    MonologueEnded,
    MonologueText,
    RoleFading,
)
from assistant.engine.protocol import (
    UNANSWERED,
    EngineNotice,
    Event,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
)
from assistant.severity import Severity
from assistant.voice.duplex.announcement import Announcement, Progress, Sentence
from assistant.voice.duplex.gate import Gate
from assistant.voice.duplex.pace import Pace
from assistant.voice.duplex.pipeline import (
    Conversation,
    Failed,
    FindTalker,
    Loaded,
    Message,
    Overheard,
    Pipeline,
    Spoken,
)
from assistant.voice.duplex.speech import MonologueSpeech, Told, events_of
from assistant.voice.duplex.user_words import UserWords
from assistant.voice.moshi.codec import FRAME

ANSWER_S = 3.0
"""Silence after a recording's end that tells that it has been answered."""
ANSWER_LIMIT_S = 40.0
_SILENCE_S = 3.0
"""Nobody speaks: a talker that remembers may begin anew."""
_LONG_SILENCE_S = 10.0
"""Neither does anybody soon: one that forgets everything may."""
_AUDIBLE = 10 ** (-50 / 20)
_QUIET = Announcement(UNANSWERED, is_complete=True)
"""After an announcement that was broken off: nothing, for as long as the talker needs to stop."""


class Duplex:
    """Without ``find`` there is nobody, who never says anything.

    ``spoke`` is called when the talker is audible, with the words that were heard, for telling echo.
    """

    def __init__(
        self,
        find: FindTalker | None,
        deliver: Callable[[Message], None],
        emit: Callable[[Event], None],
        spoke: Callable[[float, str], None],
    ) -> None:
        self._emit = emit
        self._spoke = spoke
        self._pipeline = Pipeline(find or _nobody, deliver)
        self._speech = MonologueSpeech()
        self._gate = Gate()
        self._frame = np.zeros(FRAME, np.float32)
        self._filled = 0
        self._fed = self._done = 0
        self._utterance = self._begun_with = 0
        self._is_open = False
        self._announced = UNANSWERED
        """The generation of what is being announced."""
        self._last: Progress | None = None
        self._heard = ""
        self._is_held = self._is_asleep = False
        self._now = self._spoken_at = time.monotonic()
        self._age = 0
        self._is_loading = find is not None
        self._loaded = Loaded("")
        self._missed: set[str] = set()
        self._user = UserWords()
        self._waiting: Samples | None = None
        """A frame that may be heard or not, as the next one tells."""
        self._input_over_at: float | None = None
        self._pace = Pace(self._pipeline, self._speech, emit)
        self.name = ""
        """The talker's, once it is loaded and until it fails."""
        self.has_listener = False
        """Somebody hears the user on its codes, unless it is held."""
        self.words_at = float("-inf")
        """When words of the talker's were last heard."""

    def start(self) -> None:
        """Begin to load, if there is anything to be looked for."""
        if self._is_loading:
            self._pipeline.start()

    def attach(self, transport: AudioTransport | None) -> None:
        """Speak into ``transport``, just opened."""
        self.interrupt()
        self._break_off()
        self._speech.attach(transport)

    @property
    def is_ready(self) -> bool:
        """True once it hears and speaks."""
        return bool(self.name)

    @property
    def is_announcing(self) -> bool:
        """True while it says what it is told to."""
        return self._announced != UNANSWERED

    @property
    def is_busy(self) -> bool:
        """True while it loads, or frames are under way."""
        return self._is_loading or (self.is_ready and self._fed - self._pipeline.dropped > self._done)

    def has_answered(self, now: float) -> bool:
        """For an input that is over: True once nothing more is to be expected in answer to it."""
        if self.is_announcing:
            return False
        if not self.name:
            return not self._is_loading
        if self._input_over_at is None:
            self._input_over_at = now
        since = now - max(self._input_over_at, self.words_at)
        return since >= ANSWER_S or now - self._input_over_at >= ANSWER_LIMIT_S

    def overhears(self, event: Event) -> bool:
        """True for what the cascade hears of the user where its own listener hears that."""
        return self._user.overhears(event, is_listening=self._is_listening)

    # --- in and out --------------------------------------------------------------------------------

    def hear(self, block: Samples) -> None:
        """The next 10 ms of the microphone, without echo."""
        if not self.name or self._is_held:
            return
        self._frame[self._filled : self._filled + len(block)] = block
        self._filled += len(block)
        if self._filled == FRAME:
            self._filled = 0
            self._fed += 1
            self._pipeline.hear(np.clip(np.nan_to_num(self._frame), -1.0, 1.0))

    def take(self, message: Message | HoldMonologue | BeginAnew) -> tuple[str, ...]:
        """What the pipeline delivers, and what the session tells it; returns the news of who answers."""
        match message:
            case HoldMonologue(is_held):
                self._is_asleep = is_held
            case BeginAnew(prompt, voice, model, text_temperature, audio_temperature):
                self._age, self._begun_with = 0, self._utterance
                self._pipeline.conversation = Conversation(
                    prompt, voice, model, text_temperature, audio_temperature
                )
                return self._choose(model)
            case Loaded(name):
                self.name, self._is_loading, self._loaded = name, False, message
                self.has_listener = message.has_listener and self._pipeline.listens
                return (f"{name} listens and answers by itself now.",)
            case Failed(error):
                self.name, self._is_loading = "", False
                self.interrupt()
                self._break_off()
                self._hear_no_more()
                if error is not None:
                    self._emit(EngineNotice(Severity.ERROR, error.message, error.remedy))
                    return ("The cascade listens and answers instead.",)
            case Overheard(hearing, words):
                if hearing == self._pipeline.hearing and self._is_listening:
                    self._emit_all(self._user.take(words, self._now, is_audible=self._is_open))
            case Spoken(epoch, text, samples, progress):
                self._done += 1
                self._age += 1
                if epoch == self._pipeline.epoch and not self._is_held:
                    if progress is None:
                        self._say(text, samples)
                    else:
                        self._say_announced(progress, samples)
        return ()

    def _choose(self, model: str) -> tuple[str, ...]:
        """Have another model loaded, where that is one of those that can be had."""
        loaded = self._loaded
        if not self.name or not loaded.models or model in ("", loaded.model):
            return ()
        wanted = model.capitalize()
        if model not in loaded.models:
            if model in self._missed:
                return ()
            self._missed.add(model)
            return (f"This persona speaks as {wanted} where that is on this machine; {self.name} goes on.",)
        self.interrupt()
        self._break_off()
        self._hear_no_more()
        self._pipeline.epoch += 1
        self.name, self._is_loading = "", True
        # The newest in every queue, so that it is not lost: it brings the wish.
        self._fed += 1
        self._pipeline.hear(np.zeros(FRAME, np.float32))
        return (f"{wanted} is being loaded for this persona; meanwhile the cascade listens and answers.",)

    # --- word for word -----------------------------------------------------------------------------

    def say(self, generation: int, sentence: Sentence) -> None:
        """Announce this, after what was said before it in this answer; another one is broken off."""
        if generation != self._announced:
            self.interrupt()
            self._break_off()
            self._pipeline.epoch += 1
            self._announced, self._last, self._heard = generation, None, ""
            self._pipeline.announcement = Announcement(generation)
        if announcement := self._pipeline.announcement:
            self._pipeline.announcement = announcement.with_sentence(sentence)

    def end_reply(self, generation: int) -> bool:
        """Nothing more of this answer follows; False where it is not the one that is announced."""
        is_it = self.is_announcing and generation == self._announced
        if is_it and self._pipeline.announcement:
            self._pipeline.announcement = self._pipeline.announcement.completed()
        return is_it

    def interrupt(self) -> None:
        """Break off what is announced."""
        if not self.is_announcing:
            return
        announced, self._announced = self._announced, UNANSWERED
        self._pipeline.announcement = _QUIET
        self._pipeline.epoch += 1
        self._speech.stop()
        self._emit(SpeechFinished(announced, self._heard, interrupted=True))

    def advance(self, now: float, *, is_held: bool, is_heard: bool = False) -> tuple[str, ...]:
        """Report what has been heard; once for every block. ``is_heard`` while the user speaks.

        Returns the news of who listens.
        """
        self._now = now
        is_held = is_held or (self._is_asleep and not self.is_announcing)
        if is_held != self._is_held:
            self._is_held = is_held
            if is_held:
                self._break_off()
                self._hear_no_more()
                self._pipeline.epoch += 1
                self._filled = 0
        for event in self._speech.heard():
            self._tell(event, now)
        if is_heard or self._gate.is_talking or self.is_announcing:
            self._spoken_at = now
        self._refresh(now)
        return self._keep_up()

    def silence(self, generation: int) -> None:
        """Nothing more of this utterance is wanted, nor of an announcement older than ``generation``."""
        if self._announced < generation:
            self.interrupt()
        if self._gate.is_talking:
            self._gate.shut()
            self._end_utterance()

    def stop(self) -> bool:
        """End it; False where a thread is still at work."""
        return self._pipeline.stop()

    # --- inside ------------------------------------------------------------------------------------

    def _say(self, text: str, samples: Samples | None) -> None:
        found, is_muted = self._gate.feed(text)
        waiting, self._waiting = self._waiting, None
        self._sound(waiting, is_muted=is_muted)
        if self._gate.is_undecided:
            self._waiting = samples
        else:
            self._sound(samples, is_muted=is_muted)
        if found and not self._is_open:
            self._is_open = True
            self._utterance += 1
        for event in events_of(found, self._utterance):
            self._speech.tell(event)
        if self._is_open and not self._gate.is_talking:
            self._is_open = False
            self._speech.tell(MonologueEnded(self._utterance))

    def _say_announced(self, progress: Progress, samples: Samples | None) -> None:
        is_wanted = self.is_announcing and progress.generation == self._announced
        self._sound(samples, is_muted=not is_wanted)
        if not is_wanted or progress == self._last:
            return
        if self._last is None:
            self._speech.tell(SpeechStarted(progress.generation, 0.0, 0.0))
        if progress.said != (self._last.said if self._last else ""):
            self._speech.tell(SpeechHeard(progress.generation, progress.said))
        if progress.is_over:
            self._speech.tell(SpeechFinished(progress.generation, progress.said))
        self._last = progress

    def _tell(self, event: Told, now: float) -> None:
        match event:
            case MonologueText(_, text):
                self.words_at = now
                self._spoke(now, text)
            case SpeechStarted():
                event = replace(event, at=now)
            case SpeechHeard(_, text):
                self.words_at = now
                self._spoke(now, f" {text[len(self._heard) :].strip()}")
                self._heard = text
            case SpeechFinished():
                if not (self._pipeline.announcement and self._pipeline.announcement.is_complete):
                    return
                self._announced = UNANSWERED
        self._emit(event)

    def _sound(self, samples: Samples | None, *, is_muted: bool) -> None:
        if samples is None:
            return
        if not is_muted and float(np.abs(samples).max()) > _AUDIBLE:
            self._spoke(self._now, "")
        self._speech.say(samples, is_muted=is_muted)

    def _break_off(self) -> None:
        """Whatever is said next is said anew."""
        self._waiting = None
        self._gate = Gate()
        self._end_utterance()

    def _end_utterance(self) -> None:
        is_unheard = self._speech.stop()
        if self._is_open or is_unheard:
            self._is_open = False
            self._emit(MonologueEnded(self._utterance, interrupted=True))

    def _refresh(self, now: float) -> None:
        """Ask to begin anew before the conversation is stale, where that interrupts nobody."""
        fresh, has_role = self._loaded.fresh_frames, self._loaded.has_role
        silence_s = _SILENCE_S if has_role else _LONG_SILENCE_S
        is_worth_it = has_role or self._utterance > self._begun_with
        if is_worth_it and fresh and self._age >= fresh and now - self._spoken_at >= silence_s:
            self._age = 0
            self._emit(RoleFading(forgets=not has_role))

    @property
    def _is_listening(self) -> bool:
        return self.has_listener and self.is_ready and not self._is_held

    def _hear_no_more(self) -> None:
        self._pipeline.hearing += 1
        self._emit_all(self._user.close(self._now))

    def _emit_all(self, events: list[Event]) -> None:
        for event in events:
            self._emit(event)

    def _keep_up(self) -> tuple[str, ...]:
        """Where frames are lost the listener is the first to go."""
        if not self.name or not self._pace.is_lost(self._done):
            return ()
        if not self.has_listener:
            self._pace.warn()
            return ()
        self.has_listener = self._pipeline.listens = False
        self._hear_no_more()
        return ("Moshi does not keep up: its listener is off, and the embedded recogniser listens.",)


def _nobody() -> None:
    return None
