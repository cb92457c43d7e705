"""No colours, other glyphs, no motion, and the bell."""

from __future__ import annotations

import pytest

from assistant.conversation.updates import LevelsShown, MessageShown, Phase, PhaseChanged
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.look import GLYPH_SETS, Look
from assistant.dashboard.theming.ascii import to_ascii
from tests.dashboard.stage import stage
from tests.dashboard.test_theming import colours_of
from tests.fakes.scene import jarvis_scene

OPEN = PhaseChanged(Phase.LISTENING, microphone_open=True)
SPEAKING = PhaseChanged(Phase.SPEAKING, microphone_open=True)


async def test_no_color_takes_every_colour_away_and_leaves_every_word(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(tuple(jarvis_scene())) as on:
        strips = on.app.screen._compositor.render_strips()
        for each in on.app._filters:
            strips = [strip.apply_filter(each, on.app.screen.background_colors[1]) for strip in strips]
        for colour in colours_of(strips):
            red, green, blue = (colour[at : at + 2] for at in (1, 3, 5))
            assert red == green == blue
        for word in ("▮ mic open", "▸ speaking", "✓ done", "! 1190", "✓ within"):
            assert word in on.text


@pytest.mark.parametrize("glyphs", sorted(GLYPH_SETS))
async def test_glyph_sets_replace_the_personas_dots(glyphs: str):
    async with stage([OPEN], look=Look(glyphs=glyphs)) as on:  # type: ignore[arg-type]
        for step in range(8):
            on.now[0] = step / 20
            on.app.dashboard.voice.show_levels(LevelsShown(microphone=-8.0, speaker=-30.0))
        await on.pilot.pause()
        row = next(line for line in on.lines if line.strip().startswith(("▮ you", "@ you")))
        assert row[14:24].strip() == GLYPH_SETS[glyphs][-1] * 7


async def test_without_motion_there_is_a_still_meter_and_no_timer():
    async with stage([OPEN], look=Look(motion=False, glyphs="ascii")) as on:
        voice = on.app.dashboard.voice
        voice.show_levels(LevelsShown(microphone=-8.0, speaker=-120.0))
        await on.pilot.pause()
        assert any(line.endswith("@" * 24) for line in on.lines)
        on.now[0] += 5.0
        voice.advance()
        await on.pilot.pause()
        assert any(line.endswith("@" * 24) for line in on.lines)
        voice.show_levels(LevelsShown(microphone=-120.0, speaker=-120.0))
        await on.pilot.pause()
        assert not any("@@" in line for line in on.lines)
        assert voice._timer is not None
        assert not voice._timer._active.is_set()
        assert on.app.animation_level == "none"


@pytest.mark.parametrize(("focused", "bell", "rings"), [(False, True, 1), (True, True, 0), (False, False, 0)])
async def test_the_bell_rings_once_when_it_speaks_to_nobody(
    focused: bool, bell: bool, rings: int, monkeypatch: pytest.MonkeyPatch
):
    rung: list[bool] = []
    monkeypatch.setattr(DashboardApp, "bell", lambda self: rung.append(True))
    async with stage([OPEN], look=Look(bell=bell)) as on:
        on.app.app_focus = focused
        await on.tell(SPEAKING, SPEAKING, MessageShown(1, "assistant", "Hello.", "ada", final=True))
        assert len(rung) == rings


async def test_a_theme_of_the_settings_is_worn_by_all_and_can_be_taken_off():
    async with stage(look=Look(theme="nord")) as on:
        assert on.app.theme == "nord"
        await on.pilot.press(*"/theme own", "enter")
        await on.until(lambda: on.app.theme == "persona-ada")


async def test_ascii_means_all_of_it_and_back():
    script = tuple(jarvis_scene())
    async with stage(script, size=(200, 60), look=Look(glyphs="ascii")) as on:
        for keys in ((), ("f1",), ("f2",)):
            await on.pilot.press(*keys)
            await on.pilot.pause()
            assert on.text.isascii(), [line for line in on.lines if not line.isascii()]
            if keys:
                await on.pilot.press("escape")
        assert "+ done" in on.text
        on.app.use_look(Look())
        await on.until(lambda: "✓ done" in on.text)


def test_letters_of_other_alphabets_are_no_glyphs():
    assert to_ascii("naïve 字 ✓ ⬤ 🙂…") == "naïve 字 + @ **."
