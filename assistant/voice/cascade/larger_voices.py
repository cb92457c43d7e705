"""Voices that are taken only where the settings ask for them: their weights are large, and wanted by name."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from assistant.engine.protocol import VoiceEngine
from assistant.errors import CheckpointError, VoiceError
from assistant.voice.cascade.catalogue import VOICES, Part
from assistant.voice.cascade.ports import Voice

CSM_REPOSITORY = "sesame/csm-1b"


def voices_in_order(engine: VoiceEngine, model: str) -> tuple[Part[Voice], ...]:
    """The voice that is asked for, then those that would take over.

    ``model`` is the folder of a larger one; empty for what is in Hugging Face's cache.
    """
    larger: dict[str, Callable[[str], Part[Voice]]] = {"kyutai": _kyutai, "csm": _csm}
    if engine in larger:
        return (larger[engine](model), *VOICES)
    return tuple(sorted(VOICES, key=lambda part: part.key != engine))


def _kyutai(model: str) -> Part[Voice]:
    return Part(
        key="kyutai",
        role="voice",
        name="Kyutai TTS",
        licence="MIT (weights CC BY 4.0)",
        distribution="moshi-mlx",
        remedy="Fetch both: assistant models get tts-1.6b-en_fr, assistant models get tts-voices.",
        check=lambda: _kyutai_files(model),
        load=lambda: _load_kyutai(model),
    )


def _csm(model: str) -> Part[Voice]:
    return Part(
        key="csm",
        role="voice",
        name="Sesame CSM",
        licence="Apache-2.0",
        distribution="transformers",
        remedy=f"Install it, pip install '.[csm]', and fetch {CSM_REPOSITORY}: hf download {CSM_REPOSITORY}.",
        check=lambda: _csm_folder(model),
        load=lambda: _load_csm(model),
    )


def _kyutai_files(model: str) -> tuple[Path, Path]:
    """The folder with the weights, and the speaker's file."""
    _check_modules("moshi_mlx", "rustymimi", "sentencepiece")
    from assistant.voice.moshi.catalogue import TTS, TTS_SPEAKERS
    from assistant.voice.moshi.checkpoint import find_cached
    from assistant.voice.moshi.voice_files import check_speaker, check_tts, find_speaker

    folder = Path(model).expanduser() if model else find_cached(TTS)
    speakers = None if model else find_cached(TTS_SPEAKERS)
    if folder is None or (speakers is None and not model):
        raise VoiceError("is not on this machine")
    try:
        check_tts(folder)
        return folder, check_speaker(find_speaker(speakers or folder))
    except CheckpointError as error:
        raise VoiceError(f"cannot be used ({error.message.rstrip('.')})") from error


def _load_kyutai(model: str) -> Voice:
    from assistant.voice.cascade.voices.kyutai import KyutaiVoice

    try:
        return KyutaiVoice(*_kyutai_files(model))
    except CheckpointError as error:
        raise VoiceError(f"cannot be used ({error.message.rstrip('.')})") from error


def _csm_folder(model: str) -> Path:
    _check_modules("torch", "transformers")
    if model:
        folder = Path(model).expanduser()
    else:
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(CSM_REPOSITORY, "config.json")
        folder = Path(found).parent if isinstance(found, str) else Path()
    if not (folder / "config.json").is_file():
        raise VoiceError("is not on this machine")
    return folder


def _load_csm(model: str) -> Voice:
    from assistant.voice.cascade.voices.csm import CsmVoice

    return CsmVoice(_csm_folder(model))


def _check_modules(*names: str) -> None:
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise VoiceError(f"lacks {name}, which is not installed")
