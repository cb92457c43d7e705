"""Persona files that change while the program runs, and files that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.errors import PersonaError
from assistant.personas.load import load_file, load_library
from assistant.personas.new import slug_of, write_new
from assistant.personas.watch import PersonaWatch


def test_nothing_is_read_again_while_nothing_changes(tmp_path: Path) -> None:
    watch = PersonaWatch(tmp_path)
    assert watch.poll(load_library(tmp_path), "default") is None


def test_a_file_that_breaks_keeps_what_it_was_until_it_is_mended(tmp_path: Path) -> None:
    file = write_new("Marvin", tmp_path)
    library, watch = load_library(tmp_path), PersonaWatch(tmp_path)
    good = file.read_text()
    file.write_text(good.replace("#dfe7ee", "#333333"))
    broken = watch.poll(library, "default")
    assert broken is not None
    assert broken.get("marvin") == library.get("marvin")
    assert [error.line for error in broken.failed] == [good.splitlines().index('text = "#dfe7ee"') + 1]
    file.write_text(good.replace("One sentence", "One other sentence"))
    mended = watch.poll(broken, "default")
    assert mended is not None
    assert not mended.failed
    assert mended.get("marvin").tagline.startswith("One other")  # type: ignore[union-attr]


def test_a_file_that_goes_takes_its_persona_unless_it_is_the_one_that_answers(tmp_path: Path) -> None:
    file = write_new("Marvin", tmp_path)
    library, watch = load_library(tmp_path), PersonaWatch(tmp_path)
    text = file.read_text()
    file.unlink()
    kept = watch.poll(library, "marvin")
    assert kept is not None
    assert kept.get("marvin") is not None
    file.write_text(text)
    library = watch.poll(kept, "default") or library
    file.unlink()
    gone = watch.poll(library, "default")
    assert gone is not None
    assert gone.get("marvin") is None


def test_a_persona_of_ones_own_that_replaced_a_shipped_one_gives_it_back(tmp_path: Path) -> None:
    library, watch = load_library(tmp_path), PersonaWatch(tmp_path)
    file = write_new("TARS", tmp_path)
    replaced = watch.poll(library, "default")
    assert replaced is not None
    assert replaced.get("tars") != library.get("tars")
    file.unlink()
    assert watch.poll(replaced, "default") == library


@pytest.mark.parametrize(
    ("name", "slug"), [("HAL 9000", "hal_9000"), ("Zoë", "zoe"), ("  R2-D2! ", "r2_d2"), ('Q "x"', "q_x")]
)
def test_a_new_persona_works_at_once(name: str, slug: str, tmp_path: Path) -> None:
    file = write_new(name, tmp_path / "themes")
    assert file.name == f"{slug}.toml"
    assert load_file(file).name == name.strip()


@pytest.mark.parametrize("name", ["!!!", "{user}"])
def test_a_name_that_makes_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PersonaError):
        write_new(name, tmp_path)


def test_a_persona_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    write_new("Marvin", tmp_path)
    with pytest.raises(PersonaError, match="there already"):
        write_new("marvin", tmp_path)
    assert slug_of("Marvin") == "marvin"


def test_the_command_makes_checks_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_THEMES_DIR", str(tmp_path))
    run = CliRunner().invoke
    made = run(app, ["personas", "new", "Marvin"])
    assert made.exit_code == 0
    assert str(tmp_path / "marvin.toml") in made.stdout
    assert run(app, ["personas", "check"]).stdout == "Every persona file is fine.\n"
    assert "Marvin is fine." in run(app, ["personas", "check", str(tmp_path / "marvin.toml")]).stdout
    (tmp_path / "marvin.toml").write_text("nome = 1\n")
    broken = run(app, ["personas", "check", str(tmp_path / "marvin.toml")])
    assert broken.exit_code == 1
    assert "marvin.toml:1: " in broken.output
    assert run(app, ["personas", "check"]).exit_code == 1
