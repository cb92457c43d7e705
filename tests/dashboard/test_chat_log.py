"""The conversation on the screen: a bounded window that moves with scrolling, search, filter, edit."""

from __future__ import annotations

import pytest

from assistant.conversation.requests import TypedTurn
from assistant.conversation.updates import MessageShown, NoticeShown
from assistant.dashboard.widgets.chat_log import STEP, WINDOW
from assistant.dashboard.widgets.entries import ShownEntry
from assistant.severity import Severity
from tests.dashboard.stage import Stage, stage

COUNT = 400


def said(id: int, persona: str = "ada", text: str = "") -> MessageShown:
    return MessageShown(id, "user", text or f"line {id:03}.", persona, final=True)


MANY = tuple(said(id) for id in range(COUNT))


def live(on: Stage) -> list[str]:
    """The texts on the tree, from top to bottom."""
    return [str(entry.content).split("\n")[-1] for entry in on.app.dashboard.chat.query(ShownEntry)]


def in_order(on: Stage) -> bool:
    numbers = [int(text[5:8]) for text in live(on)]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_a_long_conversation_keeps_few_nodes_and_follows_the_newest():
    async with stage() as on:
        for start in range(0, COUNT, 25):
            await on.tell(*MANY[start : start + 25])
        await on.until(lambda: f"line {COUNT - 1:03}." in on.text)
        assert len(live(on)) <= WINDOW + 2 * STEP
        assert in_order(on)
        assert len(on.app.dashboard.query("*")) < 150
        assert str(on.app.dashboard.query_one("#earlier").content).endswith("earlier")


async def test_scrolling_back_loads_what_is_earlier_and_leaves_in_place_what_is_read():
    async with stage(MANY) as on:
        chat = on.app.dashboard.chat
        await on.until(lambda: f"line {COUNT - 1:03}." in on.text)
        first = live(on)[0]
        while first in live(on)[:1]:
            before = [line for line in on.lines if "line " in line]
            await on.pilot.press("pageup")
            await on.pilot.wait_for_scheduled_animations()
            await on.pilot.pause()
        assert len(live(on)) <= WINDOW + STEP
        assert in_order(on)
        # A page further back than before: the upper line of the screen then is at or below its end now.
        seen = "".join(line for line in on.lines if "line " in line)
        assert int(before[0].split("line ")[1][:3]) - int(seen.split("line ")[1][:3]) < 20
        assert not chat.is_vertical_scroll_end


async def test_all_of_it_can_be_read_back_to_the_first_line_and_down_again():
    async with stage(MANY[:120]) as on:
        chat = on.app.dashboard.chat
        for _ in range(100):
            chat.scroll_to(y=0, animate=False, immediate=True)
            await on.pilot.pause()
            if "line 000." in on.text:
                break
        assert live(on)[0] == "line 000."
        assert not on.app.dashboard.query_one("#earlier").display
        for _ in range(100):
            chat.scroll_to(y=chat.max_scroll_y, animate=False, immediate=True)
            await on.pilot.pause()
            if "line 119." in on.text:
                break
        assert in_order(on)
        assert live(on)[-1] == "line 119."


async def test_what_is_new_waits_below_while_somebody_reads_back():
    async with stage(MANY) as on:
        await on.until(lambda: f"line {COUNT - 1:03}." in on.text)
        await on.pilot.press("pageup", "pageup")
        await on.pilot.wait_for_scheduled_animations()
        top = on.lines[4]
        await on.tell(*(said(COUNT + more) for more in range(100)))
        assert on.lines[4] == top
        assert len(live(on)) <= WINDOW + 2 * STEP
        assert "later" in str(on.app.dashboard.query_one("#later").content)
        await on.pilot.press("ctrl+end")
        await on.until(lambda: f"line {COUNT + 99}." in on.text)
        assert in_order(on)


async def test_a_message_outside_the_window_changes_where_it_is():
    async with stage(MANY) as on:
        await on.until(lambda: f"line {COUNT - 1:03}." in on.text)
        await on.tell(said(3, text="line 003. corrected"))
        assert len(on.app.dashboard.chat.transcript) == COUNT
        await on.pilot.press("ctrl+r", *"corrected")
        await on.until(lambda: "line 003. corrected" in on.text)


async def test_words_are_found_newest_first_marked_and_left_again():
    script = [said(id, text="about a needle" if id in {20, 200, 399} else "") for id in range(COUNT)]
    async with stage(script) as on:
        await on.until(lambda: "needle" in on.text)
        await on.pilot.press("ctrl+r", *"NEEDLE")
        await on.until(lambda: "3 of 3" in on.text)
        await on.pilot.press("enter")
        await on.until(lambda: "2 of 3" in on.text and "line 199." in on.text)
        await on.pilot.press("up")
        await on.until(lambda: "1 of 3" in on.text and "line 019." in on.text)
        assert len(live(on)) <= WINDOW + 2 * STEP
        await on.pilot.press("down")
        await on.until(lambda: "2 of 3" in on.text)
        await on.pilot.press("escape")
        await on.until(lambda: on.app.focused is on.app.dashboard.prompt)
        assert not on.app.dashboard.query("#search")
        assert on.conversation.requests == []


async def test_what_is_not_there_is_said():
    async with stage(MANY[:3]) as on:
        await on.pilot.press("ctrl+r", *"zebra")
        await on.until(lambda: "nothing found" in on.text)


async def test_one_personas_part_is_shown_and_everything_again():
    script = [said(1), said(2, "bob"), NoticeShown(Severity.INFO, "A notice."), said(3)]
    async with stage(script) as on:
        await on.pilot.press(*"/filter bob", "enter")
        await on.until(lambda: live(on) == ["line 002."])
        await on.tell(said(4), said(5, "bob"))
        assert live(on) == ["line 002.", "line 005."]
        await on.pilot.press(*"/filter", "enter")
        await on.until(lambda: len(live(on)) == 6)
        await on.pilot.press(*"/filter nobody-like-that", "enter")
        await on.until(lambda: "There is no persona named" in on.text)


async def test_what_was_spoken_is_changed_and_said_again():
    async with stage([said(1, text="what time is it in paris")]) as on:
        await on.pilot.press("up", *["backspace"] * 5, *"rome", "enter")
        assert on.conversation.requests == [TypedTurn("what time is it in rome")]


async def test_a_message_that_turns_out_empty_is_taken_away():
    async with stage([said(1), MessageShown(2, "user", "uh", "ada", final=False)]) as on:
        await on.tell(MessageShown(2, "user", "", "ada", final=True))
        assert live(on) == ["line 001."]
        await on.tell(said(3))
        assert live(on) == ["line 001.", "line 003."]


@pytest.mark.parametrize("final", [False, True])
async def test_markdown_is_shown_once_an_answer_is_complete(final: bool):
    async with stage() as on:
        await on.tell(MessageShown(1, "assistant", "A **bold** word", "ada", final, source="model"))
        assert ("A bold word" in on.text) is final
