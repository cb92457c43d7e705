"""A full-duplex engine in a session: its own words, its tool calls, and who may speak when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.conversation.effects import ToEngine
from assistant.conversation.requests import PersonaRequested, StopRequested, TypedTurn
from assistant.conversation.session import Session
from assistant.conversation.updates import (
    LatencyShown,
    MessageShown,
    NoticeShown,
    Phase,
    ToolShown,
    ToolStatus,
)
from assistant.engine.monologue_protocol import (
    BeginAnew,
    HoldMonologue,
    MonologueCall,
    MonologueEnded,
    MonologueText,
    RoleFading,
)
from assistant.engine.protocol import (
    CancelSpeech,
    Command,
    EngineDown,
    TurnGuess,
    UserSpeechStarted,
    UserTurn,
)
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.fakes.world import READY, World


class MoshiWorld(World):
    """A world that keeps what the engine is told."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.commands: list[Command] = []

    def carry_out(self, effect: object) -> None:
        if isinstance(effect, ToEngine):
            self.commands.append(effect.command)
        super().carry_out(effect)  # type: ignore[arg-type]


@pytest.fixture
def world() -> MoshiWorld:
    world = MoshiWorld(Session(load_library(), default_registry(), "default", greets=False))
    world.feed(replace(READY, engine="moshi", answers_itself=True))
    return world


def test_its_words_are_an_answer_in_log_and_memory(world: MoshiWorld) -> None:
    world.say("How are you?")
    assert not world.prompts, "it answers by itself"
    for text in (" I", " am", " fine", "."):
        world.feed(MonologueText(1, text))
    assert world.session.phase is Phase.SPEAKING
    growing = [update for update in world.shown if isinstance(update, MessageShown)][-1]
    assert (growing.text, growing.heard, growing.final) == ("I am fine.", 10, False)
    world.feed(MonologueEnded(1))
    assert world.session.phase is Phase.LISTENING
    assert [message.text for message in world.stored] == ["How are you?", "I am fine."]
    assert not world.stored[-1].interrupted
    assert not world.voice.words, "nothing is said twice"


def test_a_turn_does_not_stop_it_and_nothing_is_prepared(world: MoshiWorld) -> None:
    world.feed(MonologueText(1, " Once upon"))
    world.feed(UserSpeechStarted(7, world.now))
    world.feed(TurnGuess(7, "Tell me more."))
    world.say("Tell me more.")
    world.feed(MonologueText(1, " a time."))
    world.feed(MonologueEnded(1))
    assert world.texts("assistant") == ["Once upon a time."]
    assert not world.prompts


@pytest.mark.parametrize("is_early", [True, False])
def test_its_latency_is_from_the_end_of_speech_to_its_first_words(world: MoshiWorld, is_early: bool) -> None:
    """It may begin to answer before the recogniser has the words, or long after."""
    world.now += 0.1
    if is_early:
        world.feed(MonologueText(1, " Yes."))
    world.turn += 1
    said = UserTurn(world.turn, "Is it?", world.now - 0.25, world.now, world.now)
    world.now += 0.4
    world.feed(said)
    if not is_early:
        world.feed(MonologueText(1, " Yes."))
    world.feed(MonologueEnded(1))
    world.feed(MonologueText(2, " And more."))
    (shown,) = [update for update in world.shown if isinstance(update, LatencyShown)]
    assert shown.total == pytest.approx(0.25 if is_early else 0.65)


def test_what_was_cut_short_is_remembered_as_far_as_it_was_heard(world: MoshiWorld) -> None:
    world.feed(MonologueText(1, " Once upon"))
    world.feed(StopRequested())
    assert isinstance(world.commands[-1], CancelSpeech)
    world.feed(MonologueText(1, " a time"))
    world.feed(MonologueEnded(1, interrupted=True))
    assert [(message.text, message.interrupted) for message in world.stored] == [("Once upon", True)]
    world.feed(MonologueText(2, " Yes."))
    world.feed(MonologueEnded(2))
    assert world.texts("assistant")[-1] == "Yes."


def test_its_tool_call_runs_once_and_the_result_is_announced(world: MoshiWorld) -> None:
    world.feed(MonologueText(1, " One moment."))
    world.feed(MonologueCall(1, "time"))
    assert [run.call.name for run in world.tools] == ["time"]
    world.settle()
    world.feed(MonologueText(1, " late words"))
    world.feed(MonologueEnded(1))
    assert [update.status for update in world.shown if isinstance(update, ToolShown)] == [
        ToolStatus.RUNNING,
        ToolStatus.DONE,
    ]
    assert [(message.text, message.interrupted) for message in world.stored] == [
        ("One moment.", False),
        ("I did time.", False),
    ]
    assert not world.prompts


@pytest.mark.parametrize(
    "call", [MonologueCall(1, "launch_missiles"), MonologueCall(1, "", reason="It breaks off.")]
)
def test_a_call_that_is_none_runs_nothing(world: MoshiWorld, call: MonologueCall) -> None:
    world.feed(call)
    world.settle()
    world.feed(MonologueEnded(1))
    assert not world.tools
    assert not world.prompts
    assert world.session.phase is Phase.LISTENING


def test_a_spoken_command_is_carried_out_by_the_session(world: MoshiWorld) -> None:
    world.feed(MonologueText(1, " Certainly"))
    world.say("Change to GLaDOS.")
    world.feed(MonologueText(1, " I will"))
    world.settle()
    assert world.session.current_persona_name == "glados"
    assert [each.voice for each in world.commands if isinstance(each, BeginAnew)] == ["NATF2", "NATF2"]
    assert "You are GLaDOS." in str(world.commands)
    assert world.stored[-1].persona == "glados"
    assert world.stored[-1].text, "the new persona has introduced itself"


def test_it_does_not_begin_while_a_command_is_carried_out(world: MoshiWorld) -> None:
    world.say("Change to GLaDOS.")
    world.feed(MonologueText(1, " Sure"))
    assert isinstance(world.commands[-1], CancelSpeech)
    world.settle()
    assert world.session.current_persona_name == "glados"


def test_typed_lines_are_answered_by_the_text_engine_and_it_keeps_quiet(world: MoshiWorld) -> None:
    world.feed(TypedTurn("What is two plus three?"))
    assert len(world.prompts) == 1
    world.feed(MonologueText(1, " Hm"))
    assert isinstance(world.commands[-1], CancelSpeech)
    world.settle()
    assert world.texts("assistant")[-1].startswith("Well.")


def test_asleep_it_is_held_until_it_is_woken(world: MoshiWorld) -> None:
    world.say("Go to sleep.")
    world.session.asleep = True
    world.settle()
    assert world.commands.count(HoldMonologue(True)) == 1
    world.say("Wake up.")
    world.settle()
    assert world.commands[-1] != HoldMonologue(True)
    assert world.commands.count(HoldMonologue(False)) == 1


def test_beginning_anew_it_keeps_the_end_of_what_was_said(world: MoshiWorld) -> None:
    world.say("My name is Ada.")
    world.feed(MonologueText(1, " Hello, Ada."))
    world.feed(MonologueEnded(1))
    world.feed(RoleFading())
    (kept,) = [each.prompt for each in world.commands[-1:] if isinstance(each, BeginAnew)]
    assert kept.startswith("You are Nova.")
    assert kept.endswith("They said: My name is Ada. You said: Hello, Ada.")
    world.say("Change to GLaDOS.")
    world.settle()
    switched = [each.prompt for each in world.commands if isinstance(each, BeginAnew)][-1]
    assert "Ada" not in switched, "what was said to one persona is not another's"


def test_the_user_is_told_where_it_cannot_keep_anything(world: MoshiWorld) -> None:
    world.feed(RoleFading())
    assert not [update for update in world.shown if isinstance(update, NoticeShown)]
    world.feed(RoleFading(forgets=True))
    (notice,) = [update for update in world.shown if isinstance(update, NoticeShown)]
    assert "does not know what was said before" in notice.message
    assert isinstance(world.commands[-1], BeginAnew)


def test_after_a_crash_the_next_engine_is_heard_from_its_first_word(world: MoshiWorld) -> None:
    for utterance in (1, 2):
        world.feed(MonologueText(utterance, " Once upon a time."))
        world.feed(MonologueEnded(utterance))
    world.feed(MonologueText(3, " There was"))
    world.feed(EngineDown("It died.", 0.2))
    world.feed(replace(READY, engine="moshi", answers_itself=True))
    world.feed(MonologueText(1, " Here I am."))
    world.feed(MonologueEnded(1))
    assert [(message.text, message.interrupted) for message in world.stored[2:]] == [
        ("There was", True),
        ("Here I am.", False),
    ]


def test_a_cascade_is_told_nothing_of_it() -> None:
    world = MoshiWorld(Session(load_library(), default_registry(), "default", greets=False))
    world.feed(READY)
    world.feed(PersonaRequested("glados"))
    world.session.asleep = True
    world.settle()
    assert not [each for each in world.commands if isinstance(each, BeginAnew | HoldMonologue)]


def test_news_of_the_same_model_do_not_end_the_conversation(world: MoshiWorld) -> None:
    """Its listener was switched off, say."""
    begun = [each for each in world.commands if isinstance(each, BeginAnew)]
    moshi = replace(READY, engine="moshi", answers_itself=True)
    world.feed(replace(moshi, parts={**READY.parts, "recogniser": "moonshine"}))
    assert [each for each in world.commands if isinstance(each, BeginAnew)] == begun
    world.feed(replace(moshi, parts={**READY.parts, "model": "Moshiko q4"}))
    assert len([each for each in world.commands if isinstance(each, BeginAnew)]) == len(begun) + 1
