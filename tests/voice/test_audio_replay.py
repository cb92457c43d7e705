"""The sound of a recording, listened to again with parts that understand tones exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.stereofile import StereoFile
from assistant.audio.transport import BLOCK
from assistant.config.settings import Settings
from assistant.conversation.effects import ToEngine
from assistant.conversation.session import Session
from assistant.conversation.state import state_of
from assistant.engine.protocol import (
    SAMPLE_RATE,
    CancelSpeech,
    EndReply,
    EngineReady,
    Say,
    SetMicrophone,
    SpeechStarted,
    UserTurn,
    VoiceSpec,
)
from assistant.errors import AssistantError
from assistant.personas.load import load_library
from assistant.recording.about import about
from assistant.recording.audio_replay import replay_audio
from assistant.recording.codec import encode
from assistant.recording.folder import SOUND
from assistant.recording.journal import JournalWriter
from assistant.tools.registry import default_registry
from assistant.voice.cascade.loaded import Parts
from tests.fakes.tones import FakeRecogniser, FakeVad, FakeVoice, Samples, silence, tones

BEGUN = 5000.0
QUESTION, OVER_IT, LAST = "what time is it now", "please stop that talking at once", "thank you very much"
ANSWER = "it is a quarter past seven in the evening and the lamps are lit in every street of the town"


def parts() -> Parts:
    return Parts(FakeVad(), FakeRecogniser(), FakeVoice())


def sound() -> tuple[Samples, Samples]:
    """The microphone: a question, words over the answer, a last word; the speaker: the answer, cut off."""
    asked = np.concatenate((silence(1.0), tones(QUESTION), silence(3.0)))
    microphone = np.concatenate((asked, tones(OVER_IT), silence(2.0), tones(LAST), silence(2.0)))
    speaker = np.zeros_like(microphone)
    start = len(asked) - 2 * SAMPLE_RATE
    said = tones(ANSWER)[: 3 * SAMPLE_RATE]
    speaker[start : start + len(said)] = said
    # The engine began to listen a second after the recording.
    return np.concatenate((silence(1.0), microphone + 1e-3)), np.concatenate((silence(1.0), speaker))


def record(folder: Path, turns: list[tuple[float, str]], *, closed_at: float | None = None) -> None:
    folder.mkdir()
    microphone, speaker = sound()
    with StereoFile(folder / SOUND) as file:
        file.skip_to(SAMPLE_RATE)
        for start in range(SAMPLE_RATE, len(microphone) - BLOCK, BLOCK):
            file.write(microphone[start : start + BLOCK], speaker[start : start + BLOCK])
    library = load_library()
    state = state_of(Session(library, default_registry(), "default"))
    journal = JournalWriter(folder, {"at": BEGUN, **about(Settings(), library), "state": encode(state)})
    at = BEGUN + 1.0 + len(np.concatenate((silence(1.0), tones(QUESTION), silence(1.0)))) / SAMPLE_RATE
    ready = EngineReady("cascade", {"vad": "fake-vad", "recogniser": "fake-recogniser"}, "a", "b")
    journal.add(BEGUN + 0.5, ready, ())
    say = [Say(1, ANSWER, VoiceSpec()), EndReply(1)]
    journal.add(at - 0.3, SetMicrophone(True), [ToEngine(command) for command in say])
    journal.add(at, SpeechStarted(1, at, 0.3), ())
    journal.add(at + 3.0, SetMicrophone(True), [ToEngine(CancelSpeech(2))])
    if closed_at is not None:
        journal.add(BEGUN + closed_at, SetMicrophone(True), [ToEngine(SetMicrophone(False))])
    for end, text in turns:
        journal.add(BEGUN + end + 0.5, UserTurn(1, text, BEGUN + end, BEGUN + end, BEGUN + end), ())
    journal.close(BEGUN + 30, "The recording ended.")


def ends() -> list[float]:
    """When the speech of each turn is over, in seconds of the recording."""
    first = 2.0 + len(tones(QUESTION)) / SAMPLE_RATE
    second = first + 3.0 + len(tones(OVER_IT)) / SAMPLE_RATE
    return [first, second, second + 2.0 + len(tones(LAST)) / SAMPLE_RATE]


def replayed(folder: Path, chosen: Parts | None = None) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return replay_audio(folder, lines.append, chosen or parts()), lines


def test_what_was_understood_is_understood_again_and_twice_the_same(tmp_path: Path) -> None:
    record(tmp_path / "r", list(zip(ends(), (QUESTION, OVER_IT, LAST), strict=True)))
    is_same, lines = replayed(tmp_path / "r")
    assert is_same, lines
    assert lines[-1] == "3 of 3 turns are understood as they were."
    assert replayed(tmp_path / "r") == (True, lines)


def test_every_kind_of_difference_is_told(tmp_path: Path) -> None:
    first, _, last = ends()
    record(tmp_path / "r", [(first, "what time was it"), (last, LAST), (last + 5.0, "and more")])
    is_same, lines = replayed(tmp_path / "r")
    assert not is_same
    told = [line.split("s  ", 1)[1] for line in lines if " s  " in line]
    assert told == [
        f"{QUESTION}; recorded: what time was it",
        f"{OVER_IT}; recorded: nothing",
        LAST,
        "nothing; recorded: and more",
    ]
    assert lines[-1] == "1 of 4 turns are understood as they were."


def test_commands_come_at_their_times(tmp_path: Path) -> None:
    first, second, _ = ends()
    record(tmp_path / "r", [(first, QUESTION), (second, OVER_IT)], closed_at=second + 1.5)
    assert replayed(tmp_path / "r")[0]


def test_other_parts_are_named(tmp_path: Path) -> None:
    record(tmp_path / "r", [])
    chosen = parts()
    assert chosen.recogniser is not None
    chosen.recogniser.name = "another"
    _, lines = replayed(tmp_path / "r", chosen)
    assert "The recogniser was fake-recogniser, is another." in lines


def test_without_sound_or_without_parts_it_says_so(tmp_path: Path) -> None:
    record(tmp_path / "r", [])
    with pytest.raises(AssistantError, match="Nothing can be recognised"):
        replayed(tmp_path / "r", replace(parts(), recogniser=None))
    (tmp_path / "r" / SOUND).unlink()
    with pytest.raises(AssistantError, match="no such file"):
        replayed(tmp_path / "r")
    StereoFile(tmp_path / "r" / SOUND)
    with pytest.raises(AssistantError, match="no sound"):
        replayed(tmp_path / "r")
