"""Every kind of update, as it is read on the screen."""

from __future__ import annotations

import time

import pytest

from assistant.conversation.requests import RecordingRequested, TypedTurn
from assistant.conversation.updates import (
    EngineShown,
    HealthShown,
    InputEnded,
    LatencyShown,
    LevelsShown,
    MessageShown,
    NoticeShown,
    Phase,
    PhaseChanged,
    RecordingShown,
    ToolShown,
    ToolStatus,
)
from assistant.dashboard.bridge import UpdateArrived
from assistant.dashboard.status import PHASES
from assistant.dashboard.widgets.entries import NOTICES, TOOL_STATES, MessageEntry, ShownEntry
from assistant.errors import EngineError
from assistant.severity import Severity
from tests.dashboard.stage import Stage, stage


def said(number: int, text: str, final: bool = True, **more: object) -> MessageShown:
    return MessageShown(number, "user", text, "ada", final, **more)  # type: ignore[arg-type]


def answer(number: int, text: str, final: bool = True, **more: object) -> MessageShown:
    return MessageShown(number, "assistant", text, "ada", final, source="model", **more)  # type: ignore[arg-type]


def italic_part(on: Stage, start: str) -> str:
    """What is drawn slanted in the lines of the entry whose text begins with ``start``."""
    entry = next(one for one in on.app.dashboard.query(MessageEntry) if start in str(one.content))
    strips = entry.render_lines(entry.size.region)
    segments = [segment for strip in strips for segment in strip]
    return "".join(segment.text for segment in segments if segment.style and segment.style.italic).strip()


async def test_before_anything_is_said_it_tells_how_to_begin():
    async with stage() as on:
        assert "Say hello" in on.text
        await on.tell(said(1, "hello"))
        assert "Say hello" not in on.text


@pytest.mark.parametrize("phase", list(Phase))
async def test_a_phase_is_a_glyph_and_a_word(phase: Phase):
    async with stage() as on:
        await on.tell(PhaseChanged(phase, microphone_open=True))
        glyph, word = PHASES[phase]
        assert f"{glyph} {word}" in on.lines[1]


async def test_the_microphone_is_told_in_words():
    async with stage(size=(60, 20)) as on:
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=True))
        assert "mic open" in on.lines[0]
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=False))
        assert "mic closed" in on.lines[0]
        assert "○ ready" in on.lines[0]
        await on.tell(PhaseChanged(Phase.HEARING, microphone_open=True, push_to_talk=True))
        assert "your turn" in on.lines[0]


async def test_nobody_is_asked_to_talk_where_nobody_listens():
    async with stage(size=(60, 20)) as on:
        assert "Type here, or just talk" in on.text
        await on.tell(EngineShown("embedded cascade", "scripted"))
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=False))
        assert "⊘ no microphone" in on.lines[0]
        assert "Type here" in on.text
        assert "just talk" not in on.text
        await on.tell(EngineShown("embedded cascade", "scripted", {}, "Headset", "Headset"))
        assert "⊘ mic closed" in on.lines[0]
        assert "just talk" not in on.text
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=True))
        assert "Type here, or just talk" in on.text


async def test_a_partial_transcript_is_replaced_in_place_and_slanted_until_final():
    async with stage() as on:
        await on.tell(said(1, "what ti", final=False))
        assert "hearing" in on.text
        assert italic_part(on, "what ti") == "what ti"
        await on.tell(said(1, "what time is it"))
        assert on.text.count("what ti") == 1
        assert "hearing" not in on.text
        assert italic_part(on, "what time") == ""


async def test_an_answer_shows_what_was_heard_and_what_is_to_come():
    async with stage() as on:
        await on.tell(answer(1, "It is nine o'clock.", final=False, heard=5))
        assert italic_part(on, "It is") == "nine o'clock."
        await on.tell(answer(1, "It is nine o'clock.", heard=19))
        assert italic_part(on, "It is") == ""
        assert "answering" not in on.text


async def test_an_interrupted_answer_says_so():
    async with stage() as on:
        await on.tell(answer(1, "It is nine", heard=10, interrupted=True))
        assert "⊘ interrupted" in on.text
        assert "It is nine —" in on.text


async def test_an_empty_final_text_takes_the_message_away():
    async with stage() as on:
        await on.tell(said(1, "uh", final=False))
        await on.tell(said(1, ""))
        assert not on.app.dashboard.query(MessageEntry)


async def test_messages_name_their_side_and_how_they_came():
    async with stage() as on:
        await on.tell(said(1, "one", source="typed"), answer(2, "two"))
        assert any(line.split()[1:3] == ["You", "typed"] for line in on.lines)
        assert "◆ Ada" in on.text


@pytest.mark.parametrize("status", list(ToolStatus))
async def test_a_tool_call_is_a_card_with_its_state_in_words(status: ToolStatus):
    async with stage() as on:
        await on.tell(ToolShown(1, "remember", {"note": "tea"}, ToolStatus.RUNNING))
        await on.tell(ToolShown(1, "remember", {"note": "tea"}, status, "It is noted."))
        glyph, word, _ = TOOL_STATES[status]
        assert f"{glyph} {word}  remember  note: tea" in on.text
        assert "It is noted." in on.text
        assert on.text.count("remember") == 1


@pytest.mark.parametrize("severity", list(Severity))
async def test_a_notice_has_a_glyph_and_its_remedy(severity: Severity):
    async with stage() as on:
        await on.tell(NoticeShown(severity, "The microphone is gone.", "Plug it in."))
        assert f"{NOTICES[severity][0]} The microphone is gone." in on.text
        assert "Plug it in." in on.text


async def test_latency_engine_and_health_stand_in_line_and_panel():
    async with stage(size=(160, 40)) as on:
        await on.tell(
            EngineShown("embedded cascade", "scripted", {"vad": "silero"}, "Headset", ""),
            LatencyShown(endpoint=0.31, recognition=0.09, reply=0.012, synthesis=0.14, total=0.552),
            HealthShown(underruns=2, dropped_blocks=1, erle=None, rss_mb=268.4),
        )
        status = on.lines[-2]
        assert "embedded cascade + scripted" in status
        assert "552 ms" in status
        assert "! 3 audio gaps" in status
        assert "Headset → none" in status
        assert "end 310 · asr 90 · reply 12 · tts 140 · out 0" in status
        assert all(text in on.text for text in ("silero", "268 MB", "✓ within 900 ms"))


async def test_untrusted_text_is_neither_markup_nor_obeyed():
    async with stage() as on:
        evil = "[bold red]x[/] \x1b[2Jy [@click=app.quit]z[/]"
        await on.tell(
            said(1, evil),
            NoticeShown(Severity.INFO, evil, evil),
            ToolShown(1, evil, {evil: evil}, ToolStatus.DONE),
        )
        assert on.text.count("[bold red]x[/] y [@click=app.quit]z[/]") >= 4


@pytest.mark.parametrize("piece", ["a", "*", "[", "`", "<b>", "\x1b[31m", "\u202e", "word "], ids=repr)
async def test_a_line_of_a_megabyte_is_shown_by_its_beginning(piece: str):
    huge = piece * (2**20 // len(piece))
    async with stage() as on:
        began = time.process_time()
        await on.tell(
            said(1, huge),
            answer(2, huge, final=False, heard=500_000),
            answer(3, huge),
            NoticeShown(Severity.INFO, huge, huge),
            ToolShown(1, huge, {huge: huge}, ToolStatus.DONE, huge),
        )
        entries = [str(entry.content) for entry in on.app.dashboard.query(ShownEntry)]
        assert len(entries) == 5
        assert all(f"({len(huge):,} characters; /export writes all" in entry for entry in entries)
        assert not any("\x1b" in entry for entry in entries)
        on.app.dashboard.chat.refresh(layout=True)
        await on.pilot.pause()
        assert time.process_time() - began < 10


async def test_levels_become_dots():
    async with stage([PhaseChanged(Phase.LISTENING, microphone_open=True)]) as on:
        voice = on.app.dashboard.voice
        for step in range(8):
            on.now[0] = step / 20
            voice.show_levels(LevelsShown(microphone=-8.0, speaker=-30.0))
        await on.pilot.pause()
        row = next(line for line in on.lines if line.strip().startswith("▮ you"))
        assert row[14:24].strip() == "⬤" * 7


async def test_the_end_of_the_input_needs_nothing_shown():
    async with stage() as on:
        before = on.text
        await on.tell(InputEnded())
        assert on.text == before


async def test_typed_lines_are_sent_and_remembered():
    async with stage() as on:
        await on.pilot.press(*"one", "enter", "space", "enter", *"two", "enter", *"dra")
        assert on.conversation.requests == [TypedTurn("one"), TypedTurn("two")]
        prompt = on.app.dashboard.query_one("#prompt")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await on.pilot.press(key)
            seen.append(prompt.value)  # type: ignore[attr-defined]
        assert seen == ["two", "one", "one", "two", "dra", "dra"]


async def test_someone_who_reads_back_is_left_where_they_are():
    async with stage([said(number, f"line {number}") for number in range(60)]) as on:
        await on.pilot.press("pageup", "pageup")
        await on.until(lambda: "line 59" not in on.text)
        await on.pilot.wait_for_scheduled_animations()
        before = on.app.dashboard.chat.scroll_y
        await on.tell(said(100, "new line"))
        assert on.app.dashboard.chat.scroll_y == before


async def test_a_conversation_that_fails_says_why_and_stays_readable():
    async with stage([said(1, "hello")], error=EngineError("The engine is gone.", "Start again.")) as on:
        await on.until(lambda: "The engine is gone." in on.text)
        assert "Start again." in on.text
        assert "engine down" in on.text
        assert "hello" in on.text


async def test_an_unforeseen_failure_is_told_in_a_sentence():
    async with stage(error=RuntimeError("secret detail")) as on:
        await on.until(lambda: "stopped unexpectedly" in on.text)
        assert "secret detail" not in on.text


def test_bursts_of_one_kind_are_shown_once():
    health = UpdateArrived(HealthShown(0, 0, None, 100.0))
    message = UpdateArrived(said(1, "a", final=False))
    assert health.can_replace(UpdateArrived(HealthShown(1, 0, None, 101.0)))
    assert message.can_replace(UpdateArrived(said(1, "ab")))
    assert not message.can_replace(UpdateArrived(said(2, "ab")))
    assert not health.can_replace(message)
    assert not UpdateArrived(InputEnded()).can_replace(UpdateArrived(InputEnded()))


async def test_a_recording_is_said_in_words_as_long_as_it_lasts():
    async with stage(size=(70, 24)) as on:
        assert "recording" not in on.lines[0]
        await on.tell(RecordingShown("/tmp/recordings/today"))
        assert "● recording" in on.lines[0]
        await on.pilot.press("f9")
        assert on.conversation.requests == [RecordingRequested(False)]
        await on.tell(RecordingShown(""))
        assert "recording" not in on.lines[0]
