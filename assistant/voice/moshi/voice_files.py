"""The files of Kyutai's voice: weights that take a speaker, and speakers; looked into without MLX."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import CheckpointError, CheckpointMissingError
from assistant.voice.moshi.checkpoint import Checkpoint, open_checkpoint
from assistant.voice.moshi.header import read_header

SPEAKER = "speaker_wavs"
"""What a voice is called in the configuration and in its file."""


def check_tts(folder: Path) -> Checkpoint:
    """Look into a folder without loading it. Raises ``CheckpointError`` for all that is no such voice."""
    checkpoint = open_checkpoint(folder)
    raw = checkpoint.config.raw
    if "tts_config" not in raw or SPEAKER not in raw.get("conditioners", {}) or "model_id" not in raw:
        raise CheckpointError(f"{folder} holds no voice of Kyutai's that takes a speaker.")
    if not checkpoint.torch_names:
        raise CheckpointError(f"{checkpoint.weights} is not in the layout that Kyutai publishes.")
    return checkpoint


def find_speaker(folder: Path) -> Path:
    """The first file of the folder that holds a voice's embedding. Raises ``CheckpointMissingError``."""
    for path in sorted(folder.glob("*.safetensors")):
        if SPEAKER in read_header(path):
            return path
    raise CheckpointMissingError(
        f"{folder} holds no speaker.", "Put one of huggingface.co/kyutai/tts-voices beside the weights."
    )


def check_speaker(path: Path) -> Path:
    """The same path. Raises ``CheckpointError`` for a file that is no voice's embedding."""
    tensor = read_header(path).get(SPEAKER)
    if tensor is None or len(tensor.shape) != 3:
        raise CheckpointError(f"{path} holds no speaker.")
    return path
