"""What a persona is: identity, prompt, lines, voices, colours and waveform, as one validated value."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from rich.cells import cell_len

LINE_FIELDS = frozenset({"user", "topic", "fact"})
"""What a line may name in braces: the user's name, what the user spoke about, and what there is to tell."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


def _one_cell(glyph: str) -> str:
    if cell_len(glyph) != 1:
        raise ValueError("must be one character that is one column wide")
    return glyph


Glyph = Annotated[str, AfterValidator(_one_cell)]
"""One character that takes one column of the terminal; anything else would shift what stands behind it."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


EffectName = Literal["ring", "band", "room", "chorus", "warm", "crisp", "metal"]
"""Effects of the packaged voice, as ``assistant.voice.cascade.effects`` knows them."""


class EmbeddedVoice(_Model):
    """The packaged voice: see ``VoiceSpec``."""

    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-14.0, le=12.0)
    formants: float = Field(default=1.0, ge=0.75, le=1.3)
    intonation: float = Field(default=1.0, ge=0.0, le=2.0)
    sung: bool = False
    effects: tuple[EffectName, ...] = ()


class MoshiVoice(_Model):
    """Moshi: which of its voices, and how freely it speaks."""

    model: Literal["moshiko", "moshika"] = "moshika"
    voice_prompt: str = ""
    """One of PersonaPlex's voices; empty for one that is like ``model``."""
    text_temperature: float = Field(default=0.7, ge=0.0, le=1.5)
    audio_temperature: float = Field(default=0.8, ge=0.0, le=1.5)

    @property
    def prompted_voice(self) -> str:
        """The voice of PersonaPlex."""
        return self.voice_prompt or {"moshika": "NATF2", "moshiko": "NATM1"}[self.model]


class Voices(_Model):
    """A voice for each engine."""

    embedded: EmbeddedVoice = EmbeddedVoice()
    moshi: MoshiVoice = MoshiVoice()


class Colours(_Model):
    """The dashboard's colours; text must reach a contrast of 4.5 on background, surface and panel."""

    dark: bool = True
    background: Colour
    surface: Colour
    panel: Colour
    text: Colour
    muted: Colour
    primary: Colour
    secondary: Colour
    accent: Colour
    success: Colour
    warning: Colour
    error: Colour


class Waveform(_Model):
    """The visualizer: colours of microphone and assistant, five glyphs from silence to loud."""

    microphone: Colour
    assistant: Colour
    glyphs: tuple[Glyph, Glyph, Glyph, Glyph, Glyph] = (" ", "·", "•", "●", "⬤")


class Lines(_Model):
    """What the persona says without a language model.

    Every tuple is a set of alternatives, used in turn. A line may name the fields of ``LINE_FIELDS``; it is
    passed over while a field is unknown, so each set has at least one line without any. In ``fact`` alone
    every line names ``{fact}``: now and then it gives a plain statement (the time, a tool's result) colour.
    """

    greeting: tuple[Line, ...] = Field(min_length=1)
    re_introduction: tuple[Line, ...] = Field(min_length=1)
    about: tuple[Line, ...] = Field(min_length=1)
    acknowledge: tuple[Line, ...] = ("Done.",)
    thanks: tuple[Line, ...] = ("You are welcome.",)
    how_are_you: tuple[Line, ...] = ("I am well, thank you.",)
    goodbye: tuple[Line, ...] = ("Goodbye.",)
    joke: tuple[Line, ...] = ("I know no joke that I would tell twice.",)
    not_understood: tuple[Line, ...] = ("I did not catch that.",)
    needs_model: tuple[Line, ...] = Field(min_length=1)
    """Said where free conversation would need a language model; says plainly what it needs."""
    fact: tuple[Line, ...] = ("{fact}",)
    lead_in: tuple[Line, ...] = ("Let me look.", "One moment.")
    """Said while a tool takes its time."""
    rest: tuple[Line, ...] = ("The rest is on the screen.",)
    """Said where a long answer is left to be read."""
    human: tuple[Line, ...] = ("No, I am a program that listens and talks.",)
    origin: tuple[Line, ...] = ("I am a program that runs on your own machine.",)

    @field_validator("*")
    @classmethod
    def _fields_are_known(cls, lines: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        given = {"fact"} if info.field_name == "fact" else set()
        known = LINE_FIELDS if given else LINE_FIELDS - {"fact"}
        fields = [line_fields(line) for line in lines]
        if unknown := sorted(set().union(*fields) - known):
            raise ValueError(f"unknown field {{{unknown[0]}}}")
        if not all(given <= named for named in fields):
            raise ValueError("every line must name {fact}")
        if all(named - given for named in fields):
            raise ValueError("at least one line must do without {user} and {topic}")
        return lines


def line_fields(line: str) -> set[str]:
    """The fields that a line names in braces; raises ``ValueError`` where braces do not match."""
    return {name for _, name, _, _ in Formatter().parse(line) if name is not None}


class Reply(_Model):
    """What the persona says, without a language model, when the user's words hold one of ``hears``."""

    hears: tuple[Line, ...] = Field(min_length=1)
    says: tuple[Line, ...] = Field(min_length=1)


class Persona(_Model):
    """One persona, as read from ``themes/<slug>.toml``."""

    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    name: Line
    spoken_name: str = ""
    """How a voice should say the name where spelling misleads it ("glad oss")."""
    aliases: tuple[Line, ...] = ()
    """Other names, understood wherever the name is."""
    heard_as: tuple[Line, ...] = ()
    """How recognisers write the name, ordinary words included; count only where a name is expected."""
    tagline: Line
    glyph: Glyph = "◆"
    identity: Line
    """Second person, follows "You are {name}." in every prompt."""
    traits: tuple[Line, ...] = ()
    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    lines: Lines
    replies: tuple[Reply, ...] = ()
    voices: Voices = Voices()
    colours: Colours
    waveform: Waveform
    tools: tuple[str, ...] = ()
    """Names of the tools it may use; empty means all."""
    memory_scope: Literal["shared", "own"] = "shared"
    """Whether notes are shared with the other personas or kept to itself."""

    @property
    def say_name(self) -> str:
        """The name as a voice should be given it."""
        return self.spoken_name or self.name
