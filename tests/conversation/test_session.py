"""The session: turns, interruption, personas, tools, questions, sleep and mute, in virtual time."""

from __future__ import annotations

import pytest

from assistant.conversation.effects import Tick
from assistant.conversation.requests import (
    DevicesRequested,
    MicrophoneRequested,
    PersonaRequested,
    PersonasReloaded,
    SoundTestRequested,
    StopRequested,
    TalkRequested,
    TypedTurn,
    VolumeRequested,
)
from assistant.conversation.session import Session
from assistant.conversation.updates import (
    LatencyShown,
    NoticeShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    ToolShown,
    ToolStatus,
)
from assistant.engine.protocol import (
    DevicesChanged,
    EngineDown,
    Say,
    SpeechStarted,
    TurnDoubted,
    UseDevices,
    UserSpeechStarted,
    UserTurn,
)
from assistant.llm.port import Purpose
from assistant.personas.load import load_library
from assistant.recording.codec import decode, encode
from assistant.tools.registry import default_registry
from assistant.tools.result import ToolCall
from tests.fakes.world import READY, World

CALL = 'TOOL_CALL: {"name": "change_theme", "arguments": {"persona_name": "GLaDOS"}}'


@pytest.fixture
def world() -> World:
    """A session that has greeted and listens."""
    world = World(Session(load_library(), default_registry(), "default"))
    world.reply_pieces = ("Hello. ", "I am here.")
    world.feed(READY)
    world.settle()
    return world


def switched(world: World) -> list[str]:
    return [update.slug for update in world.shown if isinstance(update, PersonaChanged)]


def test_greets_once_and_then_listens(world: World) -> None:
    assert [start.prompt.purpose for start in world.prompts] == [Purpose.GREETING]
    assert "Greet the user warmly" in world.prompts[0].prompt.messages[-1].text
    assert world.texts("assistant") == ["Hello. I am here."]
    assert world.session.phase is Phase.LISTENING


def test_answers_a_turn_sentence_by_sentence(world: World) -> None:
    world.say("Tell me something.")
    assert world.session.phase is Phase.THINKING
    generation = world.session.generation
    world.write(generation)
    world.write(generation)
    assert world.voice.words == ["Hello."], "the first sentence is said before the second is written"
    world.settle()
    assert [message.text for message in world.stored[-2:]] == ["Tell me something.", "Hello. I am here."]


def test_an_interrupted_answer_is_remembered_up_to_the_last_word_heard(world: World) -> None:
    world.reply_pieces = ("One two three four five. ", "Six seven.")
    world.say("Count.")
    for _ in range(2):
        world.write(world.session.generation)
    world.play()
    for _ in range(3):
        world.play()
    talked_down = world.voice.talk_down()
    assert talked_down is not None
    world.feed(talked_down)
    world.say("That will do.")
    world.settle()
    interrupted = [message for message in world.stored if message.interrupted]
    assert [message.text for message in interrupted] == ["One two three"]


def test_stop_ends_speech_and_kills_its_generation(world: World) -> None:
    world.say("Tell me something.")
    generation = world.session.generation
    world.write(generation)
    world.feed(StopRequested())
    assert world.session.generation > generation
    assert generation not in world.replies
    world.settle()
    assert world.session.phase is Phase.LISTENING


@pytest.mark.parametrize("said", ["Change to GLaDOS.", "switch to glad us"])
def test_a_spoken_switch_changes_persona_and_introduces_it(world: World, said: str) -> None:
    world.say(said)
    world.settle()
    assert switched(world) == ["glados"]
    assert world.session.current_persona_name == "glados"
    assert world.prompts[-1].prompt.purpose is Purpose.RE_INTRODUCTION
    assert world.prompts[-1].prompt.persona.slug == "glados"
    assert world.prompts[-1].prompt.messages[-1].text.startswith("You just changed to GLaDOS.")
    assert world.stored[-1].persona == "glados"
    assert world.stored[-1].tools == ("change_theme",)


def test_a_switch_in_the_models_text_is_run_once_and_not_voiced(world: World) -> None:
    world.reply_pieces = ("Very well. ", *CALL)
    world.say("I would like somebody else.")
    world.reply_pieces = ("Oh. It is you.",)
    said: list[str] = []
    while world.replies and not world.tools:
        world.write(next(iter(world.replies)))
        said += [word for word in world.voice.words if word not in said]
    world.settle()
    assert switched(world) == ["glados"]
    assert [start.prompt.purpose for start in world.prompts].count(Purpose.RE_INTRODUCTION) == 1
    assert not any("TOOL" in word or "{" in word for word in said)
    assert not any("TOOL" in text for text in world.texts("assistant"))


@pytest.mark.parametrize(
    "pieces",
    [
        ('Let me look. TOOL_CALL: {"name": "time", "arguments": {}}',),
        ("Let me look.", ToolCall("time")),
    ],
    ids=["in its text", "in its own format"],
)
def test_a_tool_result_goes_back_to_the_model_in_the_same_answer(world: World, pieces: tuple) -> None:
    world.reply_pieces = pieces
    world.say("Find out how late it is, please, model.")
    generation = world.session.generation
    for _ in range(len(pieces) + 1):
        world.write(generation)
    world.reply_pieces = ("It is late.",)
    world.settle()
    assert world.prompts[-1].generation == generation
    assert world.prompts[-1].prompt.purpose is Purpose.TOOL_RESULT
    assert "is done" in world.prompts[-1].prompt.messages[-1].text
    assert world.texts("assistant")[-1] == "Let me look. It is late."


@pytest.mark.parametrize("is_free_of_echo", [False, True])
def test_the_own_words_of_the_assistant_run_no_tool(world: World, is_free_of_echo: bool) -> None:
    world.reply_pieces = ("You may say: change to GLaDOS.",)
    world.say("What may I say to you, in your own words?")
    world.write(world.session.generation)
    world.write(world.session.generation)
    world.play()
    world.feed(UserSpeechStarted(9, world.now))
    at = world.now
    heard = UserTurn(9, "change to glados", at, at, at, over_speech=True, is_free_of_echo=is_free_of_echo)
    world.feed(heard)
    assert switched(world) == []
    assert not world.tools


def test_a_danger_is_asked_about_first(world: World) -> None:
    world.say("Forget everything.")
    assert not world.tools
    asking = [update for update in world.shown if isinstance(update, ToolShown)]
    assert asking[-1].status is ToolStatus.ASKING
    world.settle()
    world.say("No.")
    world.settle()
    assert not world.tools
    world.say("Forget everything.")
    world.settle()
    world.say("Yes.")
    assert [run.call.name for run in world.tools] == ["forget_everything"]


def test_a_question_lapses(world: World) -> None:
    world.say("Forget everything.")
    world.settle()
    world.now += 30
    world.settle()
    world.say("Yes.")
    assert not world.tools


def test_no_go_back_takes_the_switch_back(world: World) -> None:
    world.say("Change to GLaDOS.")
    world.settle()
    world.say("No, go back.")
    assert [dict(run.call.arguments) for run in world.tools] == [{"persona_name": "Assistant"}]


def test_no_go_back_takes_back_what_a_key_changed(world: World) -> None:
    world.feed(PersonaRequested("glados"))
    world.feed(VolumeRequested(0.4))
    world.settle()
    world.say("No, go back.")
    assert [(run.call.name, dict(run.call.arguments)) for run in world.tools] == [
        ("set_volume", {"level": 80})
    ]
    world.settle()
    world.feed(PersonaRequested("nobody"))
    world.say("No, go back.")
    assert [run.call.name for run in world.tools] == ["change_theme"]
    assert world.tools[0].call.arguments == {"persona_name": load_library().default.name}


def test_a_persona_picked_by_key_is_a_tool_call_like_any_other(world: World) -> None:
    world.feed(PersonaRequested("glados"))
    card = next(update for update in world.shown if isinstance(update, ToolShown))
    assert (card.name, card.status, card.result) == (
        "change_theme",
        ToolStatus.DONE,
        "Changed from Nova to GLaDOS.",
    )
    world.settle()
    assert world.stored[-1].tools == ("change_theme",)


def test_a_switch_that_came_too_late_is_not_taken_back(world: World) -> None:
    world.reply_pieces = (CALL,)
    world.say("I would like somebody else.")
    world.write(world.session.generation)
    world.feed(StopRequested())
    world.finish_tool()
    assert switched(world) == []
    world.say("No, go back.")
    assert not world.tools


def test_a_switch_by_key_leaves_no_question_open(world: World) -> None:
    world.say("Forget everything.")
    world.settle()
    world.feed(PersonaRequested("glados"))
    world.settle()
    world.say("Yes.")
    assert not world.tools
    assert [update.status for update in world.shown if isinstance(update, ToolShown)][
        -1
    ] is ToolStatus.REFUSED


def test_a_greeting_does_not_cut_off_the_answer_to_a_line_typed_early() -> None:
    world = World(Session(load_library(), default_registry(), "default"))
    world.feed(TypedTurn("Are you there?"))
    world.feed(READY)
    world.settle()
    assert world.texts("assistant") == ["Well. That is one way to see it. Is it not?"]
    assert [start.prompt.purpose for start in world.prompts] == [Purpose.REPLY]


def test_push_to_talk_ends_with_the_device(world: World) -> None:
    world.feed(TalkRequested(True))
    world.feed(DevicesChanged("", "", "The sound device is gone."))
    world.feed(DevicesChanged("fake microphone", "fake speaker"))
    phases = [update for update in world.shown if isinstance(update, PhaseChanged)]
    assert not phases[-1].push_to_talk


def test_an_unknown_persona_is_asked_back_about(world: World) -> None:
    world.say("Change to Gandalf.")
    world.settle()
    assert switched(world) == []
    assert world.texts("assistant")[-1].startswith("I know nobody")
    world.say("HAL 9000.")
    world.settle()
    assert switched(world) == ["hal9000"]


def test_asleep_it_hears_only_a_wake_word(world: World) -> None:
    world.session.asleep = True
    world.say("What time is it?")
    assert not world.tools
    assert world.session.phase is Phase.ASLEEP
    world.say("Wake up!")
    world.settle()
    assert world.session.phase is Phase.LISTENING


@pytest.mark.parametrize("said", ["GLaDOS?", "Wake up, GLaDOS.", "GLaDOS, are you there?"])
def test_asleep_the_name_of_another_persona_wakes_that_one(world: World, said: str) -> None:
    world.session.asleep = True
    world.say(said)
    world.settle()
    assert switched(world) == ["glados"]


def test_awake_nobody_is_called_by_being_told_to_wake_up(world: World) -> None:
    world.say("Wake up, GLaDOS.")
    world.settle()
    assert switched(world) == []


def test_a_closed_microphone_hears_nothing_until_a_key_opens_it(world: World) -> None:
    world.session.open_microphone(False)
    world.say("Change to GLaDOS.")
    assert not world.tools
    world.feed(MicrophoneRequested(True))
    assert world.microphone_open
    world.say("Change to GLaDOS.")
    assert len(world.tools) == 1


def test_typing_works_without_an_engine(world: World) -> None:
    world.feed(EngineDown("The engine process was ended by SIGKILL.", None))
    assert world.session.phase is Phase.DOWN
    world.feed(TypedTurn("Are you there?"))
    world.settle()
    assert world.texts("assistant")[-1] == "Hello. I am here."


def test_an_engine_that_comes_back_keeps_the_conversation(world: World) -> None:
    world.feed(MicrophoneRequested(False))
    before = list(world.session.answers.history)
    world.feed(EngineDown("The engine process was ended by SIGKILL.", 0.2))
    world.microphone_open = True
    world.feed(READY)
    world.settle()
    assert list(world.session.answers.history) == before, "it does not greet again"
    assert not world.microphone_open
    assert any("back" in update.message for update in world.shown if isinstance(update, NoticeShown))


def test_chosen_devices_are_asked_for_again_when_the_engine_comes_back(world: World) -> None:
    sent: list[object] = []
    world.voice.take, take = lambda command: sent.append(command) or take(command), world.voice.take  # type: ignore[method-assign, func-returns-value]
    world.feed(DevicesRequested("headset", "headset"))
    assert sent == [UseDevices("headset", "headset")]
    world.feed(EngineDown("The engine process was ended by SIGKILL.", 0.2))
    sent.clear()
    world.feed(READY)
    assert UseDevices("headset", "headset") in sent


def test_an_unknown_persona_by_key_changes_nothing(world: World) -> None:
    world.feed(PersonaRequested("nobody"))
    assert switched(world) == []
    assert isinstance(world.shown[-1], NoticeShown)


def test_latency_is_told_by_stage(world: World) -> None:
    world.turn += 1
    world.feed(UserTurn(world.turn, "Well?", 200.0, 200.4, 200.5))
    world.now = 200.6
    world.write(world.session.generation)
    world.feed(SpeechStarted(world.session.generation, 200.75, 0.05))
    shown = [update for update in world.shown if isinstance(update, LatencyShown)][-1]
    stages = [shown.endpoint, shown.recognition, shown.reply, shown.synthesis, shown.total]
    assert stages == pytest.approx([0.4, 0.1, 0.1, 0.05, 0.75])


def test_the_prompt_has_identity_history_and_tools(world: World) -> None:
    for number in range(40):
        world.say(f"This is sentence number {number}.")
        world.settle()
    prompt = world.prompts[-1].prompt
    assert prompt.system.startswith(f"You are {world.session.persona.name}.")
    assert {"change_theme", "remember"} <= {tool["name"] for tool in prompt.tools}
    assert len(prompt.messages) >= 10
    assert prompt.messages[-1].text == "This is sentence number 39."


def test_a_text_engine_that_falls_silent_is_given_up(world: World) -> None:
    world.say("Well?")
    world.now += 60
    world.settle_ticks()
    world.settle()
    assert world.session.phase is Phase.LISTENING
    assert "did not answer in time" in world.texts("assistant")[-1]
    assert any("in time" in update.message for update in world.shown if isinstance(update, NoticeShown))


def test_an_answer_that_breaks_off_is_kept_and_marked(world: World) -> None:
    world.reply_pieces = ("Once upon a time. ", "There")
    world.say("Tell me something long, in your own words.")
    generation = world.session.generation
    world.write(generation)
    world.write(generation)
    world.fail(generation)
    world.settle()
    assert (world.stored[-1].text, world.stored[-1].interrupted) == ("Once upon a time. There", True)
    assert any(isinstance(update, NoticeShown) and update.message == "It broke." for update in world.shown)


def test_a_model_that_plays_both_sides_is_stopped(world: World) -> None:
    world.reply_pieces = ("It is blue.<|im_end|>", "\n<|im_start|>user\nAnd now?")
    world.say("What colour is the sky, in your own words?")
    generation = world.session.generation
    world.write(generation)
    assert generation not in world.replies
    world.settle()
    assert world.texts("assistant")[-1] == "It is blue."


def test_a_backchannel_does_not_end_the_answer(world: World) -> None:
    world.say("Tell me something.")
    generation = world.session.generation
    world.write(generation)
    world.write(generation)
    world.play()
    world.feed(UserSpeechStarted(9, world.now))
    world.feed(UserTurn(9, "Mhm, okay.", world.now, world.now, world.now, over_speech=True))
    assert world.session.generation == generation
    world.settle()
    assert world.texts("assistant")[-1] == "Hello. I am here."


def test_names_are_spelled_for_the_voice(world: World) -> None:
    said: list[Say] = []
    world.voice.take, take = lambda command: said.append(command) or take(command), world.voice.take  # type: ignore[method-assign, func-returns-value]
    world.say("Hello.")
    world.settle()
    assert ("GLaDOS", "glad oss") in next(each for each in said if isinstance(each, Say)).voice.say_as


def test_speech_waits_a_little_for_a_speaker_that_went(world: World) -> None:
    world.say("Tell me something.")
    generation = world.session.generation
    world.write(generation)
    world.write(generation)
    world.play()
    world.feed(DevicesChanged("", "", "The sound device is gone."))
    world.now += 1
    world.feed(Tick())
    world.feed(DevicesChanged("fake microphone", "fake speaker", "Sound is back."))
    assert world.session.generation == generation, "it goes on"
    world.feed(DevicesChanged("", "", "The sound device is gone."))
    world.feed(DevicesChanged("fake microphone", "another speaker", "Sound is back."))
    assert world.session.generation > generation, "what was meant for headphones is not for the room"


def test_a_speaker_that_stays_away_ends_the_answer(world: World) -> None:
    world.say("Tell me something.")
    world.write(world.session.generation)
    world.play()
    world.feed(DevicesChanged("", "", "The sound device is gone."))
    world.feed(Tick())
    world.now += 6
    world.feed(Tick())
    world.settle()
    world.say("And now?")
    world.settle()
    assert world.texts("assistant")[-1] == "Hello. I am here.", "answers are read meanwhile"


def test_a_machine_that_slept_forgets_what_it_had_asked(world: World) -> None:
    world.feed(Tick())
    world.say("Forget everything.")
    world.settle()
    world.feed(Tick())
    world.now += 3600
    world.feed(Tick())
    world.say("Yes.")
    assert not world.tools


def test_sleep_counts_where_the_clock_stands_still_meanwhile(world: World) -> None:
    for asleep_s, erased in ((0.01, 1), (3600.0, 0)):
        world.say("Forget everything.")
        world.settle()
        world.feed(Tick(asleep_s))
        world.say("Yes.")
        assert len(world.tools) == erased
        world.settle()
        world.tools.clear()


def test_a_result_that_comes_after_the_next_turn_is_not_spoken(world: World) -> None:
    world.say("What time is it?")
    world.say("Tell me something.")
    generation = world.session.generation
    world.finish_tool()
    assert world.session.generation == generation
    world.settle()
    assert world.texts("assistant")[-1] == "Hello. I am here."


def test_personas_that_were_read_again_are_known_at_once(world: World) -> None:
    everybody = tuple(each.model_dump(mode="json") for each in world.session.library)
    reloaded = PersonasReloaded((*everybody, everybody[0] | {"slug": "marvin", "name": "Marvin"}))
    assert decode(encode(reloaded)) == reloaded
    world.feed(reloaded)
    world.feed(PersonaRequested("marvin"))
    world.settle()
    assert world.session.persona.name == "Marvin"


def test_a_sound_test_is_a_sentence_of_the_present_persona(world: World) -> None:
    world.feed(SoundTestRequested())
    world.settle()
    assert world.texts("assistant")[-1].startswith("This is how ")


ENGLISH = "I did not understand that. I only know English."


def test_a_turn_in_another_language_is_told_once_in_a_while(world: World) -> None:
    for expected in (1, 1, 2):
        world.say("in the blue tone we get to see the coyote")
        world.feed(TurnDoubted(world.turn))
        world.settle()
        assert world.texts("assistant").count(ENGLISH) == expected
        world.now += 35.0
        world.settle_ticks()


def test_a_command_and_an_older_turn_are_not_doubted(world: World) -> None:
    world.say("change to glados")
    world.feed(TurnDoubted(world.turn))
    world.settle()
    world.say("tell me about the sea in the winter")
    world.feed(TurnDoubted(world.turn - 1))
    world.settle()
    world.feed(TurnDoubted(world.turn))
    assert switched(world) == ["glados"]
    assert ENGLISH not in world.texts("assistant")


def test_a_yes_that_the_answer_holds_too_counts_where_no_echo_is_left(world: World) -> None:
    for free, accepted in ((False, 0), (True, 1)):
        world.reply_pieces = ("Shall I go on, yes or no, or shall I stop here and wait for the rest of it? ",)
        world.say("what now")
        while not (world.session.answers.current and world.session.answers.current.audible):
            world.write(next(iter(world.replies))) if world.replies else world.play()
        world.turn += 1
        at = world.now
        world.feed(UserSpeechStarted(world.turn, at - 0.6))
        said = UserTurn(world.turn, "Yes.", at, at, at, over_speech=True, is_free_of_echo=free)
        world.feed(said)
        assert world.texts("user").count("Yes.") == accepted
        world.settle()
