"""How stable partial transcripts are: the share of words that change after they have been shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from assistant.engine.echo_words import words_of
from assistant.engine.protocol import Event, PartialTranscript, UserTurn


def changed_words(texts: Sequence[str]) -> tuple[int, int]:
    """Of the successive transcripts of one turn, the last one final: words shown, and those taken back.

    Punctuation and capitals do not count; a word that only moves, as others come in before it, is not taken
    back.
    """
    shown = changed = 0
    before: list[str] = []
    for number, text in enumerate(texts):
        words = words_of(text)
        kept = sum(
            block.size for block in SequenceMatcher(None, before, words, autojunk=False).get_matching_blocks()
        )
        changed += len(before) - kept
        # What comes with the final transcript is not shown before it, so that it cannot change.
        shown += len(words) - kept if number < len(texts) - 1 else 0
        before = words
    return shown, changed


def stability(events: Iterable[Event]) -> tuple[int, int]:
    """Words shown in partial transcripts and those taken back, over all turns that were understood."""
    turns: dict[int, list[str]] = defaultdict(list)
    totals = [0, 0]
    for event in events:
        if isinstance(event, PartialTranscript):
            turns[event.turn].append(event.text)
        elif isinstance(event, UserTurn) and event.text:
            shown, changed = changed_words([*turns.pop(event.turn, []), event.text])
            totals = [totals[0] + shown, totals[1] + changed]
    return totals[0], totals[1]
