"""The stylesheet in several sets of colours: what was parsed for one of them is kept.

Textual parses everything anew whenever colours change, which is nearly half of a change of persona. Personas
and previews come back.
"""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

KEPT = 8
"""Sets of colours whose rules are kept."""


class ColouredStylesheet(Stylesheet):
    """Parses a source once for each of the last ``KEPT`` sets of colours."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parsed: LRUCache[frozenset[tuple[str, str]], LRUCache[tuple[object, ...], list[RuleSet]]] = (
            LRUCache(KEPT)
        )

    def set_variables(self, variables: dict[str, str]) -> None:
        """See ``Stylesheet``."""
        # Textual empties the cache of the colours that were.
        self._parse_cache = LRUCache(64)
        super().set_variables(variables)
        colours = frozenset(variables.items())
        self._parse_cache = self._parsed.get(colours) or self._parse_cache
        self._parsed[colours] = self._parse_cache

    def reparse(self) -> None:
        """See ``Stylesheet``; the rules are replaced once all of them are parsed."""
        self.parse()
