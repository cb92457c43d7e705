"""Frame in, frame out, on three threads: encode, step, decode. One of them alone touches the model.

Every frame of the user's gives one of the talker's. What is under way when the epoch is raised is not stepped
any more, and what comes out of it carries the old epoch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError
from assistant.voice.duplex.announcement import Announcement, Progress
from assistant.voice.duplex.stage import Stage
from assistant.voice.duplex.user_words import Words

Samples = NDArray[np.float32]
Codes = NDArray[np.int32]

LEAVE_S = 1.0
"""What a stage is given to come to its end; the process leaves without it then."""


@dataclass(frozen=True, eq=False, slots=True)
class Conversation:
    """A conversation, and the role that the talker has in it where it can have one; see ``BeginAnew``."""

    prompt: str = ""
    voice: str = ""
    model: str = ""
    text_temperature: float = 0.7
    audio_temperature: float = 0.8


@dataclass(frozen=True, slots=True)
class Said:
    """A frame of the talker's: its codes (codebooks,), None in a conversation's first, and the text in it.

    In one of an announcement's there is no text, but how far that is.
    """

    text: str
    codes: Codes | None
    progress: Progress | None = None


class Stepper(Protocol):
    """The model; made and used on one thread."""

    def step(self, user: Codes, announcement: Announcement | None = None) -> Said:
        """The user's frame (codebooks,) → the talker's; said freely where there is no announcement."""
        ...

    def begin(self, conversation: Conversation) -> None:
        """Forget what was said, and begin this conversation."""
        ...


class Ears(Protocol):
    """A recogniser that hears the user on the talker's own codes; made and used on the model's thread."""

    def hear(self, codes: Codes) -> Words:
        """The user's next frame (codebooks,)."""
        ...

    def reset(self) -> None:
        """Forget what was heard."""
        ...


class Talker(Protocol):
    """A full-duplex model with its codec, found but not loaded. Each part is made on its own thread."""

    name: str
    fresh_frames: int
    """Frames after which a conversation is to be begun anew; 0 for never."""
    has_role: bool
    """It takes on the role of a ``Conversation``."""
    model: str
    """Of ``models``, the one that is made."""
    models: frozenset[str]
    """What it can be made with; empty where there is no choice."""

    def choose(self, model: str) -> None:
        """Make that one from now on. Raises ``AssistantError``."""
        ...

    def make_encoder(self) -> Callable[[Samples], Codes]:
        """Sound (1920,) at 24 kHz → codes (codebooks,). Raises ``AssistantError``."""
        ...

    def make_stepper(self) -> Stepper:
        """The model, loaded and warm. Raises ``AssistantError``."""
        ...

    def make_listener(self) -> Ears | None:
        """Who hears the user beside it, loaded; None where nobody does."""
        ...

    def make_decoder(self) -> Callable[[Codes], Samples]:
        """Codes (codebooks,) → sound (1920,) at 24 kHz. Raises ``AssistantError``."""
        ...

    def leave(self) -> None:
        """Called on the model's thread at its end."""
        ...


FindTalker = Callable[[], Talker | None]
"""Called on the model's thread; None where there is no talker, and nobody asked for one."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """From now on frames come out. The rest is the talker's."""

    name: str
    fresh_frames: int = 0
    has_role: bool = False
    model: str = ""
    models: frozenset[str] = frozenset()
    has_listener: bool = False


@dataclass(frozen=True, slots=True)
class Overheard:
    """What the listener made of a frame of the user's."""

    hearing: int
    words: Words


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing comes out any more. ``error`` is None where nothing was to be had, and none was asked for."""

    error: AssistantError | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A frame of the talker's, as ``Said``, with its sound (1920,)."""

    epoch: int
    text: str
    samples: Samples | None
    progress: Progress | None = None


Message = Loaded | Failed | Spoken | Overheard


@dataclass(frozen=True, slots=True)
class _Wish:
    conversation: Conversation
    announcement: Announcement | None
    hearing: int


@dataclass(frozen=True, slots=True)
class _Heard:
    epoch: int
    wish: _Wish
    samples: Samples


@dataclass(frozen=True, slots=True)
class _Coded:
    epoch: int
    wish: _Wish
    codes: Codes


@dataclass(frozen=True, slots=True)
class _Stepped:
    epoch: int
    hearing: int
    heard: Codes
    said: Said


class Pipeline:
    """``deliver`` gets ``Loaded``, then a ``Spoken`` for each frame that was not dropped, and ``Failed`` at
    most once, from any thread; it must not block.
    """

    def __init__(self, find: FindTalker, deliver: Callable[[Message], None]) -> None:
        self._find = find
        self._deliver = deliver
        self._talker: Talker | None = None
        self._lock = threading.Lock()
        self._loading = 3
        self._has_failed = False
        self.epoch = 0
        """Raised by the user of the pipeline to make void what is under way."""
        self.conversation = Conversation()
        """Replaced by the user of the pipeline: the model begins that one with the next frame."""
        self.announcement: Announcement | None = None
        """Replaced by the user of the pipeline: from the next frame on the model says nothing else."""
        self.hearing = 0
        """Raised by the user of the pipeline when what was said is not handed in: listening begins anew."""
        self.listens = True
        """Cleared by the user of the pipeline: the listener takes time that there is not."""
        self._listener: Ears | None = None
        self._listened = -1
        self.encode: Stage[_Heard, _Coded] = Stage(
            "duplex-encode",
            self._make_encode,
            lambda coded: self.step.put(coded),
            self._fail,
            ready=self._one_ready,
        )
        self.step: Stage[_Coded, _Stepped] = Stage(
            "duplex-step",
            self._make_step,
            self._stepped,
            self._fail,
            ready=self._one_ready,
            leave=self._leave,
        )
        self.decode: Stage[_Stepped, Spoken] = Stage(
            "duplex-decode", self._make_decode, deliver, self._fail, ready=self._one_ready
        )
        self._stages = (self.encode, self.step, self.decode)

    def start(self) -> None:
        """Find and load the talker, in the background."""
        self.step.start()

    def hear(self, samples: Samples) -> None:
        """The user's next frame (1920,)."""
        self.encode.put(
            _Heard(self.epoch, _Wish(self.conversation, self.announcement, self.hearing), samples)
        )

    @property
    def dropped(self) -> int:
        """Frames that came too late for one of the stages."""
        return sum(stage.dropped for stage in self._stages)

    def stop(self) -> bool:
        """End the threads; False where one is still at work, so that its process must not be torn down."""
        self._has_failed = True
        ended = [stage.stop(LEAVE_S) for stage in self._stages]
        return all(ended)

    # --- on the threads ----------------------------------------------------------------------------

    def _make_step(self) -> Callable[[_Coded], _Stepped]:
        talker = self._talker = self._find()
        if talker is None:
            raise _NothingThereError
        self.encode.start()
        self.decode.start()
        stepper = talker.make_stepper()
        self._listener = talker.make_listener()
        conversation = self.conversation

        def step(coded: _Coded) -> _Stepped:
            nonlocal conversation, stepper
            if coded.wish.conversation is not conversation:
                conversation = coded.wish.conversation
                if conversation.model != talker.model and conversation.model in talker.models:
                    # Memory may not hold two of them.
                    del stepper
                    talker.choose(conversation.model)
                    stepper = talker.make_stepper()
                    self._deliver(self._loaded(talker))
                stepper.begin(conversation)
            if coded.epoch != self.epoch:
                return _Stepped(coded.epoch, coded.wish.hearing, coded.codes, Said("", None))
            said = stepper.step(coded.codes, coded.wish.announcement)
            return _Stepped(coded.epoch, coded.wish.hearing, coded.codes, said)

        return step

    def _stepped(self, stepped: _Stepped) -> None:
        """What is said goes on its way before what was heard is looked at."""
        self.decode.put(stepped)
        if self._listener is None or not self.listens or stepped.hearing != self.hearing:
            return
        if stepped.hearing != self._listened:
            self._listened = stepped.hearing
            self._listener.reset()
        words = self._listener.hear(stepped.heard)
        if words.added or words.turn is not None:
            self._deliver(Overheard(stepped.hearing, words))

    def _make_encode(self) -> Callable[[_Heard], _Coded]:
        assert self._talker
        encode = self._talker.make_encoder()
        return lambda heard: _Coded(heard.epoch, heard.wish, encode(heard.samples))

    def _make_decode(self) -> Callable[[_Stepped], Spoken]:
        assert self._talker
        decode = self._talker.make_decoder()

        def spoken(stepped: _Stepped) -> Spoken:
            said = stepped.said
            samples = None if said.codes is None else decode(said.codes)
            return Spoken(stepped.epoch, said.text, samples, said.progress)

        return spoken

    def _one_ready(self) -> None:
        with self._lock:
            self._loading -= 1
            is_ready = self._loading == 0 and not self._has_failed
        if is_ready and self._talker:
            self._deliver(self._loaded(self._talker))

    def _fail(self, error: Exception) -> None:
        with self._lock:
            is_first, self._has_failed = not self._has_failed, True
        if not is_first:
            return
        if isinstance(error, _NothingThereError):
            self._deliver(Failed(None))
        elif isinstance(error, AssistantError):
            self._deliver(Failed(error))
        else:
            remedy = "The log says why; restart the assistant to try it again."
            self._deliver(Failed(AssistantError("Moshi has failed.", remedy)))

    def _loaded(self, talker: Talker) -> Loaded:
        has_listener = self._listener is not None
        fresh, has_role = talker.fresh_frames, talker.has_role
        return Loaded(talker.name, fresh, has_role, talker.model, talker.models, has_listener)

    def _leave(self) -> None:
        if self._talker:
            self._talker.leave()


class _NothingThereError(AssistantError):
    def __init__(self) -> None:
        super().__init__("There is no talker.")
