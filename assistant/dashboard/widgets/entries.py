"""What stands in the conversation: messages, tool calls and notices; one node each.

Everything that people, models or tools said is shown as it is: cleaned, and never as markup.
"""

from __future__ import annotations

import re

from textual.content import Content
from textual.widgets import Static

from assistant.conversation.updates import MessageShown, NoticeShown, ToolShown, ToolStatus
from assistant.dashboard.markdown import markdown
from assistant.dashboard.text import clean, cut, one_line
from assistant.dashboard.transcript import Entry, Shown
from assistant.dashboard.widgets.still import Still
from assistant.severity import Severity

TOOL_STATES = {
    ToolStatus.ASKING: ("?", "asks first", "$text-warning"),
    ToolStatus.RUNNING: ("◌", "running", "$text-accent"),
    ToolStatus.DONE: ("✓", "done", "$text-success"),
    ToolStatus.FAILED: ("✗", "failed", "$text-error"),
    ToolStatus.REFUSED: ("⊘", "refused", "$text-warning"),
}
"""Glyph, text and colour for where a tool call stands."""

NOTICES = {
    Severity.INFO: ("i", "$text-primary"),
    Severity.WARNING: ("!", "$text-warning"),
    Severity.ERROR: ("✗", "$text-error"),
}
"""Glyph and colour for how bad a notice is."""


class ShownEntry(Still, Static):
    """One entry; ``mark`` marks words that are searched for wherever they stand in it."""

    def __init__(self, content: Content, classes: str) -> None:
        super().__init__(content, classes=f"entry {classes}")
        self._plain = content
        self._words = ""

    def on_unmount(self) -> None:
        """Let go of what was drawn: Textual holds on to the caches of a thousand widgets that are gone."""
        self.refresh()

    def show(self, shown: Shown) -> None:
        """Replace what is shown; an entry that never changes stays as it is."""

    def mark(self, words: str) -> None:
        """Mark ``words``; empty takes the marks away."""
        if words != self._words:
            self._words = words
            self.update(self._marked(), layout=False)

    def _replace(self, content: Content, layout: bool = True) -> None:
        self._plain = content
        marked, size = self._marked(), self.content_size
        # A text that grows within its last line needs a repaint, not a layout of the whole screen.
        if layout and size.width and _height(marked, self, size.width) == size.height:
            layout = False
        self.update(marked, layout=layout)

    def _marked(self) -> Content:
        if not self._words:
            return self._plain
        return self._plain.highlight_regex(re.compile(re.escape(self._words), re.IGNORECASE), style="reverse")


class MessageEntry(ShownEntry):
    """One message of either side, updated in place while it grows and while it is heard."""

    def __init__(self, message: MessageShown, who: str) -> None:
        super().__init__(message_content(message, who), f"message -{message.role}")
        self._who = who
        self._message = message

    def show(self, shown: Shown) -> None:
        """Replace what is shown; the screen is laid out again only when the text itself is another."""
        assert isinstance(shown, MessageShown)
        before, self._message = self._message, shown
        longer = (before.text, before.final) != (shown.text, shown.final) or shown.interrupted
        self._replace(message_content(shown, self._who), layout=longer)


class ToolEntry(ShownEntry):
    """One tool call: state, name, arguments, and its result."""

    def __init__(self, tool: ToolShown) -> None:
        super().__init__(tool_content(tool), "tool")

    def show(self, shown: Shown) -> None:
        """Replace what is shown; an entry that never changes stays as it is."""
        assert isinstance(shown, ToolShown)
        self._replace(tool_content(shown))


class NoticeEntry(ShownEntry):
    """A sentence for the user, with what to do about it."""

    def __init__(self, notice: NoticeShown) -> None:
        super().__init__(notice_content(notice), f"notice -{notice.severity}")


def _height(content: Content, entry: ShownEntry, width: int) -> int:
    # As Textual itself asks for it; styles stand in for the mapping of rules.
    return content.get_height(entry.styles, width)  # type: ignore[arg-type]


def make_entry(entry: Entry) -> ShownEntry:
    """The widget for an entry of the transcript."""
    match entry.shown:
        case MessageShown() as message:
            return MessageEntry(message, f"{entry.glyph} {entry.name}".strip() or message.persona)
        case ToolShown() as tool:
            return ToolEntry(tool)
        case NoticeShown() as notice:
            return NoticeEntry(notice)


def message_content(message: MessageShown, who: str) -> Content:
    """A label and the text; what is not yet certain or not yet heard is dim and slanted."""
    label = _user_label(message) if message.role == "user" else _assistant_label(message, who)
    return Content.assemble(label, "\n", _message_text(message))


def _user_label(message: MessageShown) -> Content:
    note = "typed" if message.source == "typed" else "" if message.final else "hearing …"
    return Content.assemble(("You", "bold $text-secondary"), "  ", (note, "$muted"))


def _assistant_label(message: MessageShown, who: str) -> Content:
    name = one_line(who, 40)
    note = "⊘ interrupted" if message.interrupted else "" if message.final else "▸ answering …"
    colour = "$text-warning" if message.interrupted else "$muted"
    return Content.assemble((name, "bold $primary"), "  ", (note, colour))


def _message_text(message: MessageShown) -> Content:
    text = cut(message.text)
    if message.role == "user":
        return Content.styled(clean(text), "" if message.final else "italic $muted")
    if message.interrupted:
        return Content.assemble((clean(text).rstrip(), "$foreground"), " ", ("—", "$text-warning"))
    if message.final:
        return markdown(text.strip()).stylize_before("$foreground")
    heard, rest = text[: message.heard], text[message.heard :]
    return Content.assemble((clean(heard), "$foreground"), (clean(rest), "italic $muted"))


def tool_content(tool: ToolShown) -> Content:
    """Such as ``✓ done  change_theme  persona_name: GLaDOS`` and the result below."""
    glyph, state, colour = TOOL_STATES[tool.status]
    arguments = ", ".join(f"{name}: {value}" for name, value in tool.arguments.items())
    parts = [
        Content.styled(f"{glyph} {state}", colour),
        Content("  "),
        Content.styled(one_line(tool.name, 40), "bold"),
        Content("  "),
        Content.styled(one_line(arguments, 120), "$muted"),
    ]
    if tool.result:
        parts.append(Content.styled(f"\n{clean(cut(tool.result)).strip()}", "$muted"))
    return Content.assemble(*parts)


def notice_content(notice: NoticeShown) -> Content:
    """The sentence after its glyph, and the remedy on a line of its own."""
    glyph, colour = NOTICES[notice.severity]
    parts = [Content.styled(f"{glyph} ", f"bold {colour}"), Content(clean(cut(notice.message)).strip())]
    if notice.remedy:
        parts.append(Content.styled(f"\n→ {clean(cut(notice.remedy)).strip()}", "$muted"))
    return Content.assemble(*parts)
