"""The cascade: microphone → turns → transcripts up to the session, sentences → speech down to the speaker.

One audio thread owns all state; recognition and synthesis work beside it and hand their results in through
the same inbox as the session's commands. The session's reply comes as ``Say`` … ``EndReply``.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable

from assistant.audio.levels import SILENCE, PeakMeter
from assistant.audio.transport import AudioBlock, AudioTransport, Samples, TransportInfo
from assistant.engine.monologue_protocol import BeginAnew, HoldMonologue
from assistant.engine.protocol import (
    CancelSpeech,
    Command,
    DevicesChanged,
    EndReply,
    EngineNotice,
    EngineReady,
    Event,
    InputFinished,
    Levels,
    Prepare,
    PushToTalk,
    Say,
    SetMicrophone,
    SetVolume,
    Shutdown,
    SpeechFinished,
    UseDevices,
    UserTurn,
)
from assistant.errors import AudioError
from assistant.severity import Severity
from assistant.voice.cascade.announcing import Announcing
from assistant.voice.cascade.barge_in import DUCKED_GAIN, Action
from assistant.voice.cascade.health import health_of
from assistant.voice.cascade.hearing import Hearing
from assistant.voice.cascade.inbox import Inbox, Message, make_inbox
from assistant.voice.cascade.listening import Listening
from assistant.voice.cascade.loaded import Parts
from assistant.voice.cascade.playout import Playout
from assistant.voice.cascade.recognition import Recognised, RecognitionWorker
from assistant.voice.cascade.speaking import Speaking
from assistant.voice.cascade.synthesis import Piece, SentenceDone
from assistant.voice.duplex import pipeline as talking
from assistant.voice.duplex.duplex import Duplex

_log = logging.getLogger(__name__)

OpenAudio = Callable[[UseDevices | None], AudioTransport]
"""Builds a transport that is not open yet: for other devices, or for those of the configuration."""

_LEVELS_S = 0.045
"""Five blocks of 10 ms, whatever their times round to."""
_HEALTH_S = 2.0
_RETRY_S = 3.0
_POLL_S = 0.05
_DUCK_RAMP_S = 0.02
_RESTORE_RAMP_S = 0.2
_REPLY_LIMIT_S = 20.0
_GREETING_LIMIT_S = 2.0


class Cascade:
    """``run`` is the audio thread's body.

    ``emit`` must not block. With ``owns_time`` (a WAV as fast as possible) time stands still while words are
    being recognised and an answer is being prepared. ``find_talker`` looks for a full-duplex model, which
    then talks with the user by itself, while the cascade goes on to understand what the user says and says
    what it is told to, or lets the model say it (``is_forced``); without a model the cascade is all there is.
    """

    def __init__(
        self,
        parts: Parts,
        open_audio: OpenAudio,
        emit: Callable[[Event], None],
        *,
        owns_time: bool = False,
        inbox: Inbox | None = None,
        on_block: Callable[[AudioBlock], None] = lambda block: None,
        find_talker: talking.FindTalker | None = None,
        is_forced: bool = False,
    ) -> None:
        self._parts = parts
        self._open_audio = open_audio
        self._emit_event = emit
        self._owns_time = owns_time
        self._inbox = inbox or make_inbox()
        self._on_block = on_block
        self._playout = Playout()
        self._transport: AudioTransport | None = None
        self._devices: UseDevices | None = None
        self._retry_at = self._reply_until = 0.0
        self._told = ""
        self._has_output = False
        self._microphone_open = True
        self._volume = 1.0
        self._speaking = Speaking(parts.voice, self._playout, self._inbox.put, self._emit)
        self._recognition: RecognitionWorker | None = None
        self._listening = self._make_listening()
        self._duplex = Duplex(find_talker, self._inbox.put, self._emit, self._playout.note_other)
        self._announcing = Announcing(self._playout, self._duplex, is_forced=is_forced)
        self._names = ("", "")
        self._now = time.monotonic()
        self._meters = (PeakMeter(), PeakMeter())
        self._levels_at = self._health_at = 0.0
        self._held = self._input_over = self._stopping = False

    def _make_listening(self) -> Listening | None:
        parts = self._parts
        if parts.vad is None or parts.recogniser is None:
            return None
        self._recognition = RecognitionWorker(parts.recogniser, self._inbox.put, parts.name_listener)
        hearing = Hearing(parts.vad, parts.echo)
        return Listening(hearing, self._playout, self._recognition.submit, self._emit, self._act)

    def submit(self, command: Command) -> None:
        """Hand a command to the audio thread, from any other thread."""
        self._inbox.put(command)

    # --- the loop ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Open audio, listen and speak until ``Shutdown``."""
        self._emit(self._open())
        self._duplex.start()
        self._reply_until = time.monotonic() + _GREETING_LIMIT_S
        try:
            while not self._stopping:
                self._step()
        finally:
            self._close()

    def _step(self) -> None:
        transport = self._transport
        waits = transport is None or self._held
        self._take_messages(wait_s=_POLL_S if waits else 0.0)
        transport = self._transport
        if transport is None:
            self._now = time.monotonic()
            self._reopen_when_due()
        elif not self._held:
            block = transport.read(_POLL_S)
            if block is not None:
                self._hear(transport, block)
            elif not self._owns_time:
                self._now = time.monotonic()
            self._report_changes(transport)
        self._report_health()
        self._speak()
        self._keep_time()

    def _take_messages(self, wait_s: float) -> None:
        try:
            self._take(self._inbox.get(timeout=wait_s) if wait_s else self._inbox.get_nowait())
            while not self._stopping:
                self._take(self._inbox.get_nowait())
        except queue.Empty:
            return

    def _take(self, message: Message) -> None:  # noqa: PLR0912 - one dispatch
        match message:
            case Recognised():
                if self._listening:
                    self._listening.take(message)
            case Piece() | SentenceDone():
                self._speaking.take(message)
            case Prepare():
                self._speaking.prepare(message)
            case Say() | EndReply() | CancelSpeech():
                self._emit_all(self._announcing.take(message))
                if isinstance(message, EndReply):
                    self._reply_until = 0.0
            case _ if isinstance(message, HoldMonologue | BeginAnew | talking.Message):
                self._tell_news(self._duplex.take(message))
            case SetMicrophone(is_open):
                self._set_microphone(is_open)
            case SetVolume(volume):
                self._volume = volume
                self._set_gain(1.0, _RESTORE_RAMP_S)
            case PushToTalk(active):
                if self._listening and self._microphone_open:
                    self._listening.hold(active, self._now)
            case UseDevices():
                self._use_devices(message)
            case Shutdown():
                self._stopping = True

    # --- hearing -------------------------------------------------------------------------------------

    def _hear(self, transport: AudioTransport, block: AudioBlock) -> None:
        self._now = block.time
        self._on_block(block)
        self._meters[0].add(block.microphone)
        self._meters[1].add(block.reference)
        self._duplex.hear(self._listen(block))
        if block.time - self._levels_at >= _LEVELS_S:
            self._levels_at = block.time
            microphone, speaker = (meter.take() for meter in self._meters)
            self._emit(Levels(microphone if self._microphone_open else SILENCE, speaker))

    def _listen(self, block: AudioBlock) -> Samples:
        """The block without echo."""
        if not self._microphone_open:
            return block.microphone
        if self._listening is None:
            return self._parts.echo.process(block.microphone, block.reference)
        self._listening.hear(block)
        return self._listening.cleaned

    def _set_microphone(self, is_open: bool) -> None:
        self._microphone_open = is_open
        if self._transport:
            self._transport.set_microphone(is_open)
        if self._listening and not is_open:
            self._listening.close(self._now)

    def _act(self, action: Action) -> None:
        _log.info("over the answer: %s", action)
        match action:
            case Action.DUCK:
                self._set_gain(DUCKED_GAIN, _DUCK_RAMP_S)
            case Action.PAUSE:
                if self._announcing.pause():
                    self._set_gain(1.0, 0.0)
            case Action.RESTORE:
                self._playout.resume()
                self._set_gain(1.0, _RESTORE_RAMP_S)
            case Action.STOP:
                self._emit_all(self._announcing.interrupt())
                self._set_gain(1.0, 0.0)

    def _set_gain(self, gain: float, ramp_s: float) -> None:
        if self._transport:
            self._transport.set_gain(gain * self._volume, ramp_s)

    # --- speaking ------------------------------------------------------------------------------------

    def _speak(self) -> None:
        # Before anything of an announcement is written: what the talker has written is discarded here.
        is_held = not self._playout.is_idle
        self._tell_news(self._duplex.advance(self._now, is_held=is_held, is_heard=self._has_open_turn))
        self._playout.is_answered_elsewhere = self._duplex.is_announcing
        self._speaking.advance(self._has_output)
        is_floor_taken = self._listening is not None and self._listening.user_has_floor
        self._emit_all(self._playout.advance(self._now, is_floor_taken=is_floor_taken))

    # --- devices -------------------------------------------------------------------------------------

    def _open(self) -> EngineReady:
        notes = list(self._parts.notes)
        info = self._open_transport(None)
        if info is None:
            return self._report(tuple(notes))
        notes.extend(info.notes)
        if self._listening is None or not info.input_device:
            notes.append("Nothing is listened to: type what you want to say.")
        if self._parts.voice is None or not info.output_device:
            notes.append("Answers are shown, not spoken.")
        return self._report(tuple(notes))

    def _report(self, notes: tuple[str, ...]) -> EngineReady:
        parts = self._parts.names()
        if not self._duplex.is_ready:
            return EngineReady("cascade", parts, *self._names, notes)
        return EngineReady("moshi", parts | self._announcing.parts, *self._names, notes, True)

    def _tell_news(self, news: tuple[str, ...]) -> None:
        if news:
            self._emit(self._report(news))

    def _open_transport(self, devices: UseDevices | None) -> TransportInfo | None:
        return self._start(self._open_audio(devices), devices)

    def _start(self, transport: AudioTransport, devices: UseDevices | None) -> TransportInfo | None:
        try:
            info = transport.open()
        except AudioError as error:
            transport.close()
            self._tell(error)
            self._retry_at = time.monotonic() + _RETRY_S
            return None
        self._devices = devices
        self._transport = transport
        self._names = (info.input_device, info.output_device)
        self._has_output = bool(info.output_device)
        self._playout.attach(transport)
        self._duplex.attach(transport)
        transport.set_microphone(self._microphone_open)
        self._set_gain(1.0, 0.0)
        if self._listening:
            self._listening.new_room(self._now)
        return info

    def _use_devices(self, devices: UseDevices) -> None:
        before = self._devices
        try:
            transport = self._open_audio(devices)
        except AudioError as error:
            self._tell(error)
            return
        self._close_transport()
        info = self._start(transport, devices) or self._open_transport(before)
        if info:
            self._emit(DevicesChanged(info.input_device, info.output_device))
        else:
            self._emit_all(self._playout.interrupt())
            self._emit(DevicesChanged("", "", "There is no sound device now."))

    def _reopen_when_due(self) -> None:
        if time.monotonic() >= self._retry_at and (info := self._open_transport(self._devices)):
            self._emit(DevicesChanged(info.input_device, info.output_device, "Sound is back."))

    def _tell(self, error: AudioError) -> None:
        """Once, however often it is tried again."""
        if str(error) != self._told:
            self._told = str(error)
            self._emit(EngineNotice(Severity.ERROR, error.message, error.remedy))

    def _close_transport(self) -> None:
        transport, self._transport = self._transport, None
        if transport:
            transport.close()
        self._has_output, self._names = False, ("", "")
        self._playout.attach(None)
        self._duplex.attach(None)

    def _close(self) -> None:
        self._duplex.stop()
        self._close_transport()
        self._speaking.stop()
        if self._recognition:
            self._recognition.stop()

    # --- reports -------------------------------------------------------------------------------------

    def _report_changes(self, transport: AudioTransport) -> None:
        for change in transport.changes():
            if isinstance(change, DevicesChanged):
                self._names = (change.input_device, change.output_device)
                self._has_output = bool(change.output_device)
                if self._listening:
                    self._listening.new_room(self._now)
            self._emit(change)

    def _report_health(self) -> None:
        """By the real clock, so that it tells that the engine lives even where time stands still."""
        if time.monotonic() - self._health_at < _HEALTH_S:
            return
        self._health_at = time.monotonic()
        self._emit(health_of(self._transport, self._parts.echo))

    def _emit_all(self, events: list[Event]) -> None:
        for event in events:
            self._emit(event)

    def _emit(self, event: Event) -> None:
        if self._duplex.overhears(event):
            return
        match event:
            case UserTurn(text=text) if text:
                self._reply_until = time.monotonic() + _REPLY_LIMIT_S
            case SpeechFinished():
                self._speaking.cancel()
                if self._listening:
                    self._listening.answer_over()
        self._emit_event(event)

    # --- time that is ours -----------------------------------------------------------------------------

    def _keep_time(self) -> None:
        """Tell when an input that ends is answered; stop a clock that is ours while someone thinks."""
        transport = self._transport
        if transport is None:
            return
        thinking = (
            (self._listening is not None and self._listening.is_busy)
            or time.monotonic() < self._reply_until
            or self._playout.is_starving
        )
        over = transport.finished and self._playout.is_idle and not thinking and not self._has_open_turn
        over = over and self._duplex.has_answered(self._now)
        if over and not self._input_over:
            self._input_over = True
            self._emit(InputFinished())
        if self._owns_time and (thinking or over or self._duplex.is_busy) != self._held:
            self._held = not self._held
            transport.hold(self._held)

    @property
    def _has_open_turn(self) -> bool:
        return self._listening is not None and self._listening.has_open_turn
