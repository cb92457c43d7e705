"""Short forms of the sections in the simulated room; the full ones run by ``scripts/voice_suite``."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.voice.suite.sections import bad_input, barge_in, echo


@pytest.mark.parametrize(
    "section", [barge_in, echo, bad_input], ids=lambda section: section.__name__.split(".")[-1]
)
def test_a_few_cases_keep_their_limits(section: ModuleType) -> None:
    figures = section.measure(short=True).figures
    # A percentile of so few cases is its worst one, which may be slow; the full form decides there.
    broken = [figure for figure in figures if not figure.holds and "p95" not in figure.name]
    assert not broken
