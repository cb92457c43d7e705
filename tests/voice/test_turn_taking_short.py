"""The short forms of the suite's sections on turns: pauses waited through, noise that is no turn."""

from __future__ import annotations

from tests.voice.suite.sections import noise, patience


def test_thinking_pauses_are_waited_through() -> None:
    section = patience.measure(short=True)
    cut_off, wait, *_ = section.figures
    assert cut_off.count >= 8
    # One of so few may be a sentence that could have been over at its pause.
    assert cut_off.value <= 100 / cut_off.count, section.notes
    assert wait.value < 900


def test_noise_opens_at_most_one_turn_and_runs_no_tool() -> None:
    section = noise.measure(short=True)
    assert all(figure.holds for figure in section.figures), section
