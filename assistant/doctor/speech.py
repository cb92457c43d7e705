"""The speech parts: which would be taken, what stands behind them, and whether they understand each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.doctor.finding import Finding, Status
from assistant.engine.protocol import VoiceEngine
from assistant.errors import VoiceError
from assistant.voice.cascade.parts import PartReport

AREA = "speech"

SENTENCE = "The weather is very nice today."
"""What the voice says to the recogniser; no rare words and no names."""

ENOUGH = 0.6
"""Share of the sentence's words that must come back."""

_SEVERAL = {"vad": "voice activity", "recogniser": "recogniser", "voice": "voice"}


def check_parts(reports: Sequence[PartReport], without: Collection[str] = ()) -> Iterator[Finding]:
    """For each role the part that would be taken, and why a better one is not. Loads none of them."""
    for role, title in _SEVERAL.items():
        yield _check_role(title, [report for report in reports if report.role == role], without)


def _check_role(title: str, parts: Sequence[PartReport], without: Collection[str]) -> Finding:
    usable = [part for part in parts if part.is_present and part.key not in without]
    better = parts[: parts.index(usable[0])] if usable else parts
    missing = [f"{part.name} is switched off." if part.key in without else part.reason for part in better]
    remedy = next((part.remedy for part in better if part.remedy), "")
    if not usable:
        return Finding(AREA, Status.PROBLEM, title, " ".join(missing), remedy or "Allow one in the settings.")
    detail = _describe(usable[0])
    if len(usable) > 1:
        detail += f"; {usable[1].name} would take over"
    if missing:
        detail += f". {' '.join(missing)}"
    # Leaving a part out on purpose is no fault.
    return Finding(AREA, Status.WARNING if remedy else Status.OK, title, detail, remedy)


def _describe(part: PartReport) -> str:
    facts = [part.licence, f"{part.size_bytes / 2**20:.0f} MB of weights" if part.size_bytes else ""]
    return f"{part.name} {part.version}".strip() + f" ({', '.join(fact for fact in facts if fact)})"


def check_speech(
    without: Collection[str] = (), engine: VoiceEngine = "auto", model: str = ""
) -> Iterator[Finding]:
    """Load the parts as the engine does, and let the recogniser write down what the voice says."""
    import numpy as np

    from assistant.audio.resampling import resample
    from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
    from assistant.voice.cascade.parts import load_recogniser, load_vad, load_voice
    from assistant.voice.cascade.ports import RECOGNITION_RATE

    try:
        load_vad(without)
        recogniser, _ = load_recogniser(without)
        voice, _ = load_voice(without, engine, model)
        spoken = np.concatenate(list(voice.synthesise(SENTENCE, VoiceSpec())))
        understood = recogniser.transcribe(resample(spoken, SAMPLE_RATE, RECOGNITION_RATE)).text
    except VoiceError as error:
        yield Finding(AREA, Status.PROBLEM, "trial", error.message, error.remedy)
        return
    yield compare(voice.name, recogniser.name, understood)


def compare(voice: str, recogniser: str, understood: str) -> Finding:
    """Whether enough words of ``SENTENCE`` came back."""
    expected, heard = _words(SENTENCE), _words(understood)
    if len(expected & heard) >= ENOUGH * len(expected):
        return Finding(AREA, Status.OK, "trial", f"{recogniser} understands what {voice} says.")
    detail = f"{voice} said “{SENTENCE}”, {recogniser} understood “{understood}”."
    return Finding(AREA, Status.WARNING, "trial", detail, "Install the packages again: ./scripts/run.")


def _words(text: str) -> set[str]:
    return {word.strip(".,!?").casefold() for word in text.split()}
