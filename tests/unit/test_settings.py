"""Settings: which layer wins, where a value came from, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config.layers import LoadedSettings, load_settings
from assistant.config.settings import Settings
from assistant.errors import ConfigError


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"ASSISTANT_{field.upper()}", raising=False)


class Files:
    """A settings file and a ``.env`` in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.config, self.env = folder / "config.toml", folder / ".env"

    def load(self, **options: object) -> LoadedSettings:
        return load_settings(options, self.config, self.env)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_without_any_file_the_defaults_hold(files: Files) -> None:
    loaded = files.load()
    assert loaded.values == Settings()
    assert loaded.origin("volume") == "default"


def test_each_layer_hides_the_ones_below_it(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.config.write_text("volume = 0.1\npersona = 'tars'\nlog_level = 'debug'\nengine = 'typed'\n")
    files.env.write_text(
        "ASSISTANT_VOLUME=0.2\nASSISTANT_PERSONA=kitt\nASSISTANT_LOG_LEVEL=error\nUNRELATED=1\n"
    )
    monkeypatch.setenv("ASSISTANT_VOLUME", "0.3")
    monkeypatch.setenv("ASSISTANT_PERSONA", "hal_9000")
    loaded = files.load(volume=0.4, persona=None)
    values = loaded.values
    assert (values.volume, values.persona, values.log_level, values.engine) == (
        0.4,
        "hal_9000",
        "error",
        "typed",
    )
    assert [loaded.origin(field) for field in ("volume", "persona", "log_level", "engine")] == [
        "--volume",
        "ASSISTANT_PERSONA",
        f"ASSISTANT_LOG_LEVEL in {files.env}",
        f"engine in {files.config}",
    ]


def test_an_empty_variable_counts_as_not_set(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_VOLUME", "")
    assert files.load().values.volume == Settings().volume


@pytest.mark.parametrize("given", ["silero, hibari,", '["silero", "hibari"]'])
def test_parts_to_leave_out_are_a_list_or_words_with_commas(files: Files, given: str) -> None:
    files.config.write_text(f"without = {given}" if given.startswith("[") else f"without = '{given}'")
    assert files.load().values.without == ("silero", "hibari")


def test_a_folder_may_start_at_home(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("ASSISTANT_THEMES_DIR", "~/personas")
    assert files.load().values.themes_dir == Path("/somewhere/personas")


def test_an_entry_of_a_table_is_located_by_line(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.config.write_text("volume = 0.1\n\n[keys]\ntalk = 'f6'\n")
    assert files.load().locate("keys", "talk") == f"{files.config}:4: keys.talk"
    monkeypatch.setenv("ASSISTANT_KEYS", '{"talk": "f7"}')
    assert files.load().locate("keys", "talk") == "ASSISTANT_KEYS: talk"


def test_a_wrong_value_names_its_variable_and_what_it_should_be(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_VOLUME", "loud")
    with pytest.raises(ConfigError) as caught:
        files.load()
    assert "ASSISTANT_VOLUME is 'loud'" in caught.value.message
    assert "from 0.0 to 1.0" in caught.value.remedy


def test_a_wrong_value_names_its_file_and_key(files: Files) -> None:
    files.config.write_text("engine = 'warp'")
    with pytest.raises(ConfigError, match="warp") as caught:
        files.load()
    assert f"engine in {files.config}" in caught.value.message
    assert "cascade" in caught.value.remedy


def test_a_value_hidden_by_a_higher_layer_is_not_complained_about(files: Files) -> None:
    files.config.write_text("volume = 11")
    assert files.load(volume=0.5).values.volume == 0.5


def test_an_unknown_key_is_told_with_the_closest_one(files: Files) -> None:
    files.config.write_text("volum = 0.3\n")
    (warning,) = files.load().warnings
    assert "volum in" in warning
    assert "Did you mean volume?" in warning


def test_broken_toml_names_file_and_line(files: Files) -> None:
    files.config.write_text("volume = 0.3\nengine = = 'typed'\n")
    with pytest.raises(ConfigError, match="line 2") as caught:
        files.load()
    assert str(files.config) in caught.value.message


@pytest.mark.parametrize("name", ["config", "env"])
def test_a_file_that_is_no_text_is_told(files: Files, name: str) -> None:
    getattr(files, name).write_bytes(b"volume = \xff\xfe")
    with pytest.raises(ConfigError) as caught:
        files.load()
    assert str(getattr(files, name)) in caught.value.message


def test_a_folder_in_place_of_the_file_is_told(files: Files) -> None:
    files.config.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        files.load()


def test_a_wrong_server_of_tools_is_named_without_its_secrets(files: Files) -> None:
    files.config.write_text('[mcp.home]\nurl = "ftp://x"\nheaders = { Authorization = "Bearer 12345" }\n')
    with pytest.raises(ConfigError, match=r"mcp\.home\.url cannot be used") as raised:
        files.load()
    assert "12345" not in str(raised.value)
    files.config.write_text(
        '[mcp.home]\nurl = "http://x/mcp"\nheaders = { Authorization = "Bearer 12345" }\n'
    )
    values = files.load().values
    assert values.mcp["home"].headers["Authorization"].get_secret_value() == "Bearer 12345"
    assert "12345" not in values.model_dump_json(), "recordings hold the settings"
    for broken in (
        'command = "x"\nurl = "http://x"',
        "",
        'command = "x"\nheaders = { A = "b" }',
        "nonsense = 1",
    ):
        files.config.write_text(f"[mcp.home]\n{broken}\n")
        with pytest.raises(ConfigError):
            files.load()


def test_every_setting_is_documented() -> None:
    page = Path(__file__).resolve().parents[2].joinpath("docs/configuration.md").read_text(encoding="utf-8")
    assert [field for field in Settings.model_fields if f"`{field}`" not in page] == []
