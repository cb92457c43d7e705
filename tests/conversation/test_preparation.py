"""Answers made ahead: there at once when the turn is over, never heard of when it is not."""

from __future__ import annotations

import pytest

from assistant.conversation.effects import ReplyPiece
from assistant.conversation.preparation import PIECES
from assistant.conversation.requests import PersonaRequested
from assistant.conversation.session import Session
from assistant.conversation.updates import NoticeShown
from assistant.engine.protocol import Prepare, TurnResumed
from assistant.llm.port import Purpose
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.fakes.world import READY, World

CALL = 'TOOL_CALL: {"name": "time", "arguments": {}}'


@pytest.fixture
def world() -> World:
    """A session that has greeted and listens."""
    world = World(Session(load_library(), default_registry(), "default"))
    world.feed(READY)
    world.settle()
    world.prompts.clear()
    world.reply_pieces = ("Once ", "upon a time. ", "There was a fox. ", "It ran.")
    return world


def write_all(world: World) -> None:
    while world.replies:
        world.write(next(iter(world.replies)))


def test_an_answer_made_ahead_is_said_the_moment_the_turn_is_over(world: World) -> None:
    stored = list(world.stored)
    world.pause("Tell me something.")
    write_all(world)
    assert world.voice.words == []
    assert world.stored == stored
    assert [wish.text for wish in world.prepared] == ["Once upon a time.", "There was a fox."]
    world.end("Tell me something.")
    assert " ".join(world.voice.words) == "Once upon a time. There was a fox. It ran."
    assert len(world.prompts) == 1
    assert world.prompts[0].prompt.messages[-1].text == "Tell me something."
    world.settle()
    assert [message.text for message in world.stored[-2:]] == [
        "Tell me something.",
        "Once upon a time. There was a fox. It ran.",
    ]


def test_what_is_still_being_written_at_the_end_of_the_turn_goes_on(world: World) -> None:
    world.pause("Tell me something.")
    (generation,) = world.replies
    world.write(generation)
    world.end("Tell me something.")
    assert world.voice.words == []
    world.settle()
    assert world.texts("assistant")[-1] == "Once upon a time. There was a fox. It ran."
    assert len(world.prompts) == 1


def test_going_on_makes_it_void(world: World) -> None:
    world.pause("Tell me something")
    (generation,) = world.replies
    world.feed(TurnResumed(world.turn))
    assert not world.replies, "nobody goes on writing what nobody will hear"
    world.feed(ReplyPiece(generation, "Late. "))
    world.end("Tell me something about foxes.")
    world.settle()
    assert [start.prompt.messages[-1].text for start in world.prompts] == [
        "Tell me something",
        "Tell me something about foxes.",
    ]
    assert "Late." not in world.texts("assistant")[-1]


def test_other_words_in_the_end_are_answered_afresh(world: World) -> None:
    world.pause("Tell me some thing.")
    write_all(world)
    world.reply_pieces = ("Gladly.",)
    world.end("Tell me something.")
    world.settle()
    assert world.texts("assistant")[-1] == "Gladly."


@pytest.mark.parametrize("words", ["Change to GLaDOS.", "What time is it?", "Stop.", "Go to sleep.", ""])
def test_commands_wait_for_the_certain_end(world: World, words: str) -> None:
    world.pause(words)
    assert not world.prompts
    assert not world.tools


def test_a_tool_that_a_model_wants_ahead_runs_only_for_a_turn_that_is_over(world: World) -> None:
    world.reply_pieces = ("Let me look. ", CALL)
    world.pause("How late is it over there?")
    write_all(world)
    assert not world.tools
    assert [wish.text for wish in world.prepared] == ["Let me look."]
    world.end("How late is it over there?")
    assert [run.call.name for run in world.tools] == ["time"]


def test_a_failure_ahead_is_told_when_the_turn_is_over(world: World) -> None:
    world.pause("Tell me something.")
    (generation,) = world.replies
    world.fail(generation)
    assert not [update for update in world.shown if isinstance(update, NoticeShown)]
    world.end("Tell me something.")
    assert [update.message for update in world.shown if isinstance(update, NoticeShown)] == ["It broke."]


def test_another_persona_does_not_give_the_answer_of_the_one_before(world: World) -> None:
    world.pause("Tell me something.")
    write_all(world)
    world.feed(PersonaRequested("glados"))
    world.settle()
    world.prompts.clear()
    world.end("Tell me something.")
    assert [start.prompt.purpose for start in world.prompts] == [Purpose.REPLY]
    assert world.prompts[0].prompt.persona.slug == "glados"


def test_the_same_words_are_prepared_in_the_voice_that_says_them(world: World) -> None:
    world.pause("Tell me something.")
    write_all(world)
    assert {wish.voice for wish in world.prepared} == {world.session.voice}
    assert all(isinstance(wish, Prepare) for wish in world.prepared)


def test_one_that_does_not_end_waits_for_the_end_of_the_turn(world: World) -> None:
    world.reply_pieces = ["on and "] * (PIECES + 10)
    world.pause("Tell me something.")
    (ahead,) = world.replies
    for _ in range(PIECES):
        world.write(ahead)
    assert ahead in world.replies
    world.write(ahead)
    assert not world.replies, "it was cancelled"
    world.reply_pieces = ("Once upon a time.",)
    world.end("Tell me something.")
    world.settle()
    assert world.texts("assistant")[-1] == "Once upon a time."
