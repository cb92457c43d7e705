from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.memory.opening import open_temporary_store
from assistant.personas.load import Library, load_library
from assistant.tools.clock_tool import date_words, time_words
from assistant.tools.context import ToolContext
from assistant.tools.registry import default_registry
from assistant.tools.result import (
    ChangeVolume,
    CloseMicrophone,
    ForgetConversation,
    Kind,
    Sleep,
    StopSpeaking,
    SwitchPersona,
    ToolCall,
    ToolResult,
)
from assistant.tools.wording import clipped, listed, ordinal_words

REGISTRY = default_registry()


@pytest.fixture
def context() -> ToolContext:
    return ToolContext(
        load_library(), open_temporary_store(), "jarvis", 0.8, lambda: datetime(2026, 3, 1, 15, 25)
    )


async def run(context: ToolContext, tool: str, /, **arguments: Any) -> ToolResult:
    return await REGISTRY.execute(ToolCall(tool, arguments), context)


async def undo(context: ToolContext, result: ToolResult) -> ToolResult:
    assert result.undo is not None
    return await REGISTRY.execute(result.undo, context)


# --- personas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["GLaDOS", "glados", "glad us", "Glad OS."])
async def test_change_theme_switches_and_can_be_undone(name: str, context: ToolContext) -> None:
    result = await run(context, "change_theme", persona_name=name)
    assert result.actions == (SwitchPersona("glados"),)
    back = await undo(replace(context, persona="glados"), result)
    assert back.actions == (SwitchPersona("jarvis"),)


async def test_an_unknown_persona_is_asked_back_about_and_nothing_changes(context: ToolContext) -> None:
    result = await run(context, "change_theme", persona_name="Samandra the Great")
    assert (result.ok, result.actions, result.undo) == (False, (), None)
    assert result.speech.startswith("I know nobody called Samandra the Great. Did you mean Samantha or")


async def test_a_name_like_nobodys_is_answered_with_all_there_are(context: ToolContext) -> None:
    result = await run(context, "change_theme", persona_name="Darth Vader")
    assert not result.ok
    assert result.speech.startswith("I know nobody called Darth Vader. I can be ")
    assert all(name in result.speech for name in context.personas.names if name != "JARVIS")


async def test_the_same_persona_says_so(context: ToolContext) -> None:
    result = await run(context, "change_theme", persona_name="Jarvis")
    assert (result.speech, result.actions) == ("I am JARVIS already.", ())


async def test_personas_are_listed_the_current_one_first(context: ToolContext) -> None:
    result = await run(context, "list_personas")
    assert result.speech.startswith("I am JARVIS. I can also be ")
    assert all(name in result.text for name in context.personas.names)


async def test_a_lonely_persona_says_so(context: ToolContext) -> None:
    alone = Library(tuple(each for each in context.personas if each.slug == "jarvis"))
    result = await run(replace(context, personas=alone), "list_personas")
    assert "nobody else" in result.speech


# --- speaking and listening -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "action"), [("mute", CloseMicrophone()), ("go_to_sleep", Sleep()), ("stop", StopSpeaking())]
)
async def test_mute_sleep_and_stop_ask_the_session(name: str, action: object, context: ToolContext) -> None:
    result = await run(context, name)
    assert (result.ok, result.actions) == (True, (action,))


async def test_mute_warns_that_only_a_key_reopens_the_microphone(context: ToolContext) -> None:
    assert "only a key opens it again" in (await run(context, "mute")).speech


@pytest.mark.parametrize(
    ("level", "after"), [("up", 0.95), ("down", 0.65), (50, 0.5), (0, 0.0), ("100", 1.0)]
)
async def test_volume_changes_and_can_be_undone(level: object, after: float, context: ToolContext) -> None:
    result = await run(context, "set_volume", level=level)
    assert result.actions == (ChangeVolume(after),)
    assert (await undo(replace(context, volume=after), result)).actions == (ChangeVolume(0.8),)


@pytest.mark.parametrize(("volume", "level"), [(1.0, "up"), (0.0, "down"), (0.5, 50)])
async def test_volume_at_its_limit_says_so(volume: float, level: object, context: ToolContext) -> None:
    result = await run(replace(context, volume=volume), "set_volume", level=level)
    assert (result.ok, result.actions) == (False, ())
    assert "already" in result.speech


# --- time and help ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "midnight"),
        (12, 0, "noon"),
        (0, 10, "ten past midnight"),
        (11, 45, "a quarter to noon"),
        (23, 59, "one minute to midnight"),
        (9, 0, "nine o'clock in the morning"),
        (15, 25, "twenty-five past three in the afternoon"),
        (19, 30, "half past seven in the evening"),
        (16, 38, "twenty-two minutes to five in the afternoon"),
    ],
)
def test_time_is_told_in_words(hour: int, minute: int, words: str) -> None:
    assert time_words(datetime(2026, 3, 1, hour, minute)) == words


def test_every_minute_and_day_has_words_without_digits() -> None:
    minutes = [datetime(2026, 1, 1, hour, minute) for hour in range(24) for minute in range(60)]
    days = [
        datetime(year, month, day) for year in (1999, 2005, 2026) for month in (1, 12) for day in range(1, 32)
    ]
    told = [time_words(each) for each in minutes] + [date_words(each) for each in days]
    assert not any(character.isdigit() for words in told for character in words)
    assert len({time_words(each) for each in minutes}) == 24 * 60


async def test_time_and_date_are_spoken(context: ToolContext) -> None:
    assert (await run(context, "time")).speech == "It is twenty-five past three in the afternoon."
    date = await run(context, "time", what="date")
    assert date.speech == "Today is Sunday, the first of March, twenty twenty-six."


async def test_help_is_short_enough_to_listen_to(context: ToolContext) -> None:
    result = await run(context, "help")
    assert len(result.speech.split()) <= 45
    assert "change to" in result.speech


@pytest.mark.parametrize(
    ("number", "word"), [(1, "first"), (3, "third"), (12, "twelfth"), (20, "twentieth"), (31, "thirty-first")]
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal_words(number) == word


def test_lists_and_quotations_read_well() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == ["a", "a and b", "a, b or c"]
    assert clipped("one two three four", 10) == "one two …"


# --- memory -------------------------------------------------------------------------------------------------


async def test_what_is_remembered_is_recalled_and_forgotten(context: ToolContext) -> None:
    kept = await run(context, "remember", text="my sister's name is Anna")
    assert kept.speech.startswith("I will remember: my sister's name is Anna.")
    assert "Anna" in (await run(context, "recall", query="what is my sister called?")).speech
    gone = await run(context, "forget", query="sister")
    assert gone.speech == "I have forgotten: my sister's name is Anna."
    assert (await run(context, "recall")).speech == "You have told me nothing to remember yet."
    assert (await undo(context, gone)).ok
    assert "Anna" in (await run(context, "recall")).speech
    assert (await undo(context, kept)).ok
    assert (await run(context, "forget")).ok is False


async def test_a_store_that_keeps_nothing_says_so(context: ToolContext) -> None:
    assert "only until I am closed" in (await run(context, "remember", text="a b")).speech


async def test_a_known_note_is_not_kept_twice_and_cannot_be_undone(context: ToolContext) -> None:
    await run(context, "remember", text="tea is at four")
    again = await run(context, "remember", text="Tea is  at four")
    assert (again.ok, again.undo) == (True, None)
    assert (await run(context, "recall")).text.count("tea is at four") == 1


async def test_recall_tells_three_notes_and_counts_the_rest(context: ToolContext) -> None:
    for number in range(5):
        await run(context, "remember", text=f"note {number}")
    assert (await run(context, "recall")).speech == "You told me: note 4; note 3; note 2. And 2 more."


async def test_an_own_memory_is_seen_by_nobody_else(context: ToolContext) -> None:
    loner = context.current_persona.model_copy(update={"memory_scope": "own"})
    others = tuple(each for each in context.personas if each.slug != loner.slug)
    personas = Library((*others, loner))
    alone, other = replace(context, personas=personas), replace(context, personas=personas, persona="glados")
    await run(alone, "remember", text="a secret")
    assert (
        await run(other, "recall", query="secret")
    ).speech == "You have told me nothing to remember about secret."
    assert (await run(other, "forget", query="secret")).ok is False
    assert "a secret" in (await run(alone, "recall", query="secret")).speech


async def test_forgetting_everything_is_a_danger_that_erases_and_is_asked_about(context: ToolContext) -> None:
    tool = REGISTRY.tool("forget_everything")
    assert (tool.kind, tool.question.endswith("Say yes or no.")) == (Kind.DANGER, True)
    await run(context, "remember", text="a b")
    result = await run(context, "forget_everything")
    assert (result.actions, result.undo) == ((ForgetConversation(),), None)
    assert (await run(context, "recall")).speech == "You have told me nothing to remember yet."


async def test_an_unusable_memory_becomes_a_spoken_sentence(context: ToolContext) -> None:
    context.memory.close()
    result = await run(context, "remember", text="a b")
    assert result.ok is False
    assert result.speech.startswith("The memory file cannot be used")
