"""Random interleavings of everything that can happen to a session, against what must always hold."""

from __future__ import annotations

from random import Random

import pytest

from assistant.conversation.answer import CALLS_A_ROUND
from assistant.conversation.answers import TOOL_ROUNDS
from assistant.conversation.commands import MOST_RUNNING, UNDO_DEPTH
from assistant.conversation.effects import NotesRecalled, Tick, ToolFinished
from assistant.conversation.requests import (
    MicrophoneRequested,
    PersonaRequested,
    StopRequested,
    TalkRequested,
    TypedTurn,
    WakeRequested,
)
from assistant.conversation.session import Session
from assistant.conversation.updates import MessageShown, Phase
from assistant.engine.protocol import (
    DevicesChanged,
    EngineDown,
    Levels,
    PartialTranscript,
    TurnResumed,
    UserSpeechStarted,
)
from assistant.llm.summary import LONGEST
from assistant.memory.context import MOST
from assistant.personas.load import load_library
from assistant.tools.offered import Offer, OfferedTool
from assistant.tools.registry import default_registry
from assistant.tools.result import Kind, ToolCall, ToolResult
from tests.fakes.world import READY, ZOMBIE, FakeVoice, World, random_text

LIBRARY = load_library()
REGISTRY = default_registry()
PIECES = (
    ("Well. ", "That is ", "one way to see it. ", "Is it not?"),
    ('Let me see. TOOL_CALL: {"name": "ti', 'me", "arguments": {}}', " So it is."),
    ('TOOL_CALL: {"name": "change_theme", "argu', 'ments": {"persona_name": "GLaDOS"}}'),
    ('TOOL_CALL: {"name": ', "broken", "\n"),
    ("Let me look", ToolCall("time"), "Well."),
    ("<think>Hm.</thi", "nk>So it is.<|im_", "end|>", "I am the user. ", "Me too."),
    (ToolCall("recall"), ToolCall("set_volume", {"level": 3}), "So be it."),
    ("One moment. ", ToolCall("web__search"), ToolCall("forget_everything"), ToolCall("nothing")),
    (),
    ("Let me look at all of it. ", *[ToolCall("time")] * 5, *[ToolCall("recall")] * 5, "So be it."),
    ['TOOL_CALL: {"name": broken}\n'] * 12,
)
SEARCH = OfferedTool("web", "search", "Search the web.", {}, Kind.CHANGE)
WRONG = ToolResult("Its arguments are wrong.", ok=False, is_rejected=True)


def act(world: World, random: Random) -> None:  # noqa: PLR0912 - a table of what may happen
    """Let one random thing happen."""
    world.now += random.choice((0.0, 0.001, 0.05, 0.3, 3.0))
    choice = random.randrange(25)
    if choice == 20 and world.late:
        world.deliver_late(random)
    elif choice < 6 and world.replies:
        world.write(random.choice(list(world.replies)))
    elif choice < 11:
        world.play()
    elif choice == 11:
        world.turn += 1
        world.feed(UserSpeechStarted(world.turn, world.now))
    elif choice == 12:
        world.feed(PartialTranscript(world.turn, random_text(random)))
    elif choice == 13:
        over_speech = random.random() < 0.5
        if over_speech and (event := world.voice.talk_down()):
            world.feed(event)
        world.reply_pieces = random.choice(PIECES)
        world.say(random_text(random), over_speech=over_speech)
    elif choice in (21, 22):
        pause(world, random)
    elif choice == 23 and random.random() < 0.5:
        world.feed(random.choice((Offer("web", (SEARCH,)), Offer("web", (), "It went."))))
    elif choice == 23:
        world.feed(NotesRecalled(world.session.generation))
    elif choice == 24 and world.tools:
        world.feed(ToolFinished(world.tools.popleft().id, WRONG))
    elif choice == 14 and world.tools:
        world.finish_tool()
    elif choice == 15:
        world.feed(TypedTurn(random_text(random)))
    elif choice == 16:
        world.feed(
            random.choice(
                (
                    StopRequested(),
                    MicrophoneRequested(random.random() < 0.7),
                    TalkRequested(random.random() < 0.5),
                    PersonaRequested(random.choice(("hal9000", "kitt", "nobody"))),
                    WakeRequested(),
                )
            )
        )
    elif choice == 17 and random.random() < 0.3:
        played, world.voice = world.voice.played, FakeVoice()
        world.voice.played = played
        world.feed(EngineDown("The engine process was ended by SIGKILL.", 0.2))
        if random.random() < 0.8:
            world.feed(READY)
    elif choice == 18 and random.random() < 0.3:
        world.feed(DevicesChanged("", "", "The speaker is gone."))
        world.now += random.choice((0.1, 7.0))
        world.feed(Tick())
        world.feed(DevicesChanged("fake microphone", random.choice(("fake speaker", "another speaker"))))
    elif choice == 19 and world.replies and random.random() < 0.3:
        world.fail(random.choice(list(world.replies)))
    else:
        world.feed(Levels(-40.0, -60.0))


def pause(world: World, random: Random) -> None:
    """The user pauses, then goes on, ends with these words, or turns out to have said others."""
    world.reply_pieces = random.choice(PIECES)
    goes_on = random.random() < 0.5
    text = random_text(random)
    world.pause(f"{ZOMBIE} {text}" if goes_on else text)
    for _ in range(random.randrange(6)):
        if world.replies and random.random() < 0.8:
            world.write(random.choice(list(world.replies)))
        elif not goes_on:
            world.play()
    if random.random() < 0.5:
        world.feed(TurnResumed(world.turn))
    if random.random() < 0.9:
        world.end(random.choice((text, random_text(random))))


@pytest.mark.timeout(3600)
def test_nothing_cancelled_is_said_and_it_always_listens_again(fuzz_cases: int) -> None:
    for seed in range(fuzz_cases):
        random = Random(seed)
        session = Session(LIBRARY, REGISTRY, "default")
        world = World(session)
        try:
            world.feed(READY)
            for _ in range(60):
                act(world, random)
                check_bounds(world)
            world.feed(READY)
            world.settle()
            check_rest(world)
            check_messages(world)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error


def check_bounds(world: World) -> None:
    """Whatever the session keeps, or has under way outside, has an end."""
    session, answer = world.session, world.session.answers.current
    assert session.outbox.take() == ()
    assert len(world.replies) <= 1, "replies that are written at once"
    assert len(world.tools) <= MOST_RUNNING
    assert len(session.commands.undo) <= UNDO_DEPTH
    assert len(session.answers.history) <= MOST
    assert sum(len(said.text) for said in session.answers.history.summary) <= LONGEST
    assert len(session.answers.recently_spoken) <= 8
    if answer is not None:
        assert len(answer.waiting) + len(answer.results) <= CALLS_A_ROUND
        assert answer.rounds <= TOOL_ROUNDS
        assert answer.waiting <= {run.id for run in world.tools}, "it waits for what does not run"


def check_rest(world: World) -> None:
    """Nothing is under way any more, and once the user has come to the end of their words, it listens."""
    session = world.session
    assert (session.phase is Phase.HEARING) == (session.turns.is_open and not session.asleep)
    world.end("")
    assert session.phase is (Phase.ASLEEP if session.asleep else Phase.LISTENING)
    assert (session.answers.current, session.commands.busy, session.turns.is_open) == (None, False, False)
    assert not world.replies
    assert not world.tools
    check_bounds(world)
    assert session.handle(Levels(-40, -60), world.now)[1:] == ()


def check_messages(world: World) -> None:
    """What is remembered is what was shown as final; nothing is left half shown."""
    shown: dict[int, MessageShown] = {}
    for update in world.shown:
        if isinstance(update, MessageShown):
            before = shown.get(update.id)
            assert before is None or not before.final or before.text == "", "a final message was changed"
            shown[update.id] = update
    assert all(message.final for message in shown.values() if message.role == "assistant")
    final = [(message.role, message.text) for message in shown.values() if message.final and message.text]
    stored = [(message.role, message.text) for message in world.stored if message.text]
    assert sorted(final) == sorted(stored)
    for message in world.stored:
        if message.interrupted and message.text and message.text not in world.read:
            assert message.text.split() in world.voice.played.values(), "remembered other than heard"
    for message in shown.values():
        assert "TOOL_CALL" not in message.text
        assert ZOMBIE not in message.text
        if message.role == "assistant":
            assert message.heard <= len(message.text)
