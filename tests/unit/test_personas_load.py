"""Reading persona files: what is wrong with a broken one is told with file and line, and the rest stays."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from assistant.errors import PersonaError
from assistant.personas import load
from assistant.personas.contrast import contrast
from assistant.personas.load import PersonaFileError, load_file, load_library, shipped_folder
from assistant.personas.model import Colours, EmbeddedVoice, Lines, MoshiVoice, Persona, Reply, Waveform

GOOD = (shipped_folder() / "default.toml").read_text(encoding="utf-8").replace('"Nova"', '"Vega"', 1)


def write(folder: Path, text: str, name: str = "vega.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_a_file_becomes_a_persona_with_the_files_name_as_slug(tmp_path: Path):
    persona = load_file(write(tmp_path, GOOD))
    assert (persona.slug, persona.name, persona.say_name) == ("vega", "Vega", "Vega")


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('text = "#e4e8ee"', 'text = "grey"', "text = ", "colours.text: must be a colour such as #1a2b3c"),
        ('text = "#e4e8ee"', 'text = "#33373d"', "text = ", "colours.text: contrast with background is 1.5"),
        ("speed = 1.0", "speed = 9.5", "speed = ", "voices.embedded.speed: input should be less than"),
        (
            "formants = 1.0",
            "formants = 0.5",
            "formants = ",
            "voices.embedded.formants: input should be greater",
        ),
        ("speed = 1.0", 'speed = "fast"', "speed = ", "voices.embedded.speed: must be a number"),
        ("effects = []", 'effects = [\n  "ring",\n  "gargle",\n]', '  "gargle"', "voices.embedded.effects: "),
        ("dark = true", 'dark = "sometimes"', "dark = ", "colours.dark: must be true or false"),
        ('tagline = "', 'tag_line = "', "tag_line = ", "tag_line: is not a known key"),
        ('glyph = "◆"', 'glyph = "龍"', "glyph = ", "glyph: must be one character that is one column wide"),
        ('says = ["Good morning', 'say = ["Good morning', "say = ", "replies.say: is not a known key"),
        ('"All right."', '"All right, {boss}."', "acknowledge = ", "lines.acknowledge: unknown field {boss}"),
        ('"All right."', '"All right {."', "acknowledge = ", "lines.acknowledge: "),
        ('"Let me see. {fact}"', '"Let me see."', "fact = ", "lines.fact: every line must name {fact}"),
        ('aliases = ["Assistant"', 'aliases = ["", "Assistant"', "aliases = ", "aliases: must not be empty"),
    ],
)
def test_a_broken_value_is_told_with_its_line(tmp_path: Path, old: str, new: str, place: str, reason: str):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    path = write(tmp_path, text)
    with pytest.raises(PersonaFileError) as caught:
        load_file(path)
    assert caught.value.line == line_of(text, place)
    assert caught.value.reason.startswith(reason)
    assert str(caught.value).startswith(f"{path}:{caught.value.line}: ")


def test_a_file_does_not_name_its_own_slug(tmp_path: Path):
    with pytest.raises(PersonaFileError, match=r"vega.toml:2: slug: is given by the file's name"):
        load_file(write(tmp_path, GOOD.replace("\n", '\nslug = "x"\n', 1)))


def test_a_missing_key_is_told_at_its_table(tmp_path: Path):
    text = GOOD.replace('primary = "#7fb4d6"\n', "", 1)
    with pytest.raises(PersonaFileError) as caught:
        load_file(write(tmp_path, text))
    assert (caught.value.line, caught.value.reason) == (
        line_of(text, "[colours]"),
        "colours.primary: is missing",
    )


def test_keys_inside_a_long_string_are_not_taken_for_keys(tmp_path: Path):
    text = GOOD.replace("You speak plainly", "[colours]\ntext = 3\nYou speak plainly", 1)
    text = text.replace('text = "#e4e8ee"', 'text = "grey"', 1)
    with pytest.raises(PersonaFileError) as caught:
        load_file(write(tmp_path, text))
    assert text.splitlines()[caught.value.line - 1] == 'text = "grey"'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "A"\ntagline = \n', 2),
        ('name = "A\n', 1),
        ('name = "A"\nname = "B"\n', 2),
        ('a = """\n\n\nend', 4),
    ],
)
def test_a_syntax_error_is_told_with_its_line(tmp_path: Path, text: str, line: int):
    with pytest.raises(PersonaFileError) as caught:
        load_file(write(tmp_path, text))
    assert caught.value.line == line
    assert caught.value.reason


def test_what_is_no_text_or_no_file_is_told(tmp_path: Path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PersonaFileError, match="UTF-8"):
        load_file(binary)
    with pytest.raises(PersonaFileError, match="cannot be read"):
        load_file(tmp_path / "gone.toml")
    with pytest.raises(PersonaFileError, match="file's name may hold only"):
        load_file(write(tmp_path, GOOD, "My Vega.toml"))


def test_a_file_error_survives_pickling():
    error = pickle.loads(pickle.dumps(PersonaFileError("a.toml", 3, "name: is missing")))
    assert (error.file, error.line, error.reason) == ("a.toml", 3, "name: is missing")
    assert str(error) == "a.toml:3: name: is missing. Correct the file; until then it is left out."


def test_the_users_file_replaces_the_shipped_one_and_adds_others(tmp_path: Path):
    write(tmp_path, GOOD.replace('"Vega"', '"Jeeves"', 1), "jarvis.toml")
    write(tmp_path, GOOD)
    library = load_library(tmp_path)
    assert library.failed == ()
    assert library.get("jarvis").name == "Jeeves"
    assert {"Vega", "Jeeves", "Nova"} <= set(library.names)
    assert library.get("nobody") is None


def test_a_broken_file_of_the_user_leaves_the_shipped_one(tmp_path: Path):
    write(tmp_path, "name = ", "jarvis.toml")
    library = load_library(tmp_path)
    assert library.get("jarvis").name == "JARVIS"
    assert [Path(error.file).name for error in library.failed] == ["jarvis.toml"]


def test_a_name_belongs_to_one_persona_only(tmp_path: Path):
    text = GOOD.replace('"Vega"', '"glados"', 1)
    write(tmp_path, text)
    library = load_library(tmp_path)
    (error,) = library.failed
    assert (error.line, error.reason) == (1, "name: glados is the name of glados.toml too")
    assert library.get("vega") is None


def test_without_any_persona_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(load, "shipped_folder", lambda: tmp_path)
    with pytest.raises(PersonaError, match="No persona file was found"):
        load_library(tmp_path / "missing")
    write(tmp_path, "name = ")
    with pytest.raises(PersonaError, match=r"vega\.toml:1: "):
        load_library()


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#000000", 5.25),
    ],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float):
    assert contrast(first, second) == contrast(second, first) == pytest.approx(ratio, abs=0.01)


def test_the_persona_in_the_manual_works_and_every_key_is_explained(tmp_path: Path):
    manual = (Path(__file__).parents[2] / "docs" / "personas.md").read_text(encoding="utf-8")
    example = manual.split("```toml\n")[1].split("```")[0]
    assert load_file(write(tmp_path, example, "marvin.toml")).name == "Marvin"
    models = (Persona, Lines, Reply, EmbeddedVoice, MoshiVoice, Colours, Waveform)
    keys = {key for model in models for key in model.model_fields} - {"slug", "voices", "colours", "waveform"}
    assert [key for key in sorted(keys) if f"`{key}`" not in manual and f"[{key}" not in manual] == []
