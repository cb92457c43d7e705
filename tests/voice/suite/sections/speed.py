"""Speed: from the last sample of a question to the first of its answer, in real time."""

from __future__ import annotations

from assistant.bench.voice import run_voice
from tests.voice.suite.report import Figure, Limit, Section, Table

TURNS = 100
SHORT_TURNS = 1


def measure(short: bool) -> Section:
    """``assistant bench voice`` with a hundred questions; its own record keeps each turn."""
    result = run_voice(SHORT_TURNS if short else TURNS)
    spreads = result.spreads()
    whole = spreads["voice_to_voice"]
    count = len(result.turns) - len(result.failures)
    rows = [
        (name.replace("_", "-"), f"{each.p50:.0f}", f"{each.p95:.0f}", f"{each.max:.0f}")
        for name, each in spreads.items()
    ]
    late = result.control_ms
    return Section(
        "speed",
        "Speed: voice to voice",
        (
            Figure("voice-to-voice, median", whole.p50, "ms", count, Limit("≤", 550)),
            Figure("voice-to-voice, 95th percentile", whole.p95, "ms", count, Limit("≤", 900)),
            Figure(
                "questions without a proper answer",
                len(result.failures),
                "",
                len(result.turns),
                Limit("≤", 0),
            ),
        ),
        (Table("By stage, in milliseconds", ("stage", "p50", "p95", "max"), rows),),
        notes=(
            "WAV in place of devices, paced in real time; the scripted brain. scripts/bench_devices adds "
            "what sound devices take.",
            f"An idle process beside it woke {late.p99:.1f} ms late (p99), {late.max:.1f} ms at most; "
            f"load average {result.load_average_at_end} at the end.",
        ),
        surroundings=result.surroundings,
    )
