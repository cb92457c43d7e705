"""Puts a conversation together: settings, personas, memory, tools, text engine and engine process."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.config.layers import load_settings
from assistant.config.locations import find_locations
from assistant.conversation.limits import Limits
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import NoticeShown
from assistant.engine.instance import InstanceLock
from assistant.engine.protocol import DeviceAudio, EngineConfig, WavAudio
from assistant.engine.supervisor import Supervisor
from assistant.engine.typed import TypedEngine
from assistant.errors import PersonaError
from assistant.llm.manager import TextEngineManager
from assistant.llm.port import Message, TextEngine
from assistant.logs import start_logging
from assistant.memory.context import MOST
from assistant.memory.opening import OpenedMemory, open_memory
from assistant.memory.records import StoredMessage
from assistant.personas.load import Library, load_library
from assistant.personas.model import Persona
from assistant.personas.names import closest, match
from assistant.recording.recorder import Recorder
from assistant.severity import Severity
from assistant.tools.registry import Registry, default_registry

if TYPE_CHECKING:
    from assistant.tools.mcp.servers import McpServers

LAST = "last"
"""As the persona of the settings: whoever spoke last."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A conversation that is ready to run, and what its face needs beside it."""

    runner: ConversationRunner
    library: Library
    persona: Persona


class Assembly:
    """Settings and folders now; the conversation when it is asked for (after a dashboard's first paint).

    As a context it holds the lock that keeps a second assistant from the microphone. ``audio`` replaces the
    devices by WAV files, ``text_engine`` the one of the settings.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        audio: WavAudio | None = None,
        text_engine: TextEngine | None = None,
    ) -> None:
        self.settings = load_settings(options)
        self.locations = find_locations(self.settings.values.data_dir)
        self._audio = audio
        self._text_engine = text_engine
        self._held = ExitStack()
        start_logging(self.locations.log_file, self.settings.values.log_level)

    def __enter__(self) -> Assembly:
        """Raises ``EngineError`` when another assistant is at the devices."""
        if self._audio is None and self.settings.values.engine != "typed":
            self._held.enter_context(InstanceLock(self.locations.lock_file))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def assemble(self) -> Assembled:
        """Load personas and memory. Raises ``ConfigError``, ``PersonaError`` and ``TextEngineError``."""
        values = self.settings.values
        library = load_library(values.themes_dir or self.locations.themes)
        memory = open_memory(self.locations.memory_file)
        earlier = memory.store.last_messages(MOST // 2)
        wanted = values.persona
        if wanted == LAST:
            wanted = next(
                (each.persona for each in reversed(earlier) if library.get(each.persona)), "default"
            )
        persona = find_persona(wanted, library)
        text_engine = self._text_engine or TextEngineManager(
            values, self.locations.models, self.locations.text_log_file
        )
        registry = default_registry()
        session = Session(
            library,
            registry,
            persona.slug,
            volume=values.volume,
            text_engine=text_engine.name,
            greets=self._audio is None,
            history=[_as_history(each, registry) for each in earlier if each.text],
            limits=Limits(values.hidden_words, values.spoken_characters),
        )
        engine = TypedEngine() if values.engine == "typed" else self._supervisor(library, persona)
        runner = ConversationRunner(
            session,
            engine,
            text_engine,
            memory.store,
            recorder=self._recorder(),
            records=values.recording,
            notices=[*self._notices(library, memory), *_told_by(text_engine)],
            tool_servers=self._tool_servers(library),
        )
        return Assembled(runner, library, persona)

    def _tool_servers(self, library: Library) -> McpServers | None:
        values = self.settings.values
        if not values.mcp:
            return None
        from assistant.tools.mcp.servers import McpServers

        servers = {
            name: each.model_copy(
                update={"personas": tuple(find_persona(wanted, library).slug for wanted in each.personas)}
            )
            for name, each in values.mcp.items()
        }
        return McpServers(servers, self.locations.mcp_log_file, offline=values.offline)

    def _recorder(self) -> Recorder:
        chosen = self.settings.values.recordings_dir
        parent = chosen or self.locations.recordings
        return Recorder(parent, self.settings.values, keeps_house=chosen is None)

    def _supervisor(self, library: Library, persona: Persona) -> Supervisor:
        values = self.settings.values
        config = EngineConfig(
            audio=self._audio or DeviceAudio(values.input_device, values.output_device),
            volume=values.volume,
            names=library.names,
            echo_cancellation=values.echo_cancellation,
            without=values.without,
            log_path=str(self.locations.engine_log_file),
            engine="auto" if values.engine == "typed" else values.engine,
            moshi_model=values.moshi_model,
            moshi_voice=persona.voices.moshi.model,
            announcements=values.announcements,
            voice_engine=values.voice_engine,
            voice_model=values.voice_model,
        )
        return Supervisor(config, self.locations.engine_log_file)

    def _notices(self, library: Library, memory: OpenedMemory) -> list[NoticeShown]:
        told = [NoticeShown(Severity.WARNING, warning) for warning in self.settings.warnings]
        if self.locations.note:
            told.append(NoticeShown(Severity.WARNING, self.locations.note))
        told += [NoticeShown(Severity.WARNING, each.message, each.remedy) for each in library.failed]
        if memory.warning is not None:
            told.append(NoticeShown(Severity.WARNING, memory.warning.message, memory.warning.remedy))
        return told


def _as_history(message: StoredMessage, registry: Registry) -> Message:
    untrusted = any(registry.brings_untrusted(str(tool.get("name"))) for tool in message.tools)
    return Message(message.role, message.text, message.persona, untrusted=untrusted)


def _told_by(text_engine: TextEngine) -> list[NoticeShown]:
    note = text_engine.note if isinstance(text_engine, TextEngineManager) else ""
    return [NoticeShown(Severity.INFO, note)] if note else []


def text_engine_for(options: Mapping[str, Any]) -> TextEngineManager:
    """The text engine of the settings by itself. Raises ``ConfigError`` and ``TextEngineError``."""
    values = load_settings(options).values
    locations = find_locations(values.data_dir)
    return TextEngineManager(values, locations.models, locations.text_log_file)


def find_persona(name: str, library: Library) -> Persona:
    """The persona that a setting names. Raises ``PersonaError`` with the closest names."""
    if persona := library.get(name):
        return persona
    if found := match(name, library):
        return found.persona
    near = " or ".join(each.name for each in closest(name, library))
    raise PersonaError(f"There is no persona named {name!r}.", f"Did you mean {near}?")
