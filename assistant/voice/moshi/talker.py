"""Moshi as the live loop wants it: found on this machine, and made part by part on the loop's threads."""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from assistant.errors import CheckpointError, CheckpointMissingError
from assistant.voice.duplex.announcement import Announcement
from assistant.voice.duplex.pipeline import Codes, Conversation, Ears, Said, Samples, Stepper
from assistant.voice.moshi.announcer import Announcer
from assistant.voice.moshi.catalogue import MOSHIS, STT, Release, find_release
from assistant.voice.moshi.checkpoint import Checkpoint, find_cached, open_checkpoint
from assistant.voice.moshi.codec import mimi_decoder, mimi_encoder
from assistant.voice.moshi.personaplex import has_voices
from assistant.voice.moshi.words import Words

if TYPE_CHECKING:
    from assistant.voice.moshi.generator import Generator
    from assistant.voice.moshi.roles import Roles

HEARD_CODEBOOKS = 32
"""Codes of a frame where a recogniser hears too. Moshi's are the first ones, which are the same."""
LISTENER = "kyutai-stt"
"""The recogniser's name, in settings and parts."""
ROLE_CONTEXTS = 0.7
"""Contexts of a conversation after which its prompt soon leaves the context."""
STALE_CONTEXTS = 2.0
"""Contexts after which nothing is left of what came out of a beginning: eight minutes."""
WARM_UP = 4
"""Steps before the first frame: what the device compiles, it compiles in these."""

_log = logging.getLogger(__name__)


class MoshiTalker:
    """Moshi out of a checkpoint; see ``Talker``. ``releases`` are those on this machine, by voice.

    ``listener`` is the folder of a recogniser that hears the user beside it.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        name: str,
        releases: Mapping[str, Release] = MappingProxyType({}),
        listener: Path | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        self.name = name
        self._releases = releases
        self._listener = listener
        self.models = frozenset(releases)
        self.model = next((voice for voice, each in releases.items() if each.name == name), "")
        self.has_role = has_voices(checkpoint.weights.parent)
        contexts = ROLE_CONTEXTS if self.has_role else STALE_CONTEXTS
        self.fresh_frames = int(contexts * checkpoint.config.raw["context"])

    def make_encoder(self) -> Callable[[Samples], Codes]:
        """See ``Talker.make_encoder``."""
        codebooks = HEARD_CODEBOOKS if self._listener else self.checkpoint.config.user_codebooks
        return mimi_encoder(self.checkpoint.mimi, codebooks)

    def make_decoder(self) -> Callable[[Codes], Samples]:
        """See ``Talker.make_decoder``."""
        return mimi_decoder(self.checkpoint.mimi, self.checkpoint.config.own_codebooks)

    def choose(self, model: str) -> None:
        """See ``Talker.choose``. All releases have the same codec."""
        release = self._releases[model]
        folder = find_cached(release)
        if folder is None:
            raise CheckpointMissingError(f"{release.name} is not on this machine any more.")
        self.checkpoint, self.name, self.model = open_checkpoint(folder), release.name, model

    def make_stepper(self) -> Stepper:
        """See ``Talker.make_stepper``."""
        from assistant.voice.moshi.generator import Generator
        from assistant.voice.moshi.roles import Roles
        from assistant.voice.moshi.sampling import Sampling
        from assistant.voice.moshi.weights import load_lm

        began = time.monotonic()
        # Weights of before are in cycles with what was compiled for them.
        gc.collect()
        lm = load_lm(self.checkpoint)
        # A new conversation every time; a fixed seed would open them all alike.
        generator = Generator(lm, Sampling(seed=time.time_ns() % 2**32))
        for _ in range(WARM_UP):
            generator.step(np.zeros(self.checkpoint.config.user_codebooks, np.int32))
        generator.reset()
        _log.info("%s loaded in %.1f s", self.name, time.monotonic() - began)
        roles = Roles(self.checkpoint, generator) if self.has_role else None
        words = Words(self.checkpoint.tokenizer)
        return MoshiStepper(generator, words, self.checkpoint.config.user_codebooks, roles)

    def make_listener(self) -> Ears | None:
        """See ``Talker.make_listener``."""
        if self._listener is None:
            return None
        from assistant.voice.moshi.listener import open_listener

        try:
            return open_listener(self._listener)
        except CheckpointError as error:
            _log.warning("Kyutai's recogniser is not taken, the embedded one listens: %s", error)
            return None

    def leave(self) -> None:
        """See ``Talker.leave``: MLX aborts the process where a thread that used it ends otherwise."""
        if "mlx.core" in sys.modules:
            import mlx.core as mx

            mx.clear_streams()


class MoshiStepper:
    """See ``Stepper``."""

    def __init__(
        self, generator: Generator, words: Words, codebooks: int, roles: Roles | None = None
    ) -> None:
        self._generator = generator
        self._codebooks = codebooks
        self._words = words
        self._roles = roles
        self._announcer = Announcer(words.tokens_of)

    def step(self, user: Codes, announcement: Announcement | None = None) -> Said:
        """See ``Stepper.step``."""
        step = self._generator.step(user[: self._codebooks], self._announcer.wanted(announcement))
        if progress := self._announcer.placed(step.text):
            return Said("", step.codes, progress)
        return Said(self._words.add(step.text), step.codes)

    def begin(self, conversation: Conversation) -> None:
        """See ``Stepper.begin``."""
        self._words.reset()
        self._generator.sample(conversation.text_temperature, conversation.audio_temperature)
        if self._roles is None or not conversation.prompt:
            self._generator.reset()
        else:
            self._roles.take_on(conversation.prompt, conversation.voice)


def find_moshi(
    engine: Literal["auto", "moshi"], model: str, voice: str = "", without: Sequence[str] = ()
) -> MoshiTalker | None:
    """The Moshi to talk with. ``auto`` gives None for everything that speaks against it.

    ``model`` is a folder or a known repository; empty for a release on this machine, of this ``voice`` where
    there is one, which can later be changed for one of the other. Kyutai's recogniser listens beside it where
    it is on this machine, unless ``without`` names it. Raises ``CheckpointError`` with what is
    missing and the remedy.
    """
    if engine == "moshi":
        return _open(model, voice, without)
    if not _is_accelerated():
        _log.info("Moshi is not looked for: there is no accelerator that MLX knows.")
        return None
    try:
        talker = _open(model, voice, without)
        talker.checkpoint.check_memory()
    except CheckpointError as error:
        _log.info("Moshi is not taken: %s", error)
        return None
    return talker


def _open(model: str, voice: str, without: Sequence[str]) -> MoshiTalker:
    if find_spec("moshi_mlx") is None or find_spec("rustymimi") is None:
        raise CheckpointMissingError(
            "Moshi's packages are not installed.",
            "Install requirements-moshi.lock as docs/dependencies.md says; the cascade goes on meanwhile.",
        )
    listener = None if LISTENER in without else find_cached(STT)
    folder = Path(model).expanduser()
    if model and folder.is_dir():
        return MoshiTalker(open_checkpoint(folder), f"Moshi in {folder.name}", listener=listener)
    named = find_release(model)
    if model and named is None:
        raise CheckpointMissingError(f"{model} is neither a folder nor a Moshi that is known.")
    wanted = [named] if named else sorted(MOSHIS, key=lambda each: each.voice != voice)
    for release in wanted:
        if cached := find_cached(release):
            choice = {} if named else _beside(release)
            return MoshiTalker(open_checkpoint(cached), release.name, choice, listener)
    release = wanted[0]
    raise CheckpointMissingError(
        f"{release.name} is not on this machine. {release.terms()}",
        f"Fetch it with: assistant models get {release.key}. The cascade goes on meanwhile.",
    )


def _beside(chosen: Release) -> dict[str, Release]:
    """For each voice that there is here a release, of the chosen one's quantization where possible."""
    kind = chosen.key.rpartition("-")[2]
    there = [each for each in MOSHIS if find_cached(each)]
    best_last = sorted(there, key=lambda each: (each.key.endswith(kind), each == chosen))
    return {each.voice: each for each in best_last}


def _is_accelerated() -> bool:
    """On a processor alone no frame of the full model is done in 80 ms.

    MLX is imported, which takes memory, only where it may have found something.
    """
    may_be = sys.platform == "darwin" or Path("/dev/nvidiactl").exists()
    if not may_be or find_spec("mlx") is None:
        return False
    import mlx.core as mx

    return bool(mx.default_device().type == mx.DeviceType.gpu)
