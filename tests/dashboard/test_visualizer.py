"""The visualizer in the app: its frames and its rest."""

from __future__ import annotations

from assistant.conversation.updates import LevelsShown, Phase, PhaseChanged
from tests.dashboard.stage import Stage, stage

OPEN = PhaseChanged(Phase.LISTENING, microphone_open=True)
CLOSED = PhaseChanged(Phase.LISTENING, microphone_open=False)


def dots(on: Stage, row: int) -> str:
    return on.app.dashboard.voice.render_line(row).text[12:]


async def play(on: Stage, microphone: float, speaker: float, columns: int) -> None:
    for _ in range(columns):
        on.app.dashboard.voice.show_levels(LevelsShown(microphone, speaker))
        on.now[0] += 1 / 20
        on.app.dashboard.voice.advance()
    await on.pilot.pause()


async def test_both_voices_have_a_row_and_a_colour_of_their_own():
    async with stage([OPEN]) as on:
        await play(on, -8, -120, 3)
        await play(on, -120, -30, 2)
        assert dots(on, 0).rstrip() == "  ⬤⬤⬤"
        assert dots(on, 1).rstrip() == "••"
        voice = on.app.dashboard.voice
        colours = [
            voice.get_component_rich_style(f"voice--{name}").color for name in ("microphone", "assistant")
        ]
        assert colours[0] != colours[1]


async def test_every_cell_carries_the_panels_background():
    async with stage([OPEN]) as on:
        await play(on, -8, -8, 5)
        for row in (0, 1, 5):
            strip = on.app.dashboard.voice.render_line(row)
            assert strip.cell_length == on.app.dashboard.voice.content_size.width
            assert all(segment.style and segment.style.bgcolor for segment in strip)


async def test_a_closed_microphone_draws_nothing_whatever_it_reports():
    async with stage([OPEN]) as on:
        await play(on, -8, -120, 2)
        await on.tell(CLOSED)
        await play(on, -8, -120, 3)
        assert dots(on, 0).rstrip() == "   ⬤⬤"
        assert "⊘ you" in on.text


async def test_the_timer_rests_when_nothing_sounds_and_wakes_for_the_assistant():
    async with stage([CLOSED]) as on:
        voice = on.app.dashboard.voice
        assert voice.at_rest
        assert not voice._timer._active.is_set()
        await play(on, -120, -8, 1)
        assert voice._timer._active.is_set()
        await play(on, -120, -120, 1)
        on.now[0] += 60.0
        voice.advance()
        assert not voice._timer._active.is_set()


async def test_frames_never_lay_the_screen_out_again(monkeypatch):
    async with stage([OPEN]) as on:
        voice = on.app.dashboard.voice
        asked: list[bool] = []
        refresh = voice.refresh
        monkeypatch.setattr(
            voice, "refresh", lambda *regions, **more: asked.append(bool(more)) or refresh(*regions)
        )
        await play(on, -8, -30, 20)
        assert asked
        assert not any(asked)
