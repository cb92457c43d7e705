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
LICENCE = "Creative Commons Attribution 4.0 (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Release:
    """A checkpoint on the Hugging Face hub; ``gigabytes`` is all of its files together."""

    voice: str
    kind: Kind
    repo: str
    gigabytes: float
    licence: str = LICENCE

    @property
    def name(self) -> str:
        """For the user."""
        return f"{self.voice.capitalize()} {self.kind}"

    @property
    def files(self) -> tuple[str, ...]:
        """What has to be there, weights first."""
        return (WEIGHT_FILES[self.kind], MIMI_FILE, TOKENIZER_FILE)

    def terms(self) -> str:
        """What to know before it is fetched, in sentences."""
        return (
            f"{self.name} comes from huggingface.co/{self.repo}, {self.gigabytes:.1f} GB. "
            f"Its weights are Kyutai's, under {self.licence}."
        )


_GIGABYTES: dict[Kind, float] = {"q4": 5.2, "q8": 8.6, "bf16": 15.8}

RELEASES = tuple(
    Release(voice, kind, f"kyutai/{voice}-mlx-{kind}", size)
    for voice in ("moshika", "moshiko")
    for kind, size in _GIGABYTES.items()
)


def find_release(repo: str) -> Release | None:
    """The release in that repository, where it is a known one."""
    return next((release for release in RELEASES if release.repo == repo), None)
