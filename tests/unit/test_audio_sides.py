"""The callbacks: gain, fading, what counts as heard, what the microphone keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.sides import AHEAD_S, CaptureSide, PlaybackSide

RATE = 24_000
AHEAD = int(RATE * AHEAD_S)


def pull(side: PlaybackSide, count: int = 480) -> np.ndarray:
    out = np.full(count, np.nan, dtype=np.float32)
    side.pull(out, underflowed=False)
    assert np.isfinite(out).all()
    return out


def ones(count: int) -> np.ndarray:
    return np.ones(count, dtype=np.float32)


def test_speech_is_passed_on_untouched_and_silence_follows_it():
    side = PlaybackSide(RATE)
    speech = np.linspace(-1, 1, 700, dtype=np.float32)
    side.write(speech)
    heard = np.concatenate((pull(side), pull(side)))
    assert np.array_equal(heard[:700], speech)
    assert not heard[700:].any()
    assert side.consumed == 700


def test_the_reference_is_what_was_played_after_the_gain():
    side = PlaybackSide(RATE)
    side.set_gain(0.5, 0.0)
    side.write(ones(600))
    played = np.concatenate((pull(side), pull(side)))
    assert np.array_equal(side.played.read(960), played)
    assert played[100] == pytest.approx(0.5)


def test_gain_moves_along_a_line_and_stays():
    side = PlaybackSide(RATE)
    side.write(ones(4800))
    side.set_gain(0.2, 0.05)
    heard = np.concatenate([pull(side) for _ in range(5)])
    ramp = heard[:1200]
    assert np.allclose(np.diff(ramp), -0.8 / 1200, atol=1e-4)
    assert np.allclose(heard[1200:], 0.2, atol=1e-6)
    side.set_gain(1.0, 0.0)
    assert np.allclose(pull(side), 1.0)


def test_discarded_speech_fades_within_80_ms_and_new_speech_is_whole():
    side = PlaybackSide(RATE)
    side.write(ones(AHEAD))
    pull(side)
    side.discard()
    new = -np.ones(2000, dtype=np.float32)
    side.write(new)
    heard = np.concatenate([pull(side) for _ in range(10)])
    start = int(np.argmax(heard < -0.5))
    assert start == pytest.approx(0.08 * RATE, abs=2)
    assert (np.diff(heard[:start]) <= 1e-6).all()
    assert heard[start - 1] < 0.01
    assert np.array_equal(heard[start : start + 2000], new)


def test_discarded_speech_is_never_counted_and_makes_room_at_once():
    side = PlaybackSide(RATE)
    side.write(ones(AHEAD))
    pull(side)
    side.discard()
    assert side.writable() == AHEAD
    assert side.consumed == 480
    side.write(ones(1000))
    pull(side)
    assert side.consumed == 480, "what fades out does not count"
    for _ in range(6):
        pull(side)
    assert side.consumed == 480 + 1000


def test_a_gain_set_after_discarding_leaves_the_fading_alone():
    side = PlaybackSide(RATE, gain=0.25)
    side.write(ones(AHEAD))
    side.discard()
    side.set_gain(1.0, 0.0)
    side.write(ones(2000))
    heard = np.concatenate([pull(side) for _ in range(6)])
    assert heard[:479].max() <= 0.2501
    assert np.allclose(heard[485:2480], 1.0)


def test_discarding_less_than_80_ms_still_ends_in_silence():
    side = PlaybackSide(RATE)
    side.write(ones(960))
    side.discard()
    heard = np.concatenate([pull(side) for _ in range(3)])
    assert heard[959] < 0.01
    assert not heard[960:].any()


@given(st.lists(st.tuples(st.sampled_from(["write", "pull", "discard"]), st.integers(1, 900)), max_size=80))
def test_consumed_never_falls_and_ends_at_what_was_accepted(plan):
    side, before = PlaybackSide(RATE), 0
    for action, count in plan:
        if action == "write":
            side.write(ones(min(count, side.writable())))
        elif action == "pull":
            pull(side, count)
        else:
            side.discard()
        assert before <= side.consumed <= side.accepted
        assert 0 <= side.writable() <= AHEAD
        before = side.consumed
    for _ in range(2 * AHEAD // 480 + 1):
        pull(side)
    assert side.consumed == side.accepted


@pytest.mark.parametrize("rate", [48_000, 44_100, 16_000])
def test_at_another_rate_all_that_was_written_is_consumed(rate):
    side, left = PlaybackSide(rate), 30_000
    while side.consumed < 30_000:
        count = min(left, side.writable())
        side.write(ones(count))
        left -= count
        pull(side, rate // 50)
    assert side.consumed == side.accepted == 30_000
    assert side.played.written / rate == pytest.approx(30_000 / RATE, abs=0.03)


def test_an_underflow_and_a_late_callback_over_speech_are_counted(monkeypatch):
    side, now = PlaybackSide(RATE, latency_s=0.06), [100.0]
    monkeypatch.setattr("assistant.audio.sides.time.monotonic", lambda: now[0])
    side.write(ones(AHEAD))
    for gap in (0.02, 0.02, 0.5, 0.02):
        now[0] += gap
        pull(side)
    assert side.underruns == 1
    side.pull(np.empty(480, dtype=np.float32), underflowed=True)
    assert side.underruns == 2


def test_late_callbacks_over_silence_are_nobodys_loss(monkeypatch):
    side, now = PlaybackSide(RATE, latency_s=0.06), [100.0]
    monkeypatch.setattr("assistant.audio.sides.time.monotonic", lambda: now[0])
    for _ in range(3):
        now[0] += 1.0
        pull(side)
    assert side.underruns == 0


def test_a_closed_microphone_keeps_time_but_no_sample():
    side = CaptureSide(RATE)
    side.push(ones(480), overflowed=False)
    side.is_open = False
    side.push(ones(480), overflowed=True)
    kept = side.ring.read(960)
    assert kept[:480].all()
    assert not kept[480:].any()
    assert side.overruns == 1
    assert side.stamp[0] == 960
