"""The voice suite's section on persona switches, in its short form: two voices, no further packages."""

from __future__ import annotations

import pytest

from tests.voice.suite.sections.switches import measure


@pytest.mark.timeout(300)
def test_personas_are_changed_by_voice_and_not_by_accident():
    section = measure(short=True)
    assert {figure.name: figure.value for figure in section.figures if not figure.holds} == {}
    assert sum(figure.count for figure in section.figures) >= 40
