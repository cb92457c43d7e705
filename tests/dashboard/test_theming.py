"""The colours of a persona."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.strip import Strip

from assistant.conversation.updates import LevelsShown, MessageShown, PersonaChanged, Phase, PhaseChanged
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.theming.theme import GLYPHS, dot_glyphs, persona_theme
from assistant.errors import PersonaError
from assistant.personas.load import Library, load_library
from tests.dashboard.stage import Stage, stage
from tests.fakes.personas import ADA, BOB, fake_persona


@pytest.mark.parametrize("persona", load_library().personas, ids=lambda persona: persona.slug)
def test_every_shipped_persona_makes_a_theme(persona):
    theme = persona_theme(persona)
    assert theme.background == persona.colours.background
    assert theme.variables["waveform-assistant"] == persona.waveform.assistant


def test_a_colour_that_cannot_be_parsed_is_refused_before_it_is_worn():
    broken = ADA.model_copy(update={"colours": ADA.colours.model_copy(update={"accent": "#nonsense"})})
    with pytest.raises(PersonaError, match="Ada"):
        persona_theme(broken)


def test_a_glyph_wider_than_a_cell_is_replaced():
    wide = ADA.model_copy(
        update={"waveform": ADA.waveform.model_copy(update={"glyphs": (" ", ".", "o", "O", "字")})}
    )
    assert dot_glyphs(wide) == GLYPHS
    assert dot_glyphs(ADA) == ADA.waveform.glyphs


def grounds(on: Stage) -> set[str]:
    """Every background on the screen."""
    return colours_of(on.app.screen._compositor.render_strips())


def colours_of(strips: list[Strip]) -> set[str]:
    styles = [
        segment.style for strip in strips for segment in strip if segment.style and segment.style.bgcolor
    ]
    return {Color.from_rich_color(style.bgcolor).hex.lower() for style in styles}


def of_persona(colours: set[str], hue: str) -> set[str]:
    return {colour for colour in colours if colour.endswith(hue)}


async def test_the_first_persona_is_worn_at_once():
    async with stage() as on:
        assert on.app.theme == "persona-ada"
        assert of_persona(grounds(on), "11")


async def test_no_paint_mixes_two_personas(monkeypatch: pytest.MonkeyPatch):
    paints: list[tuple[set[str], str]] = []
    display = DashboardApp._display

    def spy(app, screen, renderable):
        display(app, screen, renderable)
        strips = screen._compositor.render_strips()
        paints.append((colours_of(strips), "\n".join(strip.text for strip in strips)))

    async with stage([MessageShown(n, "user", f"{n}", "ada", final=True) for n in range(30)]) as on:
        await on.tell(PhaseChanged(Phase.SPEAKING, microphone_open=True))
        monkeypatch.setattr(DashboardApp, "_display", spy)
        for slug in ("bob", "ada", "bob"):
            on.conversation.tell(LevelsShown(-10, -10), PersonaChanged(slug), LevelsShown(-20, -20))
            await on.until(lambda slug=slug: on.app.dashboard.persona.slug == slug)
            on.now[0] += 0.5
            await on.pilot.pause()
    assert paints
    for colours, text in paints:
        ada, bob = of_persona(colours, "11"), of_persona(colours, "77")
        assert not (ada and bob)
        assert ("Bob at work" in text) == bool(bob)
        assert ("Ada at work" in text) == bool(ada)


async def test_a_persona_file_that_changed_is_worn_anew():
    async with stage() as on:
        renewed = fake_persona("ada", "Ada", "55")
        on.app.personas = Library((renewed, BOB))
        await on.tell(PersonaChanged("ada"))
        assert of_persona(grounds(on), "55")
        assert not of_persona(grounds(on), "11")


async def test_a_broken_theme_leaves_the_old_one_and_says_so():
    async with stage() as on:
        broken = BOB.model_copy(update={"colours": BOB.colours.model_copy(update={"text": "#zz"})})
        on.app.personas = Library((ADA, broken))
        await on.tell(PersonaChanged("bob"))
        assert on.app.theme == "persona-ada"
        assert "cannot be used" in on.text


async def test_an_unknown_persona_changes_nothing():
    async with stage() as on:
        await on.tell(PersonaChanged("nobody"))
        assert on.app.theme == "persona-ada"
