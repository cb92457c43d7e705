"""The published checkpoints: where they are, what their files are called, their sizes and licences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["q4", "q8", "bf16"]

WEIGHT_FILES: dict[Kind, str] = {
    "q4": "model.q4.safetensors",
    "q8": "model.q8.safetensors",
    "bf16": "model.safetensors",
}
MIMI_FILE = "tokenizer-e351c8d8-checkpoint125.safetensors"
TOKENIZER_FILE = "tokenizer_spm_32k_3.model"
VOICES_FILE = "voices.tgz"
KYUTAIS_LICENCE = "Creative Commons Attribution 4.0 (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/"
NVIDIAS_LICENCE = (
    "the NVIDIA Open Model License, "
    "https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/"
)


@dataclass(frozen=True, slots=True)
class Release:
    """A checkpoint on the Hugging Face hub; ``files`` are those that have to be there, weights first.

    ``gigabytes`` is all of them together. A ``gated`` one is given only to those who have accepted its
    licence on the hub.
    """

    name: str
    repo: str
    files: tuple[str, ...]
    gigabytes: float
    maker: str = "Kyutai"
    licence: str = KYUTAIS_LICENCE
    gated: bool = False

    @property
    def key(self) -> str:
        """For a command line: what its repository is called."""
        return self.repo.rpartition("/")[2].replace("-mlx-", "-")

    @property
    def voice(self) -> str:
        """Whose voice it is, ``moshika`` or ``moshiko``, where it has one of its own."""
        return self.key.partition("-")[0]

    def terms(self) -> str:
        """What to know before it is fetched, in sentences."""
        gate = (
            f" Read and accept it on huggingface.co/{self.repo} first; until then the hub refuses."
            if self.gated
            else ""
        )
        return (
            f"{self.name} comes from huggingface.co/{self.repo}, {self.gigabytes:.1f} GB. "
            f"Its weights are {self.maker}'s, under {self.licence}.{gate}"
        )


_GIGABYTES: dict[Kind, float] = {"q4": 5.2, "q8": 8.6, "bf16": 15.8}

MOSHIS = tuple(
    Release(
        f"{voice.capitalize()} {kind}",
        f"kyutai/{voice}-mlx-{kind}",
        (WEIGHT_FILES[kind], MIMI_FILE, TOKENIZER_FILE),
        size,
    )
    for voice in ("moshika", "moshiko")
    for kind, size in _GIGABYTES.items()
)
PERSONAPLEX = Release(
    "PersonaPlex",
    "nvidia/personaplex-7b-v1",
    (WEIGHT_FILES["bf16"], MIMI_FILE, TOKENIZER_FILE, VOICES_FILE, "config.json"),
    17.1,
    "NVIDIA",
    NVIDIAS_LICENCE,
    gated=True,
)
STT = Release(
    "Kyutai's recogniser for English and French",
    "kyutai/stt-1b-en_fr-candle",
    (
        WEIGHT_FILES["bf16"],
        "mimi-pytorch-e351c8d8@125.safetensors",
        "tokenizer_en_fr_audio_8000.model",
        "config.json",
    ),
    2.4,
)
"""In Candle's layout, as the weights for MLX lack the heads that tell the end of a turn."""

TTS = Release(
    "Kyutai's voice for English and French",
    "kyutai/tts-1.6b-en_fr",
    (
        "dsm_tts_1e68beda@240.safetensors",
        MIMI_FILE,
        "tokenizer_spm_8k_en_fr_audio.model",
        "config.json",
    ),
    4.1,
)
TTS_SPEAKERS = Release(
    "A speaker for Kyutai's voice",
    "kyutai/tts-voices",
    ("alba-mackenna/casual.wav.1e68beda@240.safetensors",),
    0.1,
    "Kyutai and Alba MacKenna",
)

RELEASES = (*MOSHIS, PERSONAPLEX, STT, TTS, TTS_SPEAKERS)


def find_release(name: str) -> Release | None:
    """The release of that repository or key, where it is a known one."""
    return next((release for release in RELEASES if name in (release.repo, release.key)), None)
