"""Rings: nothing is lost or reordered that the policy does not drop."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.ring import Ring

steps = st.lists(st.tuples(st.sampled_from(["write", "read", "skip"]), st.integers(0, 16)), max_size=60)


def numbered(start: int, count: int) -> np.ndarray:
    return np.arange(start, start + count, dtype=np.float32)


@given(steps)
def test_bounded_ring_gives_back_exactly_what_it_took(plan):
    ring, taken, given_back = Ring(16), 0, 0
    for action, count in plan:
        if action == "write":
            accepted = ring.write(numbered(taken, count))
            assert accepted == min(count, 16 - (taken - given_back))
            taken += accepted
        elif action == "read":
            samples = ring.read(count)
            assert np.array_equal(samples, numbered(given_back, min(count, taken - given_back)))
            given_back += len(samples)
        else:
            given_back += ring.skip_to(given_back + count)
        assert ring.queued == taken - given_back
        assert ring.free == 16 - ring.queued
        assert ring.dropped == 0


@given(steps)
def test_overwriting_ring_keeps_the_newest_and_counts_the_rest(plan):
    ring, written = Ring(16, overwrites=True), 0
    for action, count in plan:
        if action == "write":
            assert ring.write(numbered(written, count)) == count
            written += count
        else:
            before = ring.position
            oldest = max(before, written - 16)
            samples = ring.read(count)
            assert np.array_equal(samples, numbered(oldest, min(count, written - oldest)))
            assert ring.position == oldest + len(samples)
        assert ring.queued == min(16, written - ring.position)


def test_a_block_larger_than_the_ring_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        Ring(8).write(numbered(0, 9))


@pytest.mark.parametrize("overwrites", [False, True])
def test_producer_and_consumer_may_run_in_two_threads(overwrites):
    ring, total, block = Ring(960, overwrites=overwrites), 480_000, 240
    done = threading.Event()

    def produce():
        sent = 0
        while sent < total:
            sent += ring.write(numbered(sent, min(block, total - sent)))
        done.set()

    producer = threading.Thread(target=produce)
    producer.start()
    pieces = []
    while not done.is_set() or ring.queued:
        start, piece = ring.position, ring.read(100)
        if len(piece):
            start = ring.position - len(piece)
            assert np.array_equal(piece, numbered(start, len(piece)))
            pieces.append(len(piece))
    producer.join()
    assert sum(pieces) + ring.dropped == total
    assert overwrites or ring.dropped == 0
