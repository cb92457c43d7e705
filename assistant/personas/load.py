"""Reads persona files: those that ship with the program, and those in the user's folder, which win.

A broken file costs only itself: it is reported with file, line and reason, and what was there before it
(the shipped persona of the same slug) stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assistant.config.toml_lines import find_line
from assistant.errors import PersonaError
from assistant.personas.contrast import MINIMUM_CONTRAST, contrast
from assistant.personas.model import Persona

DEFAULT_SLUG = "default"
"""The persona that a first start begins with."""

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "string_type": "must be text in quotes",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "tuple_type": "must be a list in square brackets",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_too_short": "must not be empty",
}


class PersonaFileError(PersonaError):
    """A persona file cannot be used: ``file``, ``line`` (from 1) and ``reason`` say where and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}.", "Correct the file; until then it is left out.")
        self.file, self.line, self.reason = file, line, reason

    def __reduce__(self) -> tuple[type[PersonaFileError], tuple[str, int, str]]:  # type: ignore[override]
        return type(self), (self.file, self.line, self.reason)


@dataclass(frozen=True, slots=True)
class Library:
    """All personas that could be read, the default first, then by name; and the files that could not."""

    personas: tuple[Persona, ...]
    failed: tuple[PersonaFileError, ...] = ()

    def __iter__(self) -> Iterator[Persona]:
        return iter(self.personas)

    @property
    def names(self) -> tuple[str, ...]:
        """The personas' names, in their order."""
        return tuple(persona.name for persona in self.personas)

    @property
    def default(self) -> Persona:
        """The neutral persona, or the first where there is none."""
        return self.get(DEFAULT_SLUG) or self.personas[0]

    def get(self, slug: str) -> Persona | None:
        """The persona with this slug."""
        return next((persona for persona in self.personas if persona.slug == slug), None)


def load_library(
    user_folder: Path | None = None, before: Library | None = None, current: str = ""
) -> Library:
    """The shipped personas and those of ``user_folder``; a file of the same name replaces the shipped one.

    ``before`` is what was read last: from it come the personas whose files broke since, and ``current``.
    Raises ``PersonaError`` only when not a single persona can be read.
    """
    by_slug: dict[str, Persona] = {}
    failed: list[PersonaFileError] = []
    for file in persona_files(user_folder):
        try:
            persona = load_file(file)
            _check_name_is_free(persona, by_slug.values(), file)
        except PersonaFileError as error:
            failed.append(error)
            if before and (good := before.get(file.name.removesuffix(".toml"))):
                by_slug[good.slug] = good
        else:
            by_slug[persona.slug] = persona
    if before and current not in by_slug and (kept := before.get(current)):
        by_slug[current] = kept
    if not by_slug:
        reason = str(failed[0]) if failed else "No persona file was found."
        raise PersonaError(reason, "Install the program again; its themes folder is missing or broken.")
    return Library(tuple(sorted(by_slug.values(), key=_default_first)), tuple(failed))


def persona_files(user_folder: Path | None) -> list[Path | Traversable]:
    """Every persona file there is: the shipped ones, then the user's."""
    return [*_toml_files(shipped_folder()), *_toml_files(user_folder)]


def load_file(file: Path | Traversable) -> Persona:
    """One persona; its slug is the file's name without ``.toml``.

    Raises ``PersonaFileError`` for a file that cannot be read, is no TOML, or breaks the model.
    """
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise PersonaFileError(str(file), 1, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PersonaFileError(str(file), 1, "is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(file), text, error) from error
    if "slug" in data:
        raise PersonaFileError(str(file), find_line(text, ("slug",)), "slug: is given by the file's name")
    try:
        persona = Persona(slug=file.name.removesuffix(".toml"), **data)
    except ValidationError as error:
        raise _schema_error(str(file), text, error) from error
    _check_contrast(persona, str(file), text)
    return persona


def shipped_folder() -> Traversable:
    """Where the shipped personas lie: inside the package when installed, beside it in a checkout."""
    packaged = files("assistant") / "themes"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "themes"


def _default_first(persona: Persona) -> tuple[bool, str]:
    return persona.slug != DEFAULT_SLUG, persona.name.casefold()


def _toml_files(folder: Path | Traversable | None) -> list[Path | Traversable]:
    if folder is None or not folder.is_dir():
        return []
    entries: Iterable[Path | Traversable] = folder.iterdir()
    return sorted((file for file in entries if file.name.endswith(".toml")), key=lambda file: file.name)


def _syntax_error(file: str, text: str, error: tomllib.TOMLDecodeError) -> PersonaFileError:
    place = _AT_LINE.search(str(error))
    line = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
    reason = _AT_LINE.sub("", str(error)).strip()
    return PersonaFileError(file, line, reason)


def _schema_error(file: str, text: str, error: ValidationError) -> PersonaFileError:
    """The first of the errors by line; a misspelt key comes before the key that is missing because of it."""
    found = [(find_line(text, detail["loc"], detail["input"]), detail) for detail in error.errors()]
    line, detail = min(found, key=lambda entry: (entry[1]["type"] == "missing", entry[0]))
    return PersonaFileError(file, line, _reason(detail))


def _reason(detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"] if isinstance(part, str))
    if where == "slug":
        return "the file's name may hold only a-z, 0-9 and _ before .toml"
    if detail["type"] == "string_pattern_mismatch":
        return f"{where}: must be a colour such as #1a2b3c"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{where}: {_REASONS.get(detail['type'], message[:1].lower() + message[1:])}"


def _check_contrast(persona: Persona, file: str, text: str) -> None:
    colours = persona.colours
    for ground in ("background", "surface", "panel"):
        ratio = contrast(colours.text, getattr(colours, ground))
        if ratio < MINIMUM_CONTRAST:
            line = find_line(text, ("colours", "text"))
            reason = f"contrast with {ground} is {ratio:.1f}, must be at least {MINIMUM_CONTRAST}"
            raise PersonaFileError(file, line, f"colours.text: {reason}")


def _check_name_is_free(persona: Persona, others: Iterable[Persona], file: Path | Traversable) -> None:
    for other in others:
        if other.slug != persona.slug and other.name.casefold() == persona.name.casefold():
            line = find_line(file.read_text(encoding="utf-8"), ("name",))
            reason = f"name: {persona.name} is the name of {other.slug}.toml too"
            raise PersonaFileError(str(file), line, reason)
