"""What the dashboard and the mini mode have in common: how they begin, what they are told, how they end."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.worker import Worker, WorkerState

from assistant.conversation.updates import LevelsShown
from assistant.dashboard.bridge import Conversation, Prepared, UpdateArrived
from assistant.dashboard.theming.stylesheet import ColouredStylesheet
from assistant.dashboard.theming.theme import NEUTRAL
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.conversation.requests import Request
    from assistant.conversation.updates import Update
    from assistant.personas.load import Library
    from assistant.personas.model import Persona

QUIT_WITHIN_S = 2.0
"""How long after a Ctrl-C a second one quits."""

_CONVERSATION = "conversation"


class FaceApp(App[None]):
    """Paints first; then ``prepare`` loads the conversation and the personas, which begin.

    An ``AssistantError`` of ``prepare`` ends the app and is kept as ``failure``. ``clock`` gives seconds that
    never go back.
    """

    def __init__(self, prepare: Callable[[], Prepared], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.stylesheet = ColouredStylesheet(variables=self.get_css_variables())
        self._prepare = prepare
        self._clock = clock
        self._interrupted_at = float("-inf")
        self.failure: AssistantError | None = None
        self.conversation: Conversation | None = None
        self.personas: Library | None = None
        self.register_theme(NEUTRAL)
        self.theme = NEUTRAL.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, which stylesheets need under every theme."""
        return NEUTRAL.variables

    def on_mount(self) -> None:
        """Paint first, load then."""
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        try:
            prepared = self._prepare()
        except AssistantError as error:
            self.failure = error
            self.exit(return_code=1)
            return
        self.conversation, self.personas = prepared.conversation, prepared.personas
        self.begin(prepared)
        prepared.conversation.subscribe(self.post_update)
        self.run_worker(
            prepared.conversation.run(), name=_CONVERSATION, group=_CONVERSATION, exit_on_error=False
        )

    @abstractmethod
    def begin(self, prepared: Prepared) -> None:
        """Show what was loaded; nothing has been said yet."""

    @abstractmethod
    def ended(self, error: BaseException | None) -> None:
        """The conversation stopped with an error."""

    def post_update(self, update: Update) -> None:
        """Have an update shown in its turn; levels, twenty a second, at once: a queue costs more."""
        if isinstance(update, LevelsShown):
            if self.is_running:
                self.show_levels(update)
        else:
            self.post_message(UpdateArrived(update))

    @abstractmethod
    def show_levels(self, levels: LevelsShown) -> None:
        """Show the newest levels; called within the app's loop, though not as one of its messages."""

    def request(self, request: Request) -> None:
        """Pass on what the user wants; nothing happens before the conversation is there."""
        if self.conversation is not None:
            self.conversation.request(request)

    def find(self, slug: str) -> Persona | None:
        """The persona with this slug."""
        return self.personas.get(slug) if self.personas else None

    def quits_now(self) -> bool:
        """Whether this Ctrl-C is the second one within two seconds; then the app ends."""
        now = self._clock()
        before, self._interrupted_at = self._interrupted_at, now
        if now - before <= QUIT_WITHIN_S:
            self.exit()
            return True
        return False

    async def close(self) -> None:
        """End the conversation; after the app has ended and the terminal is the user's again."""
        if self.conversation is not None:
            await self.conversation.close()

    @on(Worker.StateChanged)
    def _conversation_ended(self, event: Worker.StateChanged) -> None:
        if event.worker.name == _CONVERSATION and event.state is WorkerState.ERROR:
            self.ended(event.worker.error)
