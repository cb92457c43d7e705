"""What the session knows of the engine: whether it is there, what it works with, and on which devices."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.conversation.answers import Answers
from assistant.conversation.outbox import Outbox
from assistant.conversation.updates import EngineShown, NoticeShown
from assistant.engine.monologue_protocol import BeginAnew, HoldMonologue
from assistant.engine.protocol import EngineReady, UseDevices
from assistant.llm.port import Message
from assistant.personas.model import Persona
from assistant.severity import Severity

SUMMARY = 400
"""Characters of the conversation that a full-duplex engine is told when it begins anew: some 100 tokens."""

_FORGETS = "Moshi begins anew after a long talk: it does not know what was said before."

SPEAKER_GRACE = 5.0
"""Seconds that speech waits for a speaker that went, before its answer ends at the last word heard."""


class EngineSide:
    """Takes the engine's reports of itself; tells the faces, and the answers whether there is a voice."""

    def __init__(self, outbox: Outbox, answers: Answers, text_engine: str) -> None:
        self._outbox = outbox
        self._answers = answers
        self.text_engine = text_engine
        self.report: EngineReady | None = None
        """What it said of itself when it began to listen; None while it is not there."""
        self.devices = ("", "")
        self.wanted: UseDevices | None = None
        """The devices that were chosen during the conversation."""
        self._speaker_lost: tuple[str, float] | None = None
        """Which speaker went, and when."""
        self.is_down = False
        self._is_held = False

    @property
    def answers_itself(self) -> bool:
        """True while a full-duplex engine is at work."""
        return self.report is not None and self.report.answers_itself

    @property
    def is_ready(self) -> bool:
        """True from the engine's report that it listens until it is gone."""
        return self.report is not None

    @property
    def is_settled(self) -> bool:
        """False while speech waits for a speaker that went."""
        return self._speaker_lost is None

    @property
    def has_microphone(self) -> bool:
        """True while there is a device, or a WAV, to be heard."""
        return bool(self.devices[0])

    def ready(self, event: EngineReady) -> bool:
        """It listens: for the first time, or again, or another one does.

        False where the model that was at work is at work still.
        """
        before, self.report = self.report, event
        model = event.parts.get("model")
        is_new = before is None
        self._is_held = False
        self.devices = (event.input_device, event.output_device)
        self._speaker_lost = None
        self._answers.has_voice = bool(event.parts.get("voice")) and bool(event.output_device)
        self._show()
        for note in event.notes:
            self._outbox.show(NoticeShown(Severity.INFO, note))
        if self.is_down:
            self._outbox.show(NoticeShown(Severity.INFO, "The engine is back; the conversation goes on."))
        self.is_down = False
        if self.wanted and is_new:
            # It begins, each time, with the devices of the settings.
            self._outbox.engine(self.wanted)
        return before is None or before.engine != event.engine or before.parts.get("model") != model

    def use_devices(self, input_name: str, output_name: str) -> None:
        """Other devices, by name, from now on; empty follows the system's default."""
        self.wanted = UseDevices(input_name, output_name)
        if self.is_ready:
            self._outbox.engine(self.wanted)

    def hold_monologue(self, is_held: bool) -> None:
        """A full-duplex engine is to rest, or to go on; others rest by themselves."""
        if self.answers_itself and is_held != self._is_held:
            self._is_held = is_held
            self._outbox.engine(HoldMonologue(is_held))

    def begin_anew(self, persona: Persona, said: Iterable[Message] = (), *, forgets: bool = False) -> None:
        """A full-duplex engine forgets what was said but for the end of ``said``, and is this persona.

        Only one that was trained for it can be somebody, or remember; of one that ``forgets`` in the middle
        of a conversation the user is told.
        """
        if self.answers_itself:
            if forgets:
                self._outbox.show(NoticeShown(Severity.INFO, _FORGETS))
            lines = [f"{'You' if each.role == 'assistant' else 'They'} said: {each.text}" for each in said]
            so_far = " ".join(lines)[-SUMMARY:]
            role = f"You are {persona.name}. {persona.identity} {so_far}".strip()
            how = persona.voices.moshi
            begin = BeginAnew(
                role, how.prompted_voice, how.model, how.text_temperature, how.audio_temperature
            )
            self._outbox.engine(begin)

    def text_engine_changed(self, name: str) -> None:
        """Another text engine, or another model, writes from now on."""
        self.text_engine = name
        self._show()

    def down(self, reason: str, retry_s: float | None) -> None:
        """It is gone."""
        self.report = None
        self.is_down = True
        self.devices = ("", "")
        self._answers.engine_lost()
        remedy = (
            "It is being restarted; nothing said so far is lost."
            if retry_s is not None
            else "Typed input still works. Restart the assistant to try again; the log says more."
        )
        self._outbox.show(NoticeShown(Severity.ERROR, reason, remedy))

    def devices_changed(self, devices: tuple[str, str], reason: str, now: float) -> None:
        """By name, empty for none. What was meant for one speaker is not said by another."""
        before, self.devices = self.devices[1], devices
        speaker = devices[1]
        if not speaker:
            self._speaker_lost = self._speaker_lost or (before, now)
        elif self.report is not None:
            if self._speaker_lost and self._speaker_lost[0] != speaker:
                self._answers.interrupt()
            self._speaker_lost = None
            self._answers.has_voice = bool(self.report.parts.get("voice"))
        if reason:
            lost = "It is used again as soon as it is back; typing works meanwhile."
            self._outbox.show(NoticeShown(Severity.WARNING, reason, "" if any(devices) else lost))
        self._show()

    def tick(self, now: float) -> None:
        """A speaker that stays away leaves answers to be read."""
        if self._speaker_lost and now - self._speaker_lost[1] > SPEAKER_GRACE:
            self._speaker_lost = None
            self._answers.engine_lost()

    def _show(self) -> None:
        if self.report is not None:
            parts = dict(self.report.parts)
            self._outbox.show(EngineShown(self.report.engine, self.text_engine, parts, *self.devices))
