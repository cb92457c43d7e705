"""Markdown as one piece of styled text: a message stays a single node, can be selected, and costs little.

Nothing in it is obeyed: no HTML, no Textual markup, links only to the web and to mail, with their address.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from assistant.dashboard.text import LONGEST, clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_MARKS = re.compile(r"[*_`#>\[|~]|^\s*(?:[-+]|\d+[.)])\s|^\s*(?:-{3,}|={3,})\s*$|^ {4}|://", re.MULTILINE)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)


def markdown(text: str) -> Content:
    """``text``, cleaned and styled; as it is where it is longer than ``LONGEST``."""
    text = clean(text)
    if len(text) > LONGEST or not _MARKS.search(text):
        return Content(text)
    from markdown_it.tree import SyntaxTreeNode

    root = SyntaxTreeNode(_parser().parse(text))
    return Content("\n\n").join(_block(node) for node in root.children)


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _block(node: SyntaxTreeNode) -> Content:
    render = _BLOCKS.get(node.type)
    return render(node) if render else Content(node.content)


def _blocks(node: SyntaxTreeNode, between: str) -> Content:
    return Content(between).join(_block(child) for child in node.children)


def _heading(node: SyntaxTreeNode) -> Content:
    return _inlines(node).stylize("bold $accent")


def _code(node: SyntaxTreeNode) -> Content:
    return _prefixed(Content.styled(node.content.rstrip("\n"), "$text-accent"), "  ", "  ")


def _quote(node: SyntaxTreeNode) -> Content:
    return _prefixed(_blocks(node, "\n"), "▎ ", "▎ ").stylize("italic")


def _bullets(node: SyntaxTreeNode) -> Content:
    return Content("\n").join(_prefixed(_blocks(item, "\n"), "• ", "  ") for item in node.children)


def _numbers(node: SyntaxTreeNode) -> Content:
    start = int(node.attrs.get("start", 1))
    marks = [f"{number}. " for number in range(start, start + len(node.children))]
    return Content("\n").join(
        _prefixed(_blocks(item, "\n"), mark, " " * len(mark))
        for mark, item in zip(marks, node.children, strict=True)
    )


def _prefixed(content: Content, first: str, other: str) -> Content:
    lines = content.split("\n", allow_blank=True)
    marks = [first] + [other] * (len(lines) - 1)
    return Content("\n").join(
        Content.assemble((mark, "$muted"), line) for mark, line in zip(marks, lines, strict=True)
    )


def _table(node: SyntaxTreeNode) -> Content:
    rows = [[_inlines(cell) for cell in row.children] for part in node.children for row in part.children]
    widths = [max(cell.cell_length for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        Content("  ").join(
            cell.pad_right(width - cell.cell_length) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    return Content("\n").join([lines[0].stylize("bold"), *lines[1:]])


def _inlines(node: SyntaxTreeNode) -> Content:
    return Content("").join(_inline(child) for child in node.children)


def _inline(node: SyntaxTreeNode) -> Content:
    render = _INLINES.get(node.type)
    return render(node) if render else Content(node.content)


def _link(node: SyntaxTreeNode) -> Content:
    label, address = _inlines(node), str(node.attrs.get("href", ""))
    if not _SAFE_LINK.fullmatch(address):
        return label
    linked = label.stylize(Style(underline=True, link=address))
    return linked if label.plain == address else Content.assemble(linked, (f" ({address})", "$muted"))


_BLOCKS: dict[str, Callable[[SyntaxTreeNode], Content]] = {
    "heading": _heading,
    "paragraph": _inlines,
    "fence": _code,
    "code_block": _code,
    "blockquote": _quote,
    "bullet_list": _bullets,
    "ordered_list": _numbers,
    "table": _table,
    "hr": lambda node: Content.styled("─" * 20, "$muted"),
}
_INLINES: dict[str, Callable[[SyntaxTreeNode], Content]] = {
    "inline": _inlines,
    "softbreak": lambda node: Content(" "),
    "hardbreak": lambda node: Content("\n"),
    "strong": lambda node: _inlines(node).stylize("bold"),
    "em": lambda node: _inlines(node).stylize("italic"),
    "s": lambda node: _inlines(node).stylize("strike"),
    "code_inline": lambda node: Content.styled(node.content, "$text-accent"),
    "link": _link,
    "image": lambda node: Content.styled(f"[{node.content}]", "$muted"),
}
