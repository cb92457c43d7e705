"""The settings as rows, and changes to the settings file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config.editor import SettingsEditor, literal, with_value
from assistant.config.settings import Settings
from assistant.errors import ConfigError

FILE = """# mine
volume = 0.3  # quiet
persona = "TARS"

[keys]
talk = "f6"
"""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"ASSISTANT_{field.upper()}", raising=False)


@pytest.fixture
def editor(tmp_path: Path) -> SettingsEditor:
    file = tmp_path / "config.toml"
    file.write_text(FILE)
    return SettingsEditor({"log_level": "debug"}, file)


def test_every_setting_is_a_row_with_its_origin(editor: SettingsEditor) -> None:
    rows = {row.name: row for row in editor.rows()}
    assert list(rows) == list(Settings.model_fields)
    assert (rows["volume"].value, rows["volume"].origin) == ("0.3", f"volume in {editor.file}")
    assert (rows["log_level"].value, rows["log_level"].origin) == ('"debug"', "--log-level")
    assert rows["engine"].origin == "default"
    assert "cascade" in rows["engine"].choices
    assert not any("class" in choice for row in rows.values() for choice in row.choices)
    assert rows["keys"].value == '{ "talk" = "f6" }'
    assert all(row.meaning for row in rows.values())


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("volume", "0.5", "1.5"),
        ("volume", "1", "loud"),
        ("motion", "false", "no"),
        ("engine", "typed", "warp"),
        ("without", '["silero"]', "3"),
        ("persona", "HAL 9000", '""'),
    ],
)
def test_a_value_is_checked_as_it_is_typed(editor: SettingsEditor, name: str, good: str, bad: str) -> None:
    assert editor.check(name, good) == ""
    assert "should be" in editor.check(name, bad)


def test_a_value_is_written_in_its_place_and_all_else_stays(editor: SettingsEditor) -> None:
    row = editor.save("volume", "0.5")
    assert row.value == "0.5"
    assert editor.values.volume == 0.5
    assert editor.file.read_text() == FILE.replace("volume = 0.3  # quiet", "volume = 0.5")


def test_a_new_value_goes_above_the_tables_and_an_empty_one_takes_it_out(editor: SettingsEditor) -> None:
    editor.save("theme", "nord")
    assert editor.values.theme == "nord"
    assert editor.values.keys == {"talk": "f6"}
    editor.save("theme", "")
    assert editor.file.read_text() == FILE


def test_what_a_variable_decides_stays_decided(
    editor: SettingsEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_VOLUME", "0.9")
    row = editor.save("volume", "0.5")
    assert (row.value, row.origin) == ("0.9", "ASSISTANT_VOLUME")


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    editor = SettingsEditor({}, tmp_path / "config.toml")
    row = editor.save("text_key", "sk-123")
    assert row.value == ""
    assert editor.values.text_key.get_secret_value() == "sk-123"


def test_a_wrong_value_is_not_written(editor: SettingsEditor) -> None:
    with pytest.raises(ConfigError):
        editor.save("volume", "7")
    assert editor.file.read_text() == FILE


def test_what_takes_several_lines_is_left_to_the_user(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('without = [\n  "silero",\n]\n')
    with pytest.raises(ConfigError, match="cannot be changed"):
        SettingsEditor({}, file).save("without", "[]")
    assert file.read_text() == 'without = [\n  "silero",\n]\n'


def test_the_first_value_makes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    SettingsEditor({}, file).save("volume", "0.5")
    assert tomllib.loads(file.read_text()) == {"volume": 0.5}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40), st.floats(0, 1))
def test_any_value_comes_back_from_the_file(text: str, number: float) -> None:
    changed = with_value(with_value(FILE, "persona", text), "volume", number)
    found = tomllib.loads(changed)
    assert (found["persona"], found["volume"], found["keys"]) == (text, number, {"talk": "f6"})
    assert tomllib.loads(f"x = {literal([text])}")["x"] == [text]


def test_servers_of_tools_are_the_users_own_to_write(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    servers = '[mcp.home]\nurl = "http://localhost/mcp"\nheaders = { Authorization = "Bearer 12345" }\n'
    file.write_text(servers)
    editor = SettingsEditor({}, file)
    row = next(row for row in editor.rows() if row.name == "mcp")
    assert row.value == ""
    with pytest.raises(ConfigError):
        editor.save("mcp", "")
    editor.save("volume", "0.5")
    assert file.read_text().endswith(servers)
