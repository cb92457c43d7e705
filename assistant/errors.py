"""The one exception tree. Every message is a sentence for the user; details belong in the log."""

from __future__ import annotations


class AssistantError(Exception):
    """Something went wrong that the user can be told about.

    ``message`` says what happened, ``remedy`` says what to do about it. Both are plain sentences.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[type[AssistantError], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


class ConfigError(AssistantError):
    """A setting has a value that cannot be used."""


class PersonaError(AssistantError):
    """A persona file is broken or a persona is unknown."""


class ToolError(AssistantError):
    """A tool call is malformed, unknown, timed out or failed."""


class ToolCallError(ToolError):
    """A call is wrong: there is no such tool, or it does not take these arguments; nothing ran."""


class MemoryStoreError(AssistantError):
    """The memory file cannot be opened, read or written."""


class AudioError(AssistantError):
    """A microphone, a speaker or PortAudio itself is missing, busy or refused."""


class VoiceError(AssistantError):
    """A speech part (voice activity, recogniser, voice) cannot be loaded or failed."""


class EngineError(AssistantError):
    """The engine process cannot be started, or has died."""


class RecordingError(AssistantError):
    """A recording cannot be written or read."""


class TextEngineError(AssistantError):
    """A text engine cannot be reached or failed."""


class CheckpointError(AssistantError):
    """A model's files cannot be used: of another kind than expected, or built otherwise."""


class CheckpointMissingError(CheckpointError):
    """A model's folder or one of its files is not there."""


class CheckpointDamagedError(CheckpointError):
    """A model's file is cut short or not what it should be."""


class RoomError(CheckpointError):
    """A model does not fit the disk or the memory."""


class DownloadError(CheckpointError):
    """A model cannot be fetched: no network, no access, or what arrived is not what was promised."""
