"""Panels: what they show, how they use the room, and that what is open is remembered."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from assistant.conversation.updates import (
    EngineShown,
    FrameTimesShown,
    LatencyShown,
    LevelsShown,
    NoticeShown,
    Phase,
    PhaseChanged,
    ToolKnown,
    ToolShown,
    ToolsShown,
    ToolStatus,
)
from assistant.dashboard.latency import BUDGET_S, bar, culprit, scale, stage_seconds
from assistant.dashboard.log_lines import LogTail
from assistant.dashboard.remembered import Memory, Remembered
from assistant.dashboard.widgets.meter import cells
from assistant.severity import Severity
from assistant.tools.result import Kind
from tests.dashboard.stage import Stage, stage

FAST = LatencyShown(endpoint=0.3, recognition=0.0, reply=0.1, synthesis=0.1, total=0.6)
SLOW = LatencyShown(endpoint=0.3, recognition=0.0, reply=1.2, synthesis=0.1, total=1.7)


def open_panels(on: Stage) -> list[str]:
    side = on.app.dashboard.side
    return [panel.NAME for panel in side.panels if panel.display] if side.display else []


def test_a_bar_is_as_long_as_the_turn_and_marks_the_budget():
    drawn = bar(FAST, 18, 0.9)
    assert drawn == "██████▒▒░░··     │"
    assert bar(SLOW, 17, 1.7) == "███▒▒▒▒▒▒▒▒▒▒▒▒░·"


def test_playout_is_what_the_stages_leave_of_the_total():
    assert stage_seconds(FAST)[-1] == pytest.approx(0.1)
    assert stage_seconds(LatencyShown(0.3, 0.1, 0.1, 0.1, 0.5))[-1] == 0.0


def test_the_stage_that_exceeds_its_share_most_blew_the_budget():
    assert culprit(FAST) is None
    assert culprit(SLOW) == ("reply", 1.2)
    assert culprit(LatencyShown(0.8, 0.0, 0.15, 0.1, 1.1)) == ("end of turn", 0.8)
    assert scale([FAST]) > BUDGET_S
    assert scale([FAST, SLOW]) == 1.7


async def test_the_latency_panel_shows_a_full_duplex_frame_by_stage():
    async with stage() as on:
        await on.tell(FrameTimesShown((0.04, 0.046), (0.007, 0.008), (0.04, 0.045), 0, 0))
        assert "frame 46 · 8 · 45 of 80 ms" in on.text
        await on.tell(FrameTimesShown((0.04, 0.046), (0.09, 0.1), (0.04, 0.045), 3, 1))
        assert "frame 46 · 100 · 45 of 80 ms, 3 lost" in on.text


async def test_the_latency_panel_names_the_stage_that_took_too_long():
    async with stage() as on:
        assert "no spoken turn yet" in on.text
        await on.tell(FAST)
        assert "✓ within 900 ms" in on.text
        await on.tell(SLOW)
        assert "! over 900 ms: reply 1200 ms" in on.text
        assert "! 1700 " in on.text


async def test_the_tools_panel_counts_and_shows_the_newest_first():
    async with stage() as on:
        await on.pilot.press("ctrl+y")
        await on.tell(
            ToolShown(1, "time", {}, ToolStatus.DONE, "21:15"),
            ToolShown(2, "forget", {"what": "all"}, ToolStatus.ASKING),
            ToolShown(2, "forget", {"what": "all"}, ToolStatus.REFUSED),
        )
        panel = [str(line) for line in on.app.dashboard.side.panel("tools").lines(40)]
        assert panel == ["2 calls, 1 failed", "⊘ forget  all", "  refused", "✓ time  ", "  21:15"]


async def test_the_tools_panel_tells_the_class_and_the_permission_of_each_tool():
    known = (
        ToolKnown("time", Kind.READ, for_model=True),
        ToolKnown("recall", Kind.READ, for_model=False),
        ToolKnown("forget", Kind.DANGER, for_model=True),
        ToolKnown("use_text_engine", Kind.USER, for_model=False),
    )
    async with stage() as on:
        await on.pilot.press("ctrl+y")
        await on.tell(ToolsShown(known), ToolShown(1, "time", {}, ToolStatus.DONE, "21:15"))
        panel = [str(line) for line in on.app.dashboard.side.panel("tools").lines(40)]
        assert panel[2:] == [
            "  read · 21:15",
            "read · runs by itself",
            "  time, (recall)",
            "danger · always asks",
            "  forget",
            "user · yours alone",
            "  use_text_engine",
        ]


async def test_the_devices_panel_meters_both_sides_and_a_closed_microphone_is_quiet():
    async with stage([EngineShown("e", "t", {}, "Headset", "Speaker")]) as on:
        await on.pilot.press("ctrl+n")
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=True), LevelsShown(-6, -120))
        meters = [str(line).strip() for line in on.app.dashboard.side.panel("devices").lines(36)]
        assert meters[0].endswith("Headset")
        assert meters[1] == "▮" * 16 + "   −6 dB"
        assert meters[3] == "▯" * 16 + "  quiet"
        await on.tell(PhaseChanged(Phase.LISTENING, microphone_open=False))
        assert "▮" not in str(on.app.dashboard.side.panel("devices").lines(36)[1])


def test_a_meter_is_empty_at_the_floor_and_full_at_the_ceiling():
    assert [cells(level, 10) for level in (-120.0, -55.0, -30.5, -6.0, 0.0)] == [0, 0, 5, 10, 10]


async def test_the_log_panel_shows_notices_and_log_lines():
    async with stage() as on:
        await on.pilot.press("ctrl+l")
        await on.tell(NoticeShown(Severity.WARNING, "The microphone is gone.", "Plug it in."))
        logging.getLogger("assistant.test").error("[red]disk[/] on fire")
        await on.until(lambda: "✗ [red]disk[/] on fire" in on.text)
        log = [str(line)[9:] for line in on.app.dashboard.side.panel("log").lines(80)]
        assert log[-2] == "! The microphone is gone. Plug it in."
    assert not [each for each in logging.getLogger("assistant").handlers if "Collector" in repr(each)]


async def test_the_log_panel_follows_the_engines_file_and_shows_only_what_is_asked_for(tmp_path: Path):
    log = tmp_path / "engine.log"
    log.write_text("2026-11-21 12:00:01,500 INFO engine assistant.voice.x: moonshine\n")
    async with stage(engine_log=log) as on:
        await on.pilot.press("ctrl+l")
        await on.until(lambda: "12:00:01 i engine x: moonshine" in on.text)
        with log.open("a") as file:
            file.write("2026-11-21 12:00:02,000 ERROR engine assistant.y: [b]broken[/b]\nALSA underrun\nhal")
        await on.until(lambda: "12:00:02 ✗ engine y: [b]broken[/b]" in on.text)
        assert "ALSA underrun" in on.text
        assert "hal" not in on.text.replace("halt", "")
        await on.pilot.press(*"/log-panel error engine", "enter")
        await on.until(lambda: "only “error engine”" in on.text)
        assert "moonshine" not in on.text
        assert "broken" in on.text
        log.replace(tmp_path / "engine.log.1")
        log.write_text("2026-11-21 12:00:03,000 ERROR engine assistant.z: anew\n")
        await on.until(lambda: "engine z: anew" in on.text)


async def test_the_wheel_scrolls_the_log(tmp_path: Path):
    log = tmp_path / "engine.log"
    log.write_text("".join(f"line {n:02}\n" for n in range(20)))
    async with stage(engine_log=log) as on:
        await on.pilot.press("ctrl+l")
        await on.until(lambda: "line 19" in on.text)
        panel = on.app.dashboard.side.query_one("#log-panel")
        await on.pilot._post_mouse_events([MouseScrollUp], panel)
        await on.until(lambda: "▾ 3 later" in on.text)
        assert "line 16" in on.text
        assert "line 17" not in on.text
        await on.pilot._post_mouse_events([MouseScrollDown], panel)
        await on.until(lambda: "line 19" in on.text)


def test_of_a_long_log_only_its_end_is_read(tmp_path: Path):
    log = tmp_path / "engine.log"
    log.write_text("".join(f"line {n:06}\n" for n in range(20_000)))
    lines = LogTail(log).look()
    assert lines[-1].text == "line 019999"
    assert 4000 < len(lines) < 6000
    assert all(len(line.text) == len("line 000000") for line in lines)
    assert LogTail(tmp_path / "missing").look() == []


@pytest.mark.parametrize(
    ("size", "usual"),
    [
        ((60, 20), []),
        ((80, 24), []),
        ((120, 36), ["persona", "engine", "latency"]),
        ((200, 60), ["persona", "engine", "latency", "devices", "tools", "log"]),
    ],
)
async def test_each_room_has_its_usual_panels(size: tuple[int, int], usual: list[str]):
    async with stage(size=size) as on:
        assert open_panels(on) == usual


async def test_a_small_terminal_gives_way_to_the_newest_panels():
    async with stage(size=(80, 24)) as on:
        await on.pilot.press("f6", "f7")
        assert open_panels(on) == ["persona", "latency"]
        await on.pilot.press("ctrl+l")
        assert open_panels(on) == ["latency", "log"]
        chat = on.app.dashboard.chat
        assert chat.size.width == 80
        assert chat.size.height >= 7
        await on.pilot.press("f7", "ctrl+l")
        assert open_panels(on) == []


async def test_a_narrow_terminal_shows_one_panel_at_a_time():
    async with stage(size=(60, 20)) as on:
        await on.pilot.press("f6", "f7")
        assert open_panels(on) == ["latency"]
        assert on.app.dashboard.chat.size.height >= 5


async def test_another_size_is_another_room():
    async with stage(size=(120, 36)) as on:
        await on.pilot.press("ctrl+l")
        await on.pilot.resize_terminal(80, 24)
        await on.until(lambda: open_panels(on) == [])
        await on.pilot.resize_terminal(120, 36)
        await on.until(lambda: open_panels(on) == ["persona", "engine", "latency", "log"])


async def test_what_is_open_is_remembered(tmp_path: Path):
    file = tmp_path / "dashboard.json"
    async with stage(memory=Memory(file)) as on:
        await on.pilot.press("f6", "ctrl+l", "f5")
        await on.until(lambda: not Memory(file).now.dots)
    async with stage(memory=Memory(file)) as on:
        assert open_panels(on) == ["engine", "latency", "log"]
        assert not on.app.dashboard.voice.display


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"panels": 3, "dots": 1, "theme": "", "welcomed": 0}'])
def test_a_broken_memory_counts_as_none(tmp_path: Path, content: str):
    file = tmp_path / "dashboard.json"
    file.write_text(content)
    assert Memory(file).now == Remembered()


def test_a_memory_that_cannot_be_written_costs_only_itself(tmp_path: Path):
    memory = Memory(tmp_path / "missing" / "dashboard.json")
    memory.change(dots=False)
    assert not memory.now.dots


async def test_a_panel_that_is_opened_is_scrolled_into_sight():
    async with stage(size=(120, 16)) as on:
        side = on.app.dashboard.side
        for panel in side.panels:
            if not panel.display:
                side.toggle(panel.NAME)
                await on.pilot.pause()
                await on.until(lambda shown=panel: side.region.contains_point(shown.region.offset))
        assert panel.virtual_region.bottom > side.region.height
