"""What a persona is: identity, prompt, lines, voices, colours and waveform, as one validated value."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Glyph = Annotated[str, StringConstraints(min_length=1, max_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EmbeddedVoice(_Model):
    """The packaged voice: pace as a factor, pitch in semitones, named effects in their order."""

    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-12.0, le=12.0)
    effects: tuple[str, ...] = ()


class MoshiVoice(_Model):
    """Moshi: which of its voices, and how freely it speaks."""

    model: Literal["moshiko", "moshika"] = "moshika"
    voice_prompt: str = ""
    text_temperature: float = Field(default=0.7, ge=0.0, le=1.5)
    audio_temperature: float = Field(default=0.8, ge=0.0, le=1.5)


class Voices(_Model):
    """A voice for each engine."""

    embedded: EmbeddedVoice = EmbeddedVoice()
    moshi: MoshiVoice = MoshiVoice()


class Colours(_Model):
    """The dashboard's colours; text on background must reach a contrast of 4.5."""

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
    """What the persona says without a language model; ``{user}`` fields are filled where named.

    Every tuple is a set of alternatives, used in turn.
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


class Persona(_Model):
    """One persona, as read from ``themes/<slug>.toml``."""

    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    name: Line
    spoken_name: str = ""
    """How a voice should say the name where spelling misleads it ("glad oss")."""
    aliases: tuple[Line, ...] = ()
    """Other names, and how recognisers tend to write the name."""
    tagline: Line
    glyph: Glyph = "◆"
    identity: Line
    """Second person, follows "You are {name}." in every prompt."""
    traits: tuple[Line, ...] = ()
    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    lines: Lines
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
