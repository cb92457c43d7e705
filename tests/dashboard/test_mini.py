"""The mini mode: one line."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from assistant.conversation.requests import MicrophoneRequested, StopRequested
from assistant.conversation.updates import LevelsShown, MessageShown, NoticeShown, Phase, PhaseChanged
from assistant.dashboard.bridge import Prepared
from assistant.dashboard.mini import MiniApp
from assistant.errors import AssistantError, EngineError
from assistant.severity import Severity
from tests.fakes.dashboard_conversation import FakeConversation
from tests.fakes.personas import LIBRARY

OPEN = PhaseChanged(Phase.LISTENING, microphone_open=True)


def line(pilot: Pilot[None]) -> str:
    return pilot.app.screen._compositor.render_strips()[0].text


async def test_one_line_has_state_meter_and_the_end_of_the_newest_words():
    conversation = FakeConversation([OPEN])
    app = MiniApp(lambda: Prepared(conversation, LIBRARY, "ada"))
    async with app.run_test(size=(80, 1)) as pilot:
        await conversation.running.wait()
        conversation.tell(LevelsShown(-6.0, -120.0), MessageShown(1, "user", "hello", "ada", final=True))
        await pilot.pause()
        assert line(pilot).startswith("▮ mic open  ○ listening █")
        assert line(pilot).rstrip().endswith("you: hello")
        conversation.tell(MessageShown(2, "assistant", "word " * 40 + "[b]end[/]\x1b[2J", "ada", final=False))
        await pilot.pause()
        assert line(pilot).rstrip().endswith("word [b]end[/]")
        assert len(line(pilot)) == 80
        conversation.tell(NoticeShown(Severity.ERROR, "The device is gone.", "Plug it in."))
        await pilot.pause()
        assert "is gone. Plug it in." in line(pilot)
        await pilot.press("f3", "escape", "ctrl+c", "ctrl+c")
        await pilot.pause()
        assert not app.is_running
    assert conversation.requests == [MicrophoneRequested(False), StopRequested(), StopRequested()]


async def test_what_cannot_be_loaded_or_stops_ends_it_with_its_reason():
    def missing() -> Prepared:
        raise AssistantError("The personas are missing.", "Install again.")

    app = MiniApp(missing)
    async with app.run_test() as pilot:
        await pilot.pause()
    assert app.failure is not None
    assert "missing" in str(app.failure)
    conversation = FakeConversation(error=EngineError("The engine is gone.", "Start again."))
    app = MiniApp(lambda: Prepared(conversation, LIBRARY, "ada"))
    async with app.run_test() as pilot:
        async with asyncio.timeout(5):
            while app.failure is None:
                await pilot.pause(0.01)
    assert isinstance(app.failure, EngineError)
