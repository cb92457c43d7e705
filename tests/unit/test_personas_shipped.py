"""The personas that ship: complete, readable, short enough to be heard, and each its own."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest

from assistant.personas.contrast import contrast
from assistant.personas.load import load_library, shipped_folder
from assistant.personas.model import EffectName, Persona

LIBRARY = load_library()
SLUGS = {"default", "glados", "hal9000", "jarvis", "kitt", "samantha", "tars"}
LONGEST_S = 6.1
"""Seconds of speech at most, as ``spoken_s`` estimates them."""

each_persona = pytest.mark.parametrize("persona", LIBRARY.personas, ids=lambda persona: persona.slug)


def test_every_shipped_file_loads():
    files = {entry.name.removesuffix(".toml") for entry in shipped_folder().iterdir()}
    assert LIBRARY.failed == ()
    assert {persona.slug for persona in LIBRARY} == files == SLUGS


def test_the_default_comes_first_then_the_names_in_order():
    first, *rest = LIBRARY.names
    assert LIBRARY.default.slug == "default"
    assert first == LIBRARY.default.name
    assert rest == sorted(rest, key=str.casefold)


def spoken_s(line: str, persona: Persona) -> float:
    """Duration: the packaged voice speaks 17.5 letters a second and rests 0.4 s after a sentence."""
    shown = line.format(user="Samuel", topic="the weather today", fact="It is 2 oh 5 in the afternoon.")
    shown = shown.replace(persona.name, persona.say_name)
    sentences = sum(mark in ".!?" for mark in shown)
    return (len(shown) / 17.5 + 0.4 * sentences) / persona.voices.embedded.speed


@each_persona
def test_lines_are_many_and_short(persona: Persona):
    for name, lines in persona.lines.model_dump().items():
        assert len(set(lines)) == len(lines), name
        assert len(lines) >= (4 if name in ("greeting", "re_introduction", "joke") else 2), name
        assert max(spoken_s(line, persona) for line in lines) <= LONGEST_S, name
    assert all(spoken_s(line, persona) <= LONGEST_S for reply in persona.replies for line in reply.says)


@each_persona
def test_introductions_name_the_persona(persona: Persona):
    for line in (*persona.lines.greeting, *persona.lines.re_introduction, *persona.lines.about):
        assert persona.name in line


@each_persona
def test_what_is_missing_for_free_conversation_is_said_plainly(persona: Persona):
    assert all("language model" in line for line in persona.lines.needs_model)
    assert sum("{topic}" in line for line in persona.lines.needs_model) >= 2


@each_persona
def test_every_colour_can_be_told_from_every_ground(persona: Persona):
    colours = persona.colours
    for ground in (colours.background, colours.surface, colours.panel):
        for role in ("text", "muted", "primary", "secondary", "accent", "success", "warning", "error"):
            assert contrast(getattr(colours, role), ground) >= 4.5, role
        assert contrast(persona.waveform.microphone, ground) >= 3
        assert contrast(persona.waveform.assistant, ground) >= 3


def test_no_two_personas_look_or_sound_alike():
    for first, second in combinations(LIBRARY, 2):
        assert first.colours.background != second.colours.background
        assert (first.waveform.microphone, first.waveform.assistant) != (
            second.waveform.microphone,
            second.waveform.assistant,
        )
        one, other = first.voices.embedded, second.voices.embedded
        apart = abs(one.pitch - other.pitch) / 2 + abs(one.speed - other.speed) / 0.1
        assert apart >= 1 or one.effects != other.effects
        assert (one.speed, one.pitch, one.effects) != (other.speed, other.pitch, other.effects)


def test_the_effects_that_files_may_name_are_those_of_the_voice():
    from assistant.voice.cascade.effects import EFFECTS

    assert set(get_args(EffectName)) == set(EFFECTS)
