"""What the session and the engine process say to each other: commands down, events up.

Frozen dataclasses, pickled over one private pipe between a parent and the child that it started.
All times are ``time.monotonic()`` seconds, which parent and child share on one machine. Audio levels
are dBFS (0 is full scale). ``generation`` numbers one answer of the assistant: cancelling, barge-in and
a persona switch raise it, and whatever carries an older one is dropped where it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.engine.monologue_protocol import (
    BeginAnew,
    FrameTimes,
    HoldMonologue,
    MonologueCall,
    MonologueEnded,
    MonologueText,
    RoleFading,
)
from assistant.severity import Severity

SAMPLE_RATE = 24_000
"""Hz, mono, everywhere between the device and the models."""


@dataclass(frozen=True, slots=True)
class VoiceSpec:
    """How a persona sounds on the embedded voice.

    ``speed`` is a factor (1.0 is the voice's own pace), ``pitch`` is in semitones. ``formants`` multiplies
    the frequencies of the resonances: below 1.0 somebody larger speaks. ``intonation`` multiplies how far
    the melody leaves its middle; ``sung`` makes it hold whole tones. ``effects`` are names known to
    ``assistant.voice.cascade.effects``. ``say_as`` pairs names whose spelling misleads a voice with how to
    spell them for it.
    """

    speed: float = 1.0
    pitch: float = 0.0
    formants: float = 1.0
    intonation: float = 1.0
    sung: bool = False
    effects: tuple[str, ...] = ()
    say_as: tuple[tuple[str, str], ...] = ()


VoiceEngine = Literal["auto", "hibari", "system", "kyutai", "csm"]
"""Voices that can be asked for; ``auto`` is the packaged one."""

# --- how the engine is started ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceAudio:
    """Sound devices by name; an empty name follows the system's default."""

    input_name: str = ""
    output_name: str = ""


@dataclass(frozen=True, slots=True)
class WavAudio:
    """WAV files instead of devices: one is heard, the other receives what is said.

    ``paced`` runs in real time; otherwise time stands still while an answer is being prepared and
    runs as fast as the machine can go in between.
    """

    input_path: str
    output_path: str
    paced: bool = False


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """All that the engine process needs to know at its start."""

    audio: DeviceAudio | WavAudio = field(default_factory=DeviceAudio)
    volume: float = 0.8
    names: tuple[str, ...] = ()
    echo_cancellation: bool = True
    without: tuple[str, ...] = ()
    """Speech parts that must not be used, by their name (``silero``, ``moonshine`` …)."""
    log_path: str = ""
    engine: Literal["auto", "moshi", "cascade"] = "cascade"
    """``auto`` takes Moshi where it is there and the machine can hold it."""
    moshi_model: str = ""
    """A folder or a known repository; empty for the first release that is on this machine."""
    moshi_voice: str = ""
    """Which of several the persona speaks with that is there at the start, ``moshiko`` or ``moshika``."""
    announcements: Literal["embedded", "forced"] = "embedded"
    """Whose voice says what the session wants said while Moshi talks: the packaged one, or Moshi's own."""
    voice_engine: VoiceEngine = "auto"
    voice_model: str = ""
    """A folder with a larger voice; empty for what is in Hugging Face's cache."""


# --- commands: session -> engine ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Synthesise and play one sentence of answer ``generation``, after the ones before it."""

    generation: int
    text: str
    voice: VoiceSpec


@dataclass(frozen=True, slots=True)
class Prepare:
    """Synthesise a sentence that may be said soon; nothing of it is heard until a ``Say`` of the same words
    in the same voice, which then finds it ready."""

    text: str
    voice: VoiceSpec


UNANSWERED = 0
"""A generation that no answer has: ``EndReply(UNANSWERED)`` tells that nothing is said to a turn."""


@dataclass(frozen=True, slots=True)
class EndReply:
    """No more sentences follow for this generation (sent also for answers without any)."""

    generation: int


@dataclass(frozen=True, slots=True)
class CancelSpeech:
    """Fade out within 80 ms and drop everything older than ``generation``."""

    generation: int


@dataclass(frozen=True, slots=True)
class SetMicrophone:
    """Open or close the microphone: closed, no sample of it is looked at."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Loudness of the assistant's voice, 0.0 to 1.0."""

    volume: float


@dataclass(frozen=True, slots=True)
class PushToTalk:
    """While active the turn stays open through silence; releasing it ends the turn at once."""

    active: bool


@dataclass(frozen=True, slots=True)
class UseDevices:
    """Reopen audio on other devices; an empty name follows the system's default."""

    input_name: str
    output_name: str


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Write microphone and speaker to the WAV ``path``, whose first sample is of the time ``origin``.

    A WAV that is there already is continued: an engine that was started again goes on where it died.
    """

    path: str
    origin: float


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Write no further."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Stop at once and leave with exit status 0."""


Command = (
    Say
    | Prepare
    | EndReply
    | CancelSpeech
    | HoldMonologue
    | BeginAnew
    | SetMicrophone
    | SetVolume
    | PushToTalk
    | UseDevices
    | StartRecording
    | StopRecording
    | Shutdown
)


# --- events: engine -> session ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineReady:
    """Audio runs and the models are loaded; from now on it listens. Told again when an engine takes over.

    ``parts`` maps each speech part's role (``vad``, ``recogniser``, ``voice``, ``echo``) to the name of the
    one at work; ``notes`` are sentences for the user (a fallback at work, what would make it better).
    ``answers_itself`` tells of a full-duplex engine: it talks with the user by itself and reports its words.
    """

    engine: str
    parts: dict[str, str]
    input_device: str
    output_device: str
    notes: tuple[str, ...] = ()
    answers_itself: bool = False


@dataclass(frozen=True, slots=True)
class EngineNotice:
    """A sentence for the user about devices or speech parts, with its remedy."""

    severity: Severity
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """The devices in use; an empty name means that there is none now (lost, or never there)."""

    input_device: str
    output_device: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudest moments since the last report, in dBFS, 20 times a second."""

    microphone: float
    speaker: float


@dataclass(frozen=True, slots=True)
class UserSpeechStarted:
    """Voice activity opened a turn (over an answer: a candidate for barge-in)."""

    turn: int
    at: float


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """What has been recognised of the open turn so far; each one replaces the one before."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class TurnGuess:
    """The user pauses, and the turn may be over: its words, if it is.

    An answer may be prepared, of which nothing is shown, stored or heard before the ``UserTurn`` with the
    same words. ``over_speech`` tells that the turn began while the assistant was audible.
    """

    turn: int
    text: str
    over_speech: bool = False


@dataclass(frozen=True, slots=True)
class TurnResumed:
    """The user went on after a pause: the last ``TurnGuess`` is void."""

    turn: int


@dataclass(frozen=True, slots=True)
class UserTurn:
    """The user's turn has ended: its final transcript, empty when nothing was understood.

    ``speech_end`` is the last moment with speech in it, ``endpoint`` the moment when the turn was
    held to be over, ``recognised`` the moment when the text was there. ``confidence`` is 0.0 to 1.0.
    ``over_speech`` tells that the turn began while the assistant was audible, ``is_free_of_echo`` that
    hardly anything of its voice was left in the microphone. ``readings`` are what else the user may have
    said, likeliest first, where a persona's name is expected.
    """

    turn: int
    text: str
    speech_end: float
    endpoint: float
    recognised: float
    confidence: float = 1.0
    over_speech: bool = False
    is_free_of_echo: bool = False
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnDoubted:
    """What was understood of a turn that is over is hardly what was said: another language, or a bad line."""

    turn: int


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The first sample of answer ``generation`` leaves for the output device at ``at``."""

    generation: int
    at: float
    synthesis_s: float


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """All of answer ``generation`` that has left the speaker so far, up to a whole word."""

    generation: int
    text: str


@dataclass(frozen=True, slots=True)
class SpeechFinished:
    """Answer ``generation`` is over: played to its end, or ``interrupted`` after ``text``."""

    generation: int
    text: str
    interrupted: bool = False


Monologue = MonologueText | MonologueCall | MonologueEnded


@dataclass(frozen=True, slots=True)
class AudioHealth:
    """Counters since the start and the state of echo cancellation, every few seconds.

    ``underruns`` and ``overruns`` count late blocks, ``erle`` is the echo return loss enhancement in dB,
    ``echo_delay_s`` how long the speaker's sound takes to the microphone (both ``None`` until echo was
    measured), ``rss_mb`` the memory of the process.
    """

    underruns: int
    overruns: int
    dropped_blocks: int
    erle: float | None
    rss_mb: float
    echo_delay_s: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """The sound can be recorded no further: a sentence with its remedy."""

    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class InputFinished:
    """The WAV that stands in for the microphone has been heard to its end."""


@dataclass(frozen=True, slots=True)
class EngineDown:
    """The engine process is gone (told by the supervisor); ``retry_s`` is None when it gives up."""

    reason: str
    retry_s: float | None


Event = (
    EngineReady
    | EngineNotice
    | DevicesChanged
    | Levels
    | UserSpeechStarted
    | PartialTranscript
    | TurnGuess
    | TurnResumed
    | UserTurn
    | TurnDoubted
    | SpeechStarted
    | SpeechHeard
    | SpeechFinished
    | MonologueText
    | MonologueCall
    | MonologueEnded
    | RoleFading
    | FrameTimes
    | AudioHealth
    | RecordingFailed
    | InputFinished
    | EngineDown
)
