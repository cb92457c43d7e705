"""Answers that are longer than a voice should be, and words that nobody wants to hear."""

from __future__ import annotations

from assistant.conversation.limits import Limits
from assistant.conversation.requests import StopRequested
from assistant.conversation.session import Session
from assistant.conversation.updates import MessageShown
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.fakes.world import READY, World

SENTENCES = tuple(f"This is sentence number {number} of them. " for number in range(10))


def world_with(limits: Limits, *pieces: str) -> World:
    session = Session(load_library(), default_registry(), "default", greets=False, limits=limits)
    world = World(session)
    world.feed(READY)
    world.reply_pieces = pieces
    world.say("Tell me everything, in your own words.")
    return world


def test_the_voice_says_the_first_sentences_and_where_the_rest_is() -> None:
    world = world_with(Limits(spoken_characters=100), *SENTENCES)
    while world.replies:
        world.write(world.session.generation)
    spoken = " ".join(world.voice.words)
    assert spoken == "".join(SENTENCES[:3]) + "The rest is on the screen."
    world.settle()
    last = [update for update in world.shown if isinstance(update, MessageShown)][-1]
    assert (last.text, last.heard) == ("".join(SENTENCES).strip(), len("".join(SENTENCES).strip()))
    assert world.stored[-1].text == last.text


def test_of_an_interrupted_one_only_what_was_said_is_kept() -> None:
    world = world_with(Limits(spoken_characters=100), *SENTENCES)
    while world.replies:
        world.write(world.session.generation)
    for _ in range(24):
        world.play()
    world.feed(StopRequested())
    assert world.stored[-1].text == "".join(SENTENCES[:3]).strip(), "not what told where the rest is"


def test_hidden_words_are_neither_shown_nor_said() -> None:
    world = world_with(Limits(hidden_words=("darn",)), "Oh, da", "rn! It is darned ", "DARN cold, dar", "n.")
    while world.replies:
        world.write(world.session.generation)
    assert " ".join(world.voice.words) == "Oh, …! It is darned … cold, …."
    world.settle()
    texts = [update.text for update in world.shown if isinstance(update, MessageShown)]
    assert not any("darn " in text.casefold() or "darn!" in text.casefold() for text in texts)
