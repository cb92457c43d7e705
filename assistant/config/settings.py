"""The settings, in layers: command line, environment, ``.env``, the user's TOML file, defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.config.mcp import McpServer


class Settings(BaseSettings):
    """Every setting with its default; made by ``assistant.config.layers.load_settings``.

    A description completes the sentence "``name`` is …" in error messages.
    """

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_ignore_empty=True, env_file_encoding="utf-8", extra="forbid", frozen=True
    )

    engine: Literal["auto", "moshi", "cascade", "typed"] = Field(
        default="auto",
        description='"auto" (the best there is), "moshi" (full duplex), "cascade" or "typed" (no audio)',
    )
    moshi_model: str = Field(
        default="", description="a folder with Moshi's weights, a repository, or empty for what is there"
    )
    announcements: Literal["embedded", "forced"] = Field(
        default="embedded",
        description='"embedded" (the packaged voice) or "forced" (Moshi\'s own), for what it is told to say',
    )
    voice_engine: Literal["auto", "hibari", "system", "kyutai", "csm"] = Field(
        default="auto",
        description='"auto" (the packaged one), "hibari", "system", "kyutai" or "csm"',
    )
    voice_model: str = Field(
        default="", description="a folder with the voice's weights, or empty for what is in the cache"
    )
    text_engine: str = Field(
        default="auto",
        pattern=r"^[a-z][a-z0-9_-]*$",
        description='"auto", "scripted" (no model), "llama" or "mlx" (a file), "openai" (a server), "ollama" '
        "or the name of an installed one",
    )
    text_model: str = Field(
        default="", description="a GGUF file, a folder with a model, or a model's name on the server"
    )
    text_url: str = Field(
        default="",
        pattern=r"^(?:https?://[^\s/]+.*)?$",
        description="the server's address, such as http://localhost:8080/v1, or empty",
    )
    text_key: SecretStr = Field(default=SecretStr(""), description="the server's key, or empty")
    text_context: int = Field(
        default=8192, ge=1024, le=1_048_576, description="tokens of context, from 1024 to 1048576"
    )
    text_max_tokens: int = Field(
        default=300, ge=16, le=8192, description="tokens of one reply at most, from 16 to 8192"
    )
    spoken_characters: int = Field(
        default=900, ge=0, le=4000, description="characters of one answer that are said, 0 to 4000; 0 is all"
    )
    hidden_words: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="a list of words that answers neither show nor say"
    )
    text_temperature: float = Field(default=0.7, ge=0.0, le=2.0, description="a number from 0.0 to 2.0")
    offline: bool = Field(
        default=False, description="true or false: are servers on other machines never asked"
    )
    persona: str = Field(
        default="default", min_length=1, description='the name of the persona to start with, or "last"'
    )
    input_device: str = Field(
        default="", description="a microphone's name, or empty for the system's default"
    )
    output_device: str = Field(default="", description="a speaker's name, or empty for the system's default")
    volume: float = Field(default=0.8, ge=0.0, le=1.0, description="the voice's loudness, from 0.0 to 1.0")
    echo_cancellation: bool = Field(
        default=True,
        description="true or false: is its own voice taken out of the microphone",
    )
    without: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="a list of speech parts not to use: silero, moonshine, whisper, hibari, …",
    )
    theme: str = Field(
        default="", description="the name of colours for all personas, or empty for each persona's own"
    )
    glyphs: Literal["persona", "blocks", "ascii"] = Field(
        default="persona", description='"persona" (its own dots), "blocks" or "ascii", for the voice dots'
    )
    motion: bool = Field(default=True, description="true or false: do dots drift, or is there a still meter")
    bell: bool = Field(
        default=True,
        description="true or false: does the terminal's bell ring when it speaks while you are elsewhere",
    )
    keys: dict[str, str] = Field(
        default_factory=dict,
        description='a table of actions and keys, such as talk = "f6" under [keys]',
    )
    mcp: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,20}$")], McpServer] = Field(
        default_factory=dict,
        description='tables of tool servers, such as [mcp.files] with a "command" or a "url"',
    )
    recording: bool = Field(
        default=False, description="true or false: is every conversation recorded from its start"
    )
    recordings_dir: Path | None = Field(
        default=None, description="a folder for recordings, or nothing for the system's"
    )
    data_dir: Path | None = Field(
        default=None, description="a folder for the memory, or nothing for the system's"
    )
    themes_dir: Path | None = Field(
        default=None, description="a folder with personas of your own, or nothing"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description='"debug", "info", "warning" or "error"'
    )

    @field_validator("without", "hidden_words", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("data_dir", "themes_dir", "recordings_dir")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: ``layers`` reads the rest one by one, to know where each value is from."""
        return (init_settings,)
