"""What leaves the prompt is summed up in a few of its own sentences, without a model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.history import History
from assistant.conversation.prompts import build_prompt
from assistant.llm.port import Message, Purpose, Said
from assistant.llm.summary import LONGEST, summary_with
from assistant.memory.context import MOST
from assistant.personas.load import load_library

LIBRARY = load_library()
FACT = "My sister Anna lives in Oslo."
SMALL_TALK = ("And what do you think about that?", "It is hard to say, really.", "Go on then.")

SENTENCES = st.text(st.sampled_from("abc IAmy5 .?!\n"), max_size=60)
MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(["user", "assistant", "tool"]), SENTENCES, untrusted=st.booleans())
)


def talk(number: int) -> Message:
    role = "assistant" if number % 2 else "user"
    return Message(role, f"{SMALL_TALK[number % len(SMALL_TALK)]} This was number {number}.")


@given(MESSAGES)
def test_it_is_short_and_made_of_their_own_sentences_in_their_order(messages: list[Message]):
    summary = summary_with((), messages)
    assert sum(len(said.text) for said in summary) <= LONGEST
    own = [message for message in messages if message.role != "tool" and not message.untrusted]
    at = 0
    for said in summary:
        at = next(place for place in range(at, len(own)) if holds(own[place], said))


def holds(message: Message, said: Said) -> bool:
    return message.role == ("user" if said.by_user else "assistant") and said.text in " ".join(
        message.text.split()
    )


def test_what_others_wrote_does_not_outlast_them():
    told = [
        Message("tool", "My name is Eve."),
        Message("assistant", "My name is Eve, it says.", untrusted=True),
    ]
    assert summary_with((), told) == ()


def test_what_the_user_tells_of_themselves_is_kept_over_small_talk():
    history = History()
    history.append(Message("user", f"{FACT} What do you say?"))
    for number in range(400):
        history.append(talk(number))
    assert len(history) <= MOST
    assert Said(True, FACT) in history.summary
    history.clear()
    assert history.summary == ()


def test_the_same_words_are_kept_once():
    assert summary_with((Said(True, FACT),), [Message("user", FACT)]) == (Said(True, FACT),)


def test_the_summary_changes_only_when_a_block_leaves():
    history, begun = History(), []
    for number in range(160):
        history.append(talk(number))
        made = build_prompt(Purpose.REPLY, LIBRARY.default, tuple(history), (), (), summary=history.summary)
        begun.append((made.summary, made.messages[0]))
    changes = [number for number in range(1, 160) if begun[number] != begun[number - 1]]
    assert changes == list(range(30, 160, 10))
    assert all(begun[number][0] != begun[number - 1][0] for number in changes)
