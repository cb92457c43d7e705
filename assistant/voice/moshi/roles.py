"""The roles of a PersonaPlex: prompted once, and from then on a copy of memory away."""

from __future__ import annotations

from sentencepiece import SentencePieceProcessor

from assistant.voice.moshi.checkpoint import Checkpoint
from assistant.voice.moshi.generator import Generator, Snapshot
from assistant.voice.moshi.personaplex import persona_prompt, read_voice, tagged
from assistant.voice.moshi.snapshots import SnapshotStore


class Roles:
    """Used on the model's thread."""

    def __init__(self, checkpoint: Checkpoint, generator: Generator) -> None:
        self._folder = checkpoint.weights.parent
        self._delays = checkpoint.config.raw["delays"][1:]
        self._tokens = SentencePieceProcessor(model_file=str(checkpoint.tokenizer))
        self._generator = generator
        self._store = SnapshotStore()

    def take_on(self, prompt: str, voice: str) -> None:
        """Begin a new conversation in this role. Raises ``CheckpointError`` for a voice that is not there."""
        self._generator.restore(self._store.get((prompt, voice), lambda: self._prompted(prompt, voice)))

    def _prompted(self, prompt: str, voice: str) -> Snapshot:
        text = self._tokens.encode(tagged(prompt))
        self._generator.prefill(persona_prompt(read_voice(self._folder, voice), text, self._delays))
        return self._generator.snapshot()
