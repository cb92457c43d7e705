"""The colours of a persona."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.strip import Strip

from assistant.conversation.requests import PersonasReloaded
from assistant.conversation.updates import LevelsShown, MessageShown, PersonaChanged, Phase, PhaseChanged
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.remembered import Memory
from assistant.dashboard.screens.themes import ThemeScreen
from assistant.dashboard.theming.theme import GLYPHS, dot_glyphs, named_theme, persona_theme, theme_names
from assistant.errors import PersonaError
from assistant.personas.contrast import contrast
from assistant.personas.load import Library, load_library
from assistant.personas.new import write_new
from assistant.personas.watch import PersonaWatch
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


async def test_personas_are_previewed_and_the_preview_is_taken_back():
    async with stage() as on:
        await on.pilot.press("f2", "down")
        await on.until(lambda: on.app.theme == "persona-bob")
        assert on.app.dashboard.persona.slug == "ada"
        await on.pilot.press("escape")
        await on.until(lambda: on.app.theme == "persona-ada")
        assert on.conversation.requests == []


async def test_a_theme_is_previewed_chosen_and_remembered(tmp_path: Path):
    memory = Memory(tmp_path / "dashboard.json")
    async with stage(memory=memory) as on:
        await on.pilot.press(*"/theme", "enter")
        await on.until(lambda: isinstance(on.app.screen, ThemeScreen))
        await on.pilot.press("down")
        await on.until(lambda: on.app.theme == "high-contrast")
        assert memory.now.theme == ""
        await on.pilot.press("enter")
        await on.until(lambda: memory.now.theme == "high-contrast")
        await on.tell(PersonaChanged("bob"))
        assert on.app.theme == "high-contrast"
        assert "Bob at work" in on.text
    async with stage(memory=Memory(tmp_path / "dashboard.json")) as on:
        assert on.app.theme == "high-contrast"
        await on.pilot.press(*"/theme own", "enter")
        await on.until(lambda: on.app.theme == "persona-ada")


async def test_colours_that_do_not_exist_are_answered_with_the_closest():
    async with stage() as on:
        await on.pilot.press(*"/theme nrod", "enter")
        await on.until(lambda: "Did you mean nord?" in on.text)
        assert on.app.theme == "persona-ada"


@pytest.mark.parametrize("name", theme_names())
def test_every_named_theme_has_what_the_dashboard_needs(name: str):
    theme = named_theme(name)
    assert theme is not None
    assert theme.variables.keys() >= {"muted", "waveform-microphone", "waveform-assistant"}
    theme.to_color_system().generate()


def test_high_contrast_is_what_it_says():
    theme = named_theme("high-contrast")
    assert theme is not None
    colours = [theme.primary, theme.secondary, theme.accent, theme.error, theme.variables["muted"]]
    assert all(contrast(colour, theme.panel) >= 7 for colour in colours)


async def test_persona_files_that_change_appear_and_break_are_followed(tmp_path: Path):
    write(tmp_path / "ada.toml", "Ada", "#0a0a11")
    library = load_library(tmp_path)
    async with stage(watch=PersonaWatch(tmp_path)) as on:
        on.app.personas = library
        await on.tell(PersonaChanged("ada"))
        write(tmp_path / "ada.toml", "Ada", "#0a0a55", "Renewed")
        write(tmp_path / "zoe.toml", "Zoe", "#0a0a33")
        await on.until(lambda: "Renewed" in on.text)
        assert of_persona(grounds(on), "55")
        await on.until(lambda: on.conversation.requests)
        reloaded = on.conversation.requests[-1]
        assert isinstance(reloaded, PersonasReloaded)
        assert {"ada", "zoe"} <= {each["slug"] for each in reloaded.personas}
        (tmp_path / "ada.toml").write_text("name = ")
        await on.until(lambda: any("ada.toml:1: " in each.message for each in on.app._notifications))
        assert of_persona(grounds(on), "55")
        assert on.app.find("zoe") is not None


def write(file: Path, name: str, background: str, tagline: str = "Tagline") -> None:
    made = write_new(name, file.parent / "made")
    text = made.read_text().replace("#10151a", background).replace("One sentence about who this is.", tagline)
    file.write_text(text)
    made.unlink()
