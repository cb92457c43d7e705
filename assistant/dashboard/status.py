"""State in words: phases, stages of latency, devices and health as short texts with a glyph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.conversation.updates import (
    EngineShown,
    FrameTimesShown,
    HealthShown,
    LatencyShown,
    Phase,
    PhaseChanged,
)
from assistant.dashboard.latency import STAGES, stage_seconds

TURNS_KEPT = 20

PHASES = {
    Phase.STARTING: ("◌", "starting"),
    Phase.LISTENING: ("○", "listening"),
    Phase.HEARING: ("●", "hearing you"),
    Phase.THINKING: ("◍", "thinking"),
    Phase.SPEAKING: ("▸", "speaking"),
    Phase.ASLEEP: ("☾", "asleep"),
    Phase.DOWN: ("✗", "engine down"),
}
"""Glyph and text for every phase."""


@dataclass(frozen=True, slots=True)
class Status:
    """All that status line and panels show."""

    phase: PhaseChanged = field(default_factory=lambda: PhaseChanged(Phase.STARTING, microphone_open=False))
    engine: EngineShown | None = None
    turns: tuple[LatencyShown, ...] = ()
    """The last spoken turns, the newest at the end."""
    health: HealthShown | None = None
    frames: FrameTimesShown | None = None
    """What a full-duplex engine's stages take."""
    is_recording: bool = False

    @property
    def latency(self) -> LatencyShown | None:
        """The newest spoken turn."""
        return self.turns[-1] if self.turns else None

    def with_turn(self, latency: LatencyShown) -> Status:
        """One turn more; of old ones only the last ``TURNS_KEPT`` stay."""
        return replace(self, turns=(*self.turns[1 - TURNS_KEPT :], latency))


def phase_text(phase: PhaseChanged) -> str:
    """Such as ``○ listening``; nobody listens through a closed or missing microphone."""
    glyph, word = PHASES[phase.phase]
    is_deaf = phase.phase is Phase.LISTENING and not phase.microphone_open
    return f"{glyph} {'ready' if is_deaf else word}"


def microphone_text(phase: PhaseChanged, engine: EngineShown | None) -> str:
    """Whether there is a microphone, whether it is open, and whether push-to-talk holds the turn."""
    if phase.push_to_talk:
        return "▮ your turn"
    if phase.microphone_open:
        return "▮ mic open"
    return "⊘ no microphone" if engine and not engine.input_device else "⊘ mic closed"


def invitation(phase: PhaseChanged) -> str:
    """What the empty input line says; while the engine starts, nobody knows yet that it is deaf."""
    can_talk = phase.microphone_open or phase.phase is Phase.STARTING
    return "Type here, or just talk" if can_talk else "Type here"


def milliseconds(seconds: float) -> str:
    """Such as ``552 ms``."""
    return f"{seconds * 1000:.0f} ms"


def stages_text(latency: LatencyShown) -> str:
    """The stages of a turn in milliseconds, such as ``end 310 · asr 90 · reply 12 · tts 140 · out 0``."""
    stages = zip(STAGES, stage_seconds(latency), strict=True)
    return " · ".join(f"{short} {seconds * 1000:.0f}" for (short, *_), seconds in stages)


def frames_text(frames: FrameTimesShown) -> str:
    """A full-duplex frame by stage at its 95th percentile, such as ``frame 46 · 8 · 45 of 80 ms``."""
    stages = " · ".join(f"{p95 * 1000:.0f}" for _, p95 in (frames.encode, frames.step, frames.decode))
    late = f", {frames.dropped} lost" if frames.dropped else ""
    return f"frame {stages} of 80 ms{late}"


def health_text(health: HealthShown) -> str:
    """Whether audio runs cleanly, with glyph."""
    lost = health.underruns + health.dropped_blocks
    return "✓ audio clean" if lost == 0 else f"! {lost} audio gap{'s' if lost > 1 else ''}"


def echo_text(health: HealthShown) -> str:
    """How much of its echo is cancelled and how late it comes, such as ``echo −37 dB, 84 ms``."""
    if health.erle is None:
        return "echo not measured"
    late = "" if health.echo_delay_s is None else f", {milliseconds(health.echo_delay_s)}"
    return f"echo −{health.erle:.0f} dB{late}"


def device_text(name: str) -> str:
    """A device's name, or that there is none."""
    return name or "none"


def has_sound(status: Status) -> bool:
    """Whether there is a microphone or a speaker; until the engine has looked, there may be."""
    return status.engine is None or bool(status.engine.input_device or status.engine.output_device)
