"""A first file for a persona of one's own."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from pathlib import Path

from assistant.errors import PersonaError


def slug_of(name: str) -> str:
    """The file's name for a persona's name, such as ``hal_9000`` for HAL 9000. Raises ``PersonaError``."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    if not slug:
        raise PersonaError(f"No file can be named after {name!r}.", "Use letters or digits in the name.")
    return slug


def write_new(name: str, folder: Path) -> Path:
    """Write a persona that works and asks to be changed into ``folder``; returns its file.

    Raises ``PersonaError`` when there is one already or it cannot be written.
    """
    file = folder / f"{slug_of(name)}.toml"
    if set(name) & set("{}"):
        raise PersonaError("A name cannot hold braces.", "They stand for fields in a persona's lines.")
    text = (files("assistant.personas") / "template.toml").read_text(encoding="utf-8")
    # What is escaped in JSON is in TOML, too.
    text = text.replace("NAME", json.dumps(name, ensure_ascii=False)[1:-1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise PersonaError(f"{file} is there already.", "Change it, or choose another name.") from error
    except OSError as error:
        raise PersonaError(
            f"{file} cannot be written: {error.strerror}.", "Name a folder that can."
        ) from error
    return file
