"""The last line: the most useful keys, as many as fit; each can be clicked."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from assistant.dashboard.keymap import ACTIONS, Action
from assistant.dashboard.widgets.fit import fit
from assistant.dashboard.widgets.still import Still


class KeyBar(Still, Widget):
    """Made from the table of actions."""

    ALLOW_SELECT = False

    auto_links = False

    actions: reactive[tuple[Action, ...]] = reactive(ACTIONS)

    def render(self) -> Content:
        """The keys by rank."""
        ranked = sorted(
            (action for action in self.actions if action.rank and action.key), key=lambda action: action.rank
        )
        return fit([_label(action) for action in ranked], self.content_size.width, "   ")


def _label(action: Action) -> Content:
    label = Content.assemble((action.key_shown, "bold $text-accent"), " ", (action.label, "$muted"))
    return label.stylize(Style.from_meta({"@click": f"app.{action.id}"}))
