"""Pictures of the dashboard, compared with those in ``__snapshots__``.

A mismatch is not always a fault: look at ``snapshot_report.html``, and where the new picture is right, take
it with ``pytest tests/snapshots --snapshot-update``. Pictures depend on Textual, Rich and Python, so that
they are compared with the pinned ones only.
"""

from __future__ import annotations

import sys
from importlib import metadata
from itertools import combinations, product
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from assistant.conversation.updates import LevelsShown
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.bridge import Prepared
from assistant.dashboard.look import Look
from assistant.dashboard.widgets.panels import log_panel
from tests.fakes.checks import FakeChecks
from tests.fakes.dashboard_conversation import FakeConversation
from tests.snapshots.pictures import OVERLAYS, SIZES, STATES, THEMES, WORN, Picture, library, pictures

PINNED = (
    sys.platform == "linux"
    and sys.version_info[:2] == (3, 11)
    and (metadata.version("textual"), metadata.version("rich")) == ("8.2.8", "15.0.0")
)


def test_every_two_of_theme_state_size_and_overlay_meet():
    taken = [(each.theme, each.state, each.size, each.overlay) for each in pictures()]
    assert 120 <= len(taken) <= 180
    for (one, values), (other, others) in combinations(enumerate((THEMES, STATES, SIZES, OVERLAYS)), 2):
        met = {(picture[one], picture[other]) for picture in taken}
        assert met == set(product(values, others))


async def welcome(pilot: Pilot[None], *, with_sound: bool) -> None:
    """Until everything was found, and with the sound check made."""
    marks = ["16 million"]
    if with_sound:
        await pilot.press("enter")
        marks.append("cancelled by")
    while not all(mark in shown(pilot) for mark in marks):
        await pilot.pause(0.01)


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(str(each.content) for each in pilot.app.screen.query(Static))


@pytest.mark.skipif(not PINNED, reason="pictures are of Linux, Python 3.11, Textual 8.2.8, Rich 15.0.0")
@pytest.mark.parametrize("picture", pictures(), ids=lambda picture: picture.name)
def test_a_picture(picture: Picture, snap_compare: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log_panel, "clock_time", lambda: "12:00:00")
    now = [0.0]
    conversation = FakeConversation(tuple(picture.updates()))
    look = Look(theme=picture.theme if picture.theme in WORN else "", bell=False)
    checks = FakeChecks() if picture.state == "first run" else None
    app = DashboardApp(
        lambda: Prepared(conversation, library(), picture.persona, look=look, checks=checks),
        clock=lambda: now[0],
    )
    app.animation_level = "none"

    async def prepare(pilot: Pilot[None]) -> None:
        await conversation.running.wait()
        await pilot.pause()
        app.dashboard.prompt.cursor_blink = False
        if picture.state == "first run":
            await welcome(pilot, with_sound=picture.overlay in {"panels", "search"})
        elif picture.overlay in {"help", "personas"} or picture.state != "starting":
            await pilot.press(*OVERLAYS[picture.overlay])
        for step in range(60):
            now[0] = step / 20
            app.show_levels(LevelsShown(-12.0 - step % 17, -120.0))
        for cursor in app.screen.query("Input"):
            cursor.cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause(0.15)
        await pilot.pause()

    assert snap_compare(app, terminal_size=picture.size, run_before=prepare)
