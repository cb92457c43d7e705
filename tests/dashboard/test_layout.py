"""What is visible at which size."""

from __future__ import annotations

import pytest

from tests.dashboard.stage import stage
from tests.fakes.scene import jarvis_scene


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)])
async def test_the_essentials_are_there_at_every_size(size: tuple[int, int]):
    async with stage(tuple(jarvis_scene()), size) as on:
        text = on.text
        assert len(on.lines) == size[1]
        assert all(len(line) <= size[0] for line in on.lines)
        for essential in (
            "mic open",
            "▸ speaking",
            "Type here",
            "552 ms",
            "so there is time.",
            "F3",
            "▮ you",
        ):
            assert essential in text


async def test_panels_stand_beside_the_conversation_only_where_there_is_room():
    async with stage(size=(120, 36)) as on:
        side = on.app.dashboard.query_one("#side")
        assert side.display
        await on.pilot.resize_terminal(80, 24)
        await on.until(lambda: not side.display)
