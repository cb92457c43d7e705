"""The choice of the best speech parts that work here.

A part works when its package is there, its weights are the pinned ones and it loads. The first of its
role that does is taken; the notes tell the user when that is not the first of all, and why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import metadata
from typing import Any, TypeVar

from assistant.engine.protocol import VoiceEngine
from assistant.errors import VoiceError
from assistant.voice.cascade.catalogue import RECOGNISERS, VADS, P_co, Part, Role
from assistant.voice.cascade.larger_voices import voices_in_order
from assistant.voice.cascade.ports import NameRecogniser, Recogniser, Voice, VoiceActivityDetector

_TITLES: dict[Role, str] = {
    "vad": "voice activity detector",
    "recogniser": "speech recogniser",
    "voice": "voice",
}

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PartReport:
    """A part as ``assistant doctor`` shows it; ``reason`` and ``remedy`` are empty when it is present."""

    key: str
    role: Role
    name: str
    version: str
    licence: str
    is_present: bool
    reason: str
    remedy: str
    size_bytes: int


def load_vad(without: Collection[str] = ()) -> tuple[VoiceActivityDetector, tuple[str, ...]]:
    """The best voice activity detector and notes for the user; ``without`` names parts to leave out.

    Raises ``VoiceError`` when none works.
    """
    return _first(VADS, without)


def load_recogniser(without: Collection[str] = ()) -> tuple[Recogniser, tuple[str, ...]]:
    """The best speech recogniser and notes for the user. Raises ``VoiceError`` when none works."""
    return _first(RECOGNISERS, without)


def load_name_recogniser(beside: object, without: Collection[str] = ()) -> NameRecogniser | None:
    """The recogniser to listen for names with: ``beside``, which is loaded, or else the first that can.

    None when there is none. Raises ``VoiceError`` when it does not load.
    """
    if isinstance(beside, NameRecogniser):
        return beside
    for part in RECOGNISERS:
        if part.load_for_names and part.key not in without:
            return _load(part, part.load_for_names)
    return None


def load_voice(
    without: Collection[str] = (), engine: VoiceEngine = "auto", model: str = ""
) -> tuple[Voice, tuple[str, ...]]:
    """The voice that is asked for, else the best, and notes for the user.

    Raises ``VoiceError`` when none works.
    """
    return _first(voices_in_order(engine, model), without)


def describe_parts(engine: VoiceEngine = "auto", model: str = "") -> tuple[PartReport, ...]:
    """Every part, in the order in which it would be taken; loads none of them."""
    return tuple(_report(part) for part in (*VADS, *RECOGNISERS, *voices_in_order(engine, model)))


def _first(parts: tuple[Part[P_co], ...], without: Collection[str]) -> tuple[P_co, tuple[str, ...]]:
    title = _TITLES[parts[0].role]
    allowed = [part for part in parts if part.key not in without]
    if not allowed:
        raise VoiceError(f"Every {title} is switched off.", f"Allow one: {', '.join(p.key for p in parts)}.")
    remedy = allowed[0].remedy
    reasons: list[str] = []
    for part in allowed:
        try:
            loaded = _load(part, part.load)
        except VoiceError as error:
            logger.warning("%s %s: %s", title, part.key, error.message)
            reasons.append(f"{part.name} {error.message}")
            continue
        why = " and ".join(reasons)
        return loaded, (f"The {title} is {part.name}, because {why}. {remedy}",) if reasons else ()
    raise VoiceError(f"No {title} works here: {', '.join(reasons)}.", remedy)


def _load(part: Part[Any], load: Callable[[], T]) -> T:
    part.check()
    try:
        return load()
    # A broken package can fail in any way; whichever it is, the next part takes over.
    except Exception as error:
        logger.exception("%s does not load", part.key)
        raise VoiceError("does not load") from error


def _report(part: Part[object]) -> PartReport:
    reason = ""
    try:
        part.check()
    except VoiceError as error:
        reason = f"{part.name} {error.message}."
    return PartReport(
        key=part.key,
        role=part.role,
        name=part.name,
        version=_version(part.distribution),
        licence=part.licence,
        is_present=not reason,
        reason=reason,
        remedy=part.remedy if reason else "",
        size_bytes=part.weights.size() if part.weights else 0,
    )


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution) if distribution else ""
    except metadata.PackageNotFoundError:
        return ""
