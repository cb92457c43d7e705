"""What is pictured: themes, states, sizes and overlays, put together so that every two of them meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.conversation.updates import (
    EngineShown,
    HealthShown,
    LatencyShown,
    MessageShown,
    NoticeShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    RecordingShown,
    ToolKnown,
    ToolShown,
    ToolsShown,
    ToolStatus,
    Update,
)
from assistant.personas.load import Library, load_library
from assistant.personas.model import Persona, Voices
from assistant.severity import Severity
from assistant.tools.result import Kind

THEMES = (
    "default",
    "glados",
    "hal9000",
    "jarvis",
    "kitt",
    "samantha",
    "tars",
    "high-contrast",
    "nord",
    "textual-light",
    "ansi-dark",
)
"""Personas by slug, then themes that are worn instead."""
WORN = THEMES[7:]

SIZES = ((60, 20), (80, 24), (120, 36), (200, 60))

TOOLS = (
    ToolKnown("time", Kind.READ, for_model=True),
    ToolKnown("recall", Kind.READ, for_model=False),
    ToolKnown("remember", Kind.CHANGE, for_model=True),
    ToolKnown("forget_everything", Kind.DANGER, for_model=True),
    ToolKnown("use_text_engine", Kind.USER, for_model=False),
)

OVERLAYS: dict[str, tuple[str, ...]] = {
    "usual": (),
    "panels": ("f7", "ctrl+n", "f6"),
    "tools and log": ("ctrl+y", "ctrl+l"),
    "search": ("ctrl+r", "t", "i", "m", "e"),
    "help": ("f1",),
    "personas": ("f2",),
}
"""Keys that are pressed before the picture is taken."""

_SAID = (
    "It is a **quarter past nine**. Today:\n\n- the train at `10:05`\n- lunch with *Ada*\n\n"
    "More is in [the timetable](https://example.org/trains)."
)


def _open(phase: Phase, **more: bool) -> PhaseChanged:
    return PhaseChanged(phase, microphone_open=True, **more)


def _answer(text: str, **more: object) -> MessageShown:
    return MessageShown(4, "assistant", text, "default", source="model", **more)  # type: ignore[arg-type]


STATES: dict[str, tuple[Update, ...]] = {
    "first run": (),
    "starting": (_open(Phase.STARTING),),
    "listening": (_open(Phase.LISTENING),),
    "hearing": (
        MessageShown(5, "user", "what about the", "default", final=False),
        _open(Phase.HEARING),
    ),
    "thinking": (
        ToolShown(2, "recall", {"query": "train"}, ToolStatus.RUNNING),
        _open(Phase.THINKING),
    ),
    "speaking": (
        _answer("There is a train at ten, so there is time.", final=False, heard=26),
        _open(Phase.SPEAKING),
    ),
    "interrupted": (
        _answer("There is a train", final=True, interrupted=True, heard=16),
        _open(Phase.LISTENING),
    ),
    "muted": (PhaseChanged(Phase.LISTENING, microphone_open=False),),
    "asleep": (_open(Phase.ASLEEP),),
    "push to talk": (_open(Phase.HEARING, push_to_talk=True),),
    "device lost": (
        EngineShown("embedded cascade", "scripted", {"vad": "silero"}, "", "Built-in Output"),
        NoticeShown(Severity.WARNING, "The microphone Headset is gone.", "Plug it in again."),
        HealthShown(underruns=3, dropped_blocks=1, erle=None, rss_mb=268),
        PhaseChanged(Phase.LISTENING, microphone_open=False),
    ),
    "engine restarting": (
        NoticeShown(Severity.ERROR, "The speech engine stopped.", "It starts again by itself."),
        PhaseChanged(Phase.DOWN, microphone_open=False),
    ),
    "recording": (RecordingShown("/recordings/1"), _open(Phase.LISTENING)),
}


@dataclass(frozen=True)
class Picture:
    """One combination."""

    theme: str
    state: str
    size: tuple[int, int]
    overlay: str

    @property
    def name(self) -> str:
        return f"{self.theme}-{self.state}-{self.size[0]}x{self.size[1]}-{self.overlay}".replace(" ", "_")

    @property
    def persona(self) -> str:
        return "default" if self.theme in WORN else self.theme

    def updates(self) -> Iterator[Update]:
        """The conversation up to that state."""
        yield PersonaChanged(self.persona)
        if self.state in {"first run", "starting"}:
            yield from STATES[self.state]
            return
        yield EngineShown(
            "embedded cascade",
            "scripted",
            {"vad": "silero", "recogniser": "moonshine", "voice": "hibari"},
            "Built-in Microphone",
            "Built-in Output",
        )
        yield LatencyShown(endpoint=0.42, recognition=0.0, reply=0.61, synthesis=0.05, total=1.19)
        yield LatencyShown(endpoint=0.47, recognition=0.0, reply=0.014, synthesis=0.03, total=0.646)
        yield HealthShown(underruns=0, dropped_blocks=0, erle=37.0, rss_mb=268)
        yield ToolsShown(TOOLS)
        yield MessageShown(1, "user", "what time is it, and what is there to do", "default", final=True)
        yield ToolShown(1, "time", {"what": "time"}, ToolStatus.DONE, "21:15")
        yield MessageShown(2, "assistant", _SAID, "default", final=True, source="model")
        yield MessageShown(
            3, "user", "Remember that I take my coffee black", "default", final=True, source="typed"
        )
        yield from STATES[self.state]


def pictures() -> list[Picture]:
    """Every theme in every state; sizes and overlays go round beside them."""
    overlays = list(OVERLAYS)
    return [
        # The last term keeps sizes and overlays from always being both even or both odd.
        Picture(theme, state, SIZES[(row + column) % 4], overlays[(row + 5 * column + row // 6) % 6])
        for row, theme in enumerate(THEMES)
        for column, state in enumerate(STATES)
    ]


def library() -> Library:
    """The shipped personas' colours and glyphs; their texts and voices may change without a new picture."""
    return Library(tuple(map(_neutral, load_library())))


def _neutral(persona: Persona) -> Persona:
    return persona.model_copy(
        update={"voices": Voices(), "tagline": "Somebody to talk to.", "traits": ("brief", "kind")}
    )
