"""The dots' picture, without a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.dashboard.widgets.dots import CEILING_DB, FLOOR_DB, SILENCE_DB, SIZES, DotRow, dot_size

COLUMN = 1 / 20
levels = st.floats(-90, 3)


def test_levels_fall_into_five_equal_bands():
    band = (CEILING_DB - FLOOR_DB) / SIZES
    middles = [FLOOR_DB + band * (size + 0.5) for size in range(SIZES)]
    assert [dot_size(level) for level in middles] == [0, 1, 2, 3, 4]
    assert [dot_size(level) for level in (SILENCE_DB, float("-inf"), float("nan"), FLOOR_DB)] == [0, 0, 0, 0]
    assert [dot_size(level) for level in (CEILING_DB, 0.0, 3.0)] == [4, 4, 4]


@given(st.floats(-200, 10), st.floats(0, 100))
def test_louder_is_never_smaller(level: float, more: float):
    assert dot_size(level + more) >= dot_size(level)


@given(st.lists(levels, min_size=1, max_size=60), st.integers(2, 80), st.floats(0, 1e6))
def test_each_column_moves_the_row_one_to_the_right(heard: list[float], width: int, start: float):
    row = DotRow(start)
    for step, level in enumerate(heard):
        row.hear(level, start + step * COLUMN)
        before = row.row(width)
        row.advance(start + (step + 1) * COLUMN)
        after = row.row(width)
        assert after[1:] == before[:-1]
        assert after[0] == dot_size(level)


def test_a_rising_voice_gives_one_exact_row():
    row = DotRow(0.0)
    for step, level in enumerate(range(-60, 0, 5)):
        row.hear(level, step * COLUMN)
        row.advance((step + 1) * COLUMN)
    assert row.row(14) == [4, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0, 0]


@given(st.lists(st.floats(0, 0.4), max_size=40), levels)
def test_the_picture_depends_on_time_and_not_on_frames(pauses: list[float], level: float):
    """Many frames or one: after the same time the same dots stand in the same places."""
    smooth, stalled = DotRow(0.0), DotRow(0.0)
    smooth.hear(level, 0.0)
    stalled.hear(level, 0.0)
    now = 0.0
    for pause in pauses:
        now += pause
        smooth.advance(now)
    stalled.advance(now)
    assert smooth.row(100) == stalled.row(100)


def test_a_stalled_second_changes_nothing_but_time():
    row = DotRow(0.0)
    for step, level in enumerate((-10.0, -30.0, -50.0, -20.0)):
        row.hear(level, step * COLUMN)
        row.advance((step + 1) * COLUMN)
    before = row.row(40)
    row.advance(4 * COLUMN + 1.0)
    assert row.row(60)[20:] == before
    assert set(row.row(20)) == {dot_size(-20.0)}


def test_levels_that_come_late_do_not_repaint_the_time_before_them():
    row = DotRow(0.0)
    row.hear(-80.0, 0.0)
    row.hear(-6.0, 1.0)
    row.advance(1.0 + COLUMN)
    assert row.row(21) == [4] + [0] * 20


def test_the_loudest_of_two_reports_within_a_column_counts():
    row = DotRow(0.0)
    row.hear(-6.0, 0.01)
    row.hear(-80.0, 0.02)
    row.advance(COLUMN)
    assert row.row(1) == [4]


def test_silence_neither_moves_nor_needs_frames():
    row = DotRow(0.0)
    assert not row.advance(3.0)
    assert row.at_rest
    row.hear(-6.0, 3.0)
    assert not row.at_rest


def test_what_has_drifted_out_is_forgotten():
    row = DotRow(0.0, capacity=10)
    row.hear(-6.0, 0.0)
    row.advance(COLUMN)
    row.hear(SILENCE_DB, COLUMN)
    row.advance(60.0)
    assert row.at_rest
    assert row.row(20) == [0] * 20
