"""Measurements: time line, latency out of two recordings, control stream, records, and a short real run."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.levels import rms
from assistant.audio.transport import Samples
from assistant.bench.control import ControlStream, Lateness, summarise, underruns_without_stalls
from assistant.bench.latency import STAGES, MeasuredTurn, ReportedTurn, measure_turns
from assistant.bench.record import Spread, surroundings, write_record
from assistant.bench.start import LISTENING, _wait_for, run_start
from assistant.bench.timeline import LEAD_S, LOUDNESS, QUESTIONS, SLOT_S, Slot, build_timeline
from assistant.bench.voice import VoiceResult, run_voice, table
from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import EngineError

# --- the user's side ------------------------------------------------------------------------------


def tone(text: str, spec: VoiceSpec) -> Samples:
    """A second of sound between silences, in place of speech."""
    silence = np.zeros(SAMPLE_RATE // 4, np.float32)
    sound = np.sin(np.arange(SAMPLE_RATE) * 0.2).astype(np.float32)
    return np.concatenate((silence, sound, silence))


def test_the_time_line_knows_each_end_to_the_sample() -> None:
    timeline = build_timeline(tone, 12)
    assert len(timeline.samples) == (LEAD_S + 12 * SLOT_S) * SAMPLE_RATE
    assert [slot.question for slot in timeline.slots[10:]] == list(QUESTIONS[:2])
    for number, slot in enumerate(timeline.slots):
        assert (LEAD_S + number * SLOT_S) * SAMPLE_RATE <= slot.start < slot.speech_end < slot.end
        assert rms(timeline.samples[slot.start : slot.speech_end]) == pytest.approx(LOUDNESS, rel=0.02)
        assert 0 < np.abs(timeline.samples[slot.speech_end : slot.end]).max() < 0.01


def test_the_same_seed_gives_the_same_time_line() -> None:
    first, again, other = (build_timeline(tone, 2, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.samples, again.samples)
    assert not np.array_equal(first.samples, other.samples)


# --- latency --------------------------------------------------------------------------------------

SLOT = Slot("What time is it?", start=1_000, speech_end=25_000, end=100_000)


def answers_from(start: int, length: int = 5_000) -> Samples:
    samples = np.zeros(120_000, np.float32)
    samples[start : start + length] = 0.1
    return samples


def test_latency_runs_from_the_last_sample_to_the_first_audible_one() -> None:
    (turn,) = measure_turns([SLOT], answers_from(25_000 + 12_000))
    assert (turn.latency_ms, turn.failure, turn.stages_ms) == (pytest.approx(500.0), "", {})


@pytest.mark.parametrize(
    ("start", "length", "failure"),
    [(110_000, 1_000, "no answer"), (20_000, 1_000, "spoke over the question"), (0, 0, "no answer")],
)
def test_a_question_without_an_answer_of_its_own_is_a_failure(start: int, length: int, failure: str) -> None:
    (turn,) = measure_turns([SLOT], answers_from(start, length))
    assert (turn.latency_ms, turn.failure) == (None, failure)


def test_stages_start_at_the_true_end_and_add_up_to_the_whole() -> None:
    end_s = SLOT.speech_end / SAMPLE_RATE
    of_another_slot = ReportedTurn(9.0, 9.4, 0.1, 0.1, 0.1)
    reported = ReportedTurn(end_s - 0.1, end_s + 0.3, 0.05, 0.01, 0.06)
    (turn,) = measure_turns([SLOT], answers_from(25_000 + 12_000), [of_another_slot, reported])
    assert tuple(turn.stages_ms) == STAGES
    assert list(turn.stages_ms.values()) == pytest.approx([300.0, 50.0, 10.0, 60.0, 80.0])
    assert sum(turn.stages_ms.values()) == pytest.approx(turn.latency_ms)


# --- control stream, records ----------------------------------------------------------------------


def test_the_control_stream_wakes_every_10_ms_and_says_how_late() -> None:
    with ControlStream() as control:
        time.sleep(1.0)
        late = control.stop()
    assert 20 <= late.wakes <= 110 * (os.cpu_count() or 1)
    assert 0.0 <= late.p50 <= late.p99 <= late.max


def test_lateness_is_told_by_its_percentiles() -> None:
    assert summarise([0.001] * 95 + [0.020] * 5) == Lateness(100, 1.0, 20.0, 20.0)
    assert summarise([]) == Lateness(0, 0.0, 0.0, 0.0)


def test_underruns_are_told_apart_from_the_machines_stalls() -> None:
    counted = [(10.0, 0), (15.0, 2), (20.0, 2), (25.0, 7)]
    assert underruns_without_stalls(counted, []) == 7
    assert underruns_without_stalls(counted, [12.0]) == 5
    assert underruns_without_stalls(counted, [19.5]) == 2
    assert underruns_without_stalls(counted, [12.0, 24.9]) == 0
    assert underruns_without_stalls([], [1.0]) == 0


def test_a_record_holds_what_is_needed_to_judge_it(tmp_path: Path) -> None:
    path = write_record("voice", {**surroundings(), "figure": 1}, tmp_path / "new")
    assert path.name.startswith("voice-20")
    record = json.loads(path.read_text())
    assert record["figure"] == 1
    assert record["packages"]["numpy"] == np.__version__
    assert record["cores"] >= 1
    assert record["load_average"] >= 0


def test_a_spread_is_median_95th_and_worst() -> None:
    assert Spread.of(range(101)) == Spread(50.0, 95.0, 100.0)


def test_the_table_names_failures_and_counts_them() -> None:
    answered = MeasuredTurn("A?", 500.0, "", dict.fromkeys(STAGES, 100.0))
    failed = MeasuredTurn("B?", None, "no answer")
    around = {"load_average": 0.5}
    result = VoiceResult((answered, failed), {"vad": "X"}, 300.0, Lateness(1, 0, 1, 2), around, 0.6)
    lines = "\n".join(table(result))
    assert "answered 1 of 2\n  2: B? (no answer)" in lines
    assert "voice-to-voice       500" in lines
    assert "endpoint             100" in lines
    assert result.as_record()["figures_ms"]["voice_to_voice"] == {"p50": 500.0, "p95": 500.0, "max": 500.0}


# --- the real thing -------------------------------------------------------------------------------


@pytest.mark.e2e
def test_two_questions_are_answered_and_measured() -> None:
    told: list[str] = []
    result = run_voice(2, told.append)
    assert result.failures == []
    assert set(result.spreads()) == {"voice_to_voice", *STAGES}
    for turn in result.turns:
        assert turn.latency_ms is not None
        assert 0 < turn.stages_ms["endpoint"] < turn.latency_ms
        # The bound tells a program that answers from one that hangs, not a fast machine from a busy one.
        assert turn.latency_ms < 6_000
    assert result.engine_rss_mb > 50
    assert len(told) == 2
    assert result.as_record()["turns"] == 2


@pytest.mark.e2e
def test_each_kind_of_start_is_measured() -> None:
    starts = run_start(1)
    assert list(starts) == ["help (processor)", "first paint", "listening"]
    assert all(start.median_ms > 1 for start in starts.values())


def test_a_command_that_ends_early_is_not_waited_for(tmp_path: Path) -> None:
    empty = (tmp_path / "output").open("w+b")
    with empty, pytest.raises(EngineError):
        _wait_for(LISTENING, empty.fileno(), 0.0)
