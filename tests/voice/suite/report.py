"""Sections of the voice suite: figures with their limits, kept as records and rendered as one page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.bench.record import surroundings


@dataclass(frozen=True, slots=True)
class Limit:
    """What a figure must keep: at least or at most ``value``."""

    kind: str
    value: float

    def __post_init__(self) -> None:
        if self.kind not in ("≥", "≤"):
            raise ValueError(f"a limit is ≥ or ≤, not {self.kind}")

    def holds(self, figure: float) -> bool:
        """Whether ``figure`` keeps it."""
        return figure >= self.value if self.kind == "≥" else figure <= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value of ``count`` cases; without a limit it is only reported."""

    name: str
    value: float
    unit: str
    count: int
    limit: Limit | None = None

    @property
    def holds(self) -> bool:
        """True unless the limit is broken."""
        return self.limit is None or self.limit.holds(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows beside the figures: by voice, condition or stage."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """What one module measured. ``plots`` are files beside the page, ``notes`` what a reader must know."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()
    plots: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    surroundings: Mapping[str, Any] = field(default_factory=surroundings)


def save(section: Section, folder: Path) -> Path:
    """Keep ``section`` as ``voice-suite-KEY.json``; the last full run replaces the one before."""
    path = folder / f"voice-suite-{section.key}.json"
    path.write_text(json.dumps(asdict(section), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Section:
    """The section that ``save`` kept."""
    content = json.loads(path.read_text(encoding="utf-8"))
    figures = tuple(
        Figure(**{**row, "limit": Limit(**row["limit"]) if row["limit"] else None})
        for row in content["figures"]
    )
    tables = tuple(Table(**table) for table in content["tables"])
    rest = {key: tuple(content[key]) for key in ("plots", "notes")}
    return Section(
        content["key"], content["title"], figures, tables, **rest, surroundings=content["surroundings"]
    )


def page(sections: Sequence[Section]) -> str:
    """All sections as Markdown."""
    lines = ["# How well it hears and speaks", "", "Written by `scripts/voice_suite` from its records.", ""]
    for section in sections:
        where = section.surroundings
        lines += [f"## {section.title}", ""]
        load = where["load_average"]
        lines += [f"Measured {where['date']}, {where['cores']} cores, load {load} at the start.", ""]
        lines += _table(
            ("figure", "measured", "must be", "cases", ""), [_row(figure) for figure in section.figures]
        )
        for table in section.tables:
            lines += [f"**{table.title}**", "", *_table(table.header, table.rows)]
        lines += [line for plot in section.plots for line in (f"![{Path(plot).stem}]({plot})", "")]
        lines += [line for note in section.notes for line in (f"- {note}",)] + ([""] if section.notes else [])
    return "\n".join(lines).rstrip() + "\n"


def _row(figure: Figure) -> tuple[str, ...]:
    limit = f"{figure.limit.kind} {figure.limit.value:g} {figure.unit}" if figure.limit else "reported"
    verdict = "" if figure.limit is None else ("holds" if figure.holds else "**falls short**")
    return figure.name, f"{figure.value:.4g} {figure.unit}", limit, str(figure.count), verdict


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---"] * len(header)
    return [*(f"| {' | '.join(row)} |" for row in (header, rule, *rows)), ""]
