"""PersonaPlex: a Moshi that was trained to follow a voice and a text prompt.

The order of a prompt, its frames of silence and its tags are those of NVIDIA's own server
(https://github.com/NVIDIA/personaplex, ``moshi/server.py`` and ``moshi/models/lm.py``): the voice, half a
second of silence, the text at one token a frame, half a second of silence. All the while the user is a tone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointError, CheckpointMissingError
from assistant.voice.moshi.header import read_header
from assistant.voice.moshi.prompt import Prompt, lay_out
from assistant.voice.moshi.script import PAD

VOICES = tuple(
    f"{kind}{number}"
    for kind, count in (("NATF", 4), ("NATM", 4), ("VARF", 5), ("VARM", 5))
    for number in range(count)
)
"""Natural and more varied voices, of women and of men."""
SILENCE = (948, 243, 1178, 546, 1736, 1030, 1978, 2008)
"""Mimi's codes of a silent frame."""
TONE = (430, 1268, 381, 1611, 1095, 1495, 56, 472)
"""Mimi's codes of a 440 Hz tone at half amplitude."""
PAUSE_FRAMES = 6
"""Half a second."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice as the transformer's first inputs (steps, width), and the tokens at their end.

    ``tokens`` (streams, columns) is a ring over steps: column ``step % columns`` of the step after the last
    input, and what is known of those after it.
    """

    inputs: NDArray[np.float32]
    tokens: NDArray[np.int32]


def read_voice(folder: Path, name: str) -> Voice:
    """A converted voice of a checkpoint's folder. Raises ``CheckpointError``."""
    import mlx.core as mx

    path = voice_path(folder, name)
    if not path.exists():
        raise CheckpointMissingError(f"{folder} has no voice {name}; PersonaPlex has {', '.join(VOICES)}.")
    header = read_header(path)
    if header.keys() != {"inputs", "tokens"} or any(len(each.shape) != 2 for each in header.values()):
        raise CheckpointError(f"{path} is no converted voice.")
    held = mx.load(str(path))
    return Voice(np.array(held["inputs"].astype(mx.float32)), np.array(held["tokens"].astype(mx.int32)))


def has_voices(folder: Path) -> bool:
    """Whether a checkpoint's folder is that of a PersonaPlex, made ready."""
    return (folder / "voices").is_dir()


def voice_path(folder: Path, name: str) -> Path:
    """Where a checkpoint's folder has a converted voice."""
    return folder / "voices" / f"{name}.safetensors"


def tagged(text: str) -> str:
    """A role in the tags that the model was trained with; both are the same."""
    text = text.strip()
    if text.startswith("<system>") and text.endswith("<system>") and text != "<system>":
        return text
    return f"<system> {text} <system>"


def persona_prompt(voice: Voice, text: Sequence[int], delays: Sequence[int]) -> Prompt:
    """Voice and the tokens of a tagged text; ``delays`` are those of the codebooks."""
    streams, columns = voice.tokens.shape
    latest = max(delays)
    if streams != 1 + len(delays) or columns <= latest or streams != 1 + len(SILENCE) + len(TONE):
        raise CheckpointError(f"The voice was made for {streams - 1} codebooks, not for {len(delays)}.")
    said = [PAD] * PAUSE_FRAMES + list(text) + [PAD] * PAUSE_FRAMES
    frames = np.empty((len(said), streams), np.int32)
    frames[:, 0] = said
    frames[:, 1:] = SILENCE + TONE
    start = len(voice.inputs)
    before = voice.tokens[:, [(start + ahead) % columns for ahead in range(1 + latest)]].T
    return Prompt(voice.inputs, lay_out(frames, [0, *delays], before))
