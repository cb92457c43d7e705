"""The dashboard's side of ``assistant bench tui``: the real app in a terminal, a made-up conversation.

``python -m assistant.bench.tui_stage SCENARIO FILE`` runs one scenario and writes its figures as JSON. Costs
are processor time of this process, which does nothing else; what is drawn is read by the other side.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import psutil
from textual.screen import Screen
from textual.widgets import Sparkline, Static

from assistant.conversation.requests import Request
from assistant.conversation.updates import (
    LevelsShown,
    MessageShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    Update,
)
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.bridge import Prepared
from assistant.garbage import collect_seldom, keep_what_is_loaded
from assistant.personas.load import load_library

RUN_S = 6.0
LEVELS_PER_S = 20
TOKENS_PER_S = 10
FRAMES_PER_S = 30
TURNS = 1_000
MANY_TURNS = 10_000
ANSWER = (
    "That is a **good** question, and the honest answer is that it depends: on what was said before, on who "
    "is asked, and on how much time there is. "
)
Figures = dict[str, float]


class MadeUp:
    """A conversation without an engine."""

    def __init__(self) -> None:
        self.running = asyncio.Event()
        self._watchers: list[Callable[[Update], None]] = []

    def subscribe(self, callback: Callable[[Update], None]) -> None:
        """Call ``callback`` with every update."""
        self._watchers.append(callback)

    def request(self, request: Request) -> None:
        """Nobody answers."""

    def tell(self, *updates: Update) -> None:
        """Send updates."""
        for update in updates:
            for watcher in self._watchers:
                watcher(update)

    async def run(self) -> None:
        """Until cancelled."""
        self.running.set()
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing to end."""


class Stage:
    """The app, its conversation, and ways to spend time with both."""

    def __init__(self) -> None:
        self.conversation = MadeUp()
        library = load_library()

        def prepare() -> Prepared:
            keep_what_is_loaded()
            return Prepared(self.conversation, library, "default")

        self.app = DashboardApp(prepare)
        self.layouts = 0
        self.next_id = 0

    async def settle(self) -> None:
        """Until everything that was told is on the screen."""
        await asyncio.sleep(0.3)

    def turns(self, count: int) -> None:
        """Tell ``count`` turns of both sides."""
        for _ in range(count):
            self.conversation.tell(self.message("user", "what do you think of it", final=True))
            self.conversation.tell(self.message("assistant", ANSWER, final=True))

    def message(
        self, role: Literal["user", "assistant"], text: str, *, final: bool, same: bool = False
    ) -> MessageShown:
        """A message, or with ``same`` the newest one again."""
        self.next_id += not same
        return MessageShown(
            self.next_id,
            role,
            text,
            "default",
            final,
            heard=len(text) // 2,
            source="model",
        )

    async def talk(self, seconds: float, *, speaker: bool = False, tokens: bool = False) -> None:
        """Levels as the engine reports them, and an answer that grows, for so long."""
        words = (ANSWER * 20).split(" ")
        said, began = "", time.monotonic()
        for step in range(int(seconds * LEVELS_PER_S)):
            loud = -40 + 34 * abs(math.sin(step * 0.37)) * abs(math.sin(step * 0.05))
            self.conversation.tell(LevelsShown(loud, loud - 3 if speaker else -120.0))
            if tokens and step % (LEVELS_PER_S // TOKENS_PER_S) == 0:
                said += words[step % len(words)] + " "
                self.conversation.tell(self.message("assistant", said, final=False, same=step > 0))
            await asyncio.sleep(max(0.0, began + (step + 1) / LEVELS_PER_S - time.monotonic()))

    async def cost(self, work: Awaitable[object]) -> tuple[float, float]:
        """Seconds of processor and of wall that ``work`` took."""
        before, began = time.process_time(), time.monotonic()
        await work
        return time.process_time() - before, time.monotonic() - began


def _phase(phase: Phase, is_open: bool = True) -> PhaseChanged:
    return PhaseChanged(phase, microphone_open=is_open)


async def muted(stage: Stage) -> Figures:
    """Nothing happens."""
    stage.conversation.tell(_phase(Phase.LISTENING, is_open=False))
    await stage.settle()
    spent, lasted = await stage.cost(asyncio.sleep(RUN_S))
    return {"percent": 100 * spent / lasted}


async def listening(stage: Stage) -> Figures:
    """The microphone is open and somebody talks; the visualizer runs."""
    stage.conversation.tell(_phase(Phase.LISTENING))
    await stage.talk(1.0)
    frames, layouts = _count(stage)
    spent, lasted = await stage.cost(stage.talk(RUN_S))
    return {
        "percent": 100 * spent / lasted,
        "ms a frame": 1000 * spent / max(1, frames()),
        "frames a second": frames() / lasted,
        "layouts": layouts(),
    }


async def answering(stage: Stage) -> Figures:
    """An answer grows while both meters run."""
    stage.turns(20)
    stage.conversation.tell(_phase(Phase.SPEAKING))
    await stage.talk(1.0, speaker=True)
    spent, lasted = await stage.cost(stage.talk(RUN_S, speaker=True, tokens=True))
    return {"percent": 100 * spent / lasted}


async def long_session(stage: Stage) -> Figures:
    """Tokens and persona switches with a thousand turns behind them."""
    await _fill(stage, TURNS)
    stage.conversation.tell(_phase(Phase.SPEAKING, is_open=False))
    await stage.settle()
    spent, _ = await stage.cost(stage.talk(RUN_S, tokens=True))
    base, _ = await stage.cost(stage.talk(RUN_S))
    tokens = RUN_S * TOKENS_PER_S
    switches = []
    for slug in ("glados", "jarvis", "tars", "kitt", "default") * 2:
        stage.conversation.tell(PersonaChanged(slug))
        switch, _ = await stage.cost(stage.settle())
        switches.append(1000 * switch)
    nodes = len(stage.app.dashboard.query("*")) + 1
    return {
        "ms a token": 1000 * max(0.0, spent - base) / tokens,
        "ms a switch, median": sorted(switches)[len(switches) // 2],
        "ms a switch, worst": max(switches),
        "live nodes": nodes,
    }


async def memory(stage: Stage) -> Figures:
    """What ten thousand turns leave behind, also by halves: what only fills up at first is no leak."""
    await _fill(stage, TURNS)
    objects, size = _held()
    half = (MANY_TURNS - TURNS) // 2
    await _fill(stage, half)
    _, size_between = _held()
    await _fill(stage, half)
    objects_after, size_after = _held()
    return {
        "MB after 1,000": size / 2**20,
        "MB after 10,000": size_after / 2**20,
        "bytes a turn": (size_after - size) / (2 * half),
        "in the first half": (size_between - size) / half,
        "in the second half": (size_after - size_between) / half,
        "objects a turn": (objects_after - objects) / (2 * half),
    }


def _held() -> tuple[int, int]:
    """Objects that are in use, and bytes of the process."""
    gc.collect()
    return len(gc.get_objects()), psutil.Process().memory_info().rss


async def keys(stage: Stage) -> Figures:
    """The other side types while an answer streams; it takes the times."""
    stage.turns(20)
    stage.conversation.tell(_phase(Phase.SPEAKING))
    await stage.talk(4 * RUN_S, speaker=True, tokens=True)
    return {}


async def static_technique(stage: Stage) -> Figures:
    """For comparison: the same rows as text of a ``Static``, laid out with every frame."""
    widget = Static("", id="rival")
    return await _rival(stage, widget, lambda step: widget.update("·•●⬤ " * 20 + "\n" + " " * (step % 9)))


async def sparkline_technique(stage: Stage) -> Figures:
    """For comparison: Textual's own ``Sparkline``."""
    widget = Sparkline([0.0] * 100, id="rival")

    def frame(step: int) -> None:
        widget.data = [abs(math.sin((step + place) * 0.37)) for place in range(100)]

    return await _rival(stage, widget, frame)


async def _rival(stage: Stage, widget: Static | Sparkline, frame: Callable[[int], object]) -> Figures:
    stage.turns(20)
    widget.styles.height = 2
    await stage.app.dashboard.mount(widget, before="#input")
    await stage.settle()
    step = 0

    def advance() -> None:
        nonlocal step
        step += 1
        frame(step)

    # From within the app: a timer belongs to the context that made it.
    stage.app.call_later(stage.app.set_interval, 1 / FRAMES_PER_S, advance)
    spent, lasted = await stage.cost(asyncio.sleep(RUN_S))
    return {"percent": 100 * spent / lasted, "ms a frame": 1000 * spent / max(1, step)}


async def _fill(stage: Stage, turns: int) -> None:
    for _ in range(turns // 100):
        stage.turns(100)
        while len(stage.app.dashboard.chat.transcript) < stage.next_id:
            await asyncio.sleep(0.01)
        # What a burst leaves to be done later is done before the next, as between real turns.
        await stage.settle()
    await stage.settle()


def _count(stage: Stage) -> tuple[Callable[[], int], Callable[[], int]]:
    """Frames that the visualizer shows and layouts of the screen, from now on."""
    counts = {"frames": 0, "layouts": 0}
    voice, layout = stage.app.dashboard.voice, Screen._refresh_layout
    refresh = voice.refresh

    def counted_refresh(*regions: object, **how: object) -> object:
        counts["frames"] += 1
        return refresh(*regions, **how)  # type: ignore[arg-type]

    def counted_layout(screen: Screen[object], *more: object, **how: object) -> object:
        counts["layouts"] += 1
        return layout(screen, *more, **how)  # type: ignore[arg-type]

    voice.refresh = counted_refresh  # type: ignore[assignment, method-assign]
    Screen._refresh_layout = counted_layout  # type: ignore[assignment, method-assign]
    return (lambda: counts["frames"]), (lambda: counts["layouts"])


SCENARIOS: dict[str, Callable[[Stage], Awaitable[Figures]]] = {
    "muted": muted,
    "listening": listening,
    "answering": answering,
    "long session": long_session,
    "memory": memory,
    "keys": keys,
    "beside it: Static": static_technique,
    "beside it: Sparkline": sparkline_technique,
}


async def main(name: str, file: Path) -> None:
    """Run one scenario and write its figures; garbage is collected as seldom as in the program."""
    collect_seldom()
    stage = Stage()

    async def perform() -> None:
        await stage.conversation.running.wait()
        await stage.settle()
        figures = await SCENARIOS[name](stage)
        file.write_text(json.dumps(figures), encoding="utf-8")
        stage.app.exit()

    performing = asyncio.create_task(perform())
    performing.add_done_callback(lambda task: stage.app.exit() if task.exception() else None)
    await stage.app.run_async()
    await performing


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
