"""The change from one codec object to the next."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable

import pytest

from assistant.voice.moshi.handover import HandOver

MEMORY = 5


class Mortal:
    """Remembers the last frames, and dies like the real one."""

    alive = 20

    def __init__(self) -> None:
        self.heard: list[int] = []

    def __call__(self, frame: int) -> tuple[int, ...]:
        if len(self.heard) == self.alive:
            raise ValueError("narrow invalid args")
        self.heard.append(frame)
        return tuple(self.heard[-MEMORY:])


def test_what_comes_out_is_as_if_one_object_lived_on() -> None:
    handover = HandOver(Mortal, lifetime=Mortal.alive, overlap=8)
    frames = list(range(200))
    expected = [tuple(range(max(0, frame - MEMORY + 1), frame + 1)) for frame in frames]
    assert [handover(frame) for frame in frames] == expected
    assert handover.handovers == 15
    handover.close()


@pytest.mark.parametrize("spent", [1, 10, 12])
def test_two_that_begin_together_hand_over_at_different_times(spent: int) -> None:
    handover = HandOver(Mortal, lifetime=Mortal.alive, overlap=8, spent=spent)
    frames = list(range(Mortal.alive - spent + 1))
    expected = [tuple(range(max(0, frame - MEMORY + 1), frame + 1)) for frame in frames]
    assert [handover(frame) for frame in frames[:-1]] == expected[:-1]
    assert handover.handovers == 0
    assert handover(frames[-1]) == expected[-1]
    assert handover.handovers == 1
    handover.close()


def test_what_comes_after_a_hand_over_finds_the_old_one_gone() -> None:
    alive: list[weakref.ref[Mortal]] = []
    found: queue.Queue[int] = queue.Queue()

    def make() -> Mortal:
        made = Mortal()
        alive.append(weakref.ref(made))
        return made

    def after() -> None:
        found.put(sum(each() is not None for each in alive))

    handover = HandOver(make, lifetime=Mortal.alive, overlap=8, after=after)
    for frame in range(Mortal.alive + 1):
        handover(frame)
    assert found.get(timeout=5) == 1
    handover.close()


def test_too_short_an_overlap_is_heard() -> None:
    handover = HandOver(Mortal, lifetime=Mortal.alive, overlap=2)
    assert [len(handover(frame)) for frame in range(22)][-2:] == [3, 4]
    handover.close()


def test_a_late_successor_is_waited_for_and_counted() -> None:
    ready = threading.Event()
    made: list[Mortal] = []

    def make() -> Callable[[int], tuple[int, ...]]:
        if made:
            ready.wait(5)
        made.append(Mortal())
        return made[-1]

    handover = HandOver(make, lifetime=Mortal.alive, overlap=8)
    for frame in range(Mortal.alive):
        handover(frame)
    threading.Timer(0.05, ready.set).start()
    assert handover(20) == (16, 17, 18, 19, 20)
    assert (handover.handovers, handover.waits) == (1, 1)
    handover.close()


def test_what_the_successor_raises_is_told_when_it_takes_over() -> None:
    made: list[Mortal] = []

    def make() -> Mortal:
        if made:
            raise OSError("the file is gone")
        made.append(Mortal())
        return made[0]

    handover = HandOver(make, lifetime=Mortal.alive, overlap=8)
    for frame in range(Mortal.alive):
        handover(frame)
    with pytest.raises(OSError, match="the file is gone"):
        handover(20)


@pytest.mark.parametrize("overlap", [0, 11, 20])
def test_an_overlap_must_fit(overlap: int) -> None:
    with pytest.raises(ValueError, match="does not fit a lifetime"):
        HandOver(Mortal, lifetime=20, overlap=overlap)


@pytest.mark.parametrize("spent", [-1, 13])
def test_the_next_must_find_time_to_catch_up(spent: int) -> None:
    with pytest.raises(ValueError, match="cannot be spent already"):
        HandOver(Mortal, lifetime=20, overlap=8, spent=spent)
