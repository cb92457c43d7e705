"""State in words: phases, stages of latency, devices and health as short texts with a glyph."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.conversation.updates import EngineShown, HealthShown, LatencyShown, Phase, PhaseChanged

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
    """All that status line and details show."""

    phase: PhaseChanged = field(default_factory=lambda: PhaseChanged(Phase.STARTING, microphone_open=False))
    engine: EngineShown | None = None
    latency: LatencyShown | None = None
    health: HealthShown | None = None
    is_recording: bool = False


def phase_text(phase: PhaseChanged) -> str:
    """Such as ``○ listening``."""
    return " ".join(PHASES[phase.phase])


def microphone_text(phase: PhaseChanged) -> str:
    """Whether the microphone is open, and whether push-to-talk holds the turn."""
    if phase.push_to_talk:
        return "▮ your turn"
    return "▮ mic open" if phase.microphone_open else "⊘ mic closed"


def milliseconds(seconds: float) -> str:
    """Such as ``552 ms``."""
    return f"{seconds * 1000:.0f} ms"


def stages(latency: LatencyShown) -> list[tuple[str, float]]:
    """The stages of a spoken turn in their order, in seconds."""
    return [
        ("end of turn", latency.endpoint),
        ("recognition", latency.recognition),
        ("reply", latency.reply),
        ("synthesis", latency.synthesis),
    ]


def stages_text(latency: LatencyShown) -> str:
    """The stages of the last turn in milliseconds, such as ``end 310 · asr 90 · reply 12 · tts 140``."""
    names = ("end", "asr", "reply", "tts")
    return " · ".join(
        f"{name} {seconds * 1000:.0f}" for name, (_, seconds) in zip(names, stages(latency), strict=True)
    )


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
