"""Models on this machine, by path or by part of their name."""

from __future__ import annotations

from pathlib import Path

from rapidfuzz import process

from assistant.errors import TextEngineError


def find_gguf(model: str, folder: Path) -> Path:
    """A GGUF file by path, or by a part of its name among those in ``folder``; empty takes the only one.

    Raises ``TextEngineError`` with the closest names.
    """
    return _find(model, folder, {path.stem: path for path in sorted(folder.glob("*.gguf"))})


def find_model(model: str, folder: Path) -> Path:
    """As ``find_gguf``, and folders with a model too."""
    folders = {path.parent.name: path.parent for path in sorted(folder.glob("*/config.json"))}
    return _find(model, folder, folders | {path.stem: path for path in sorted(folder.glob("*.gguf"))})


def is_model_file(model: str) -> bool:
    """True for a setting that names a file or a folder of this machine, and no model of a server."""
    return model.endswith(".gguf") or is_model_folder(model)


def is_model_folder(model: str) -> bool:
    """True for a path to a folder that holds a model, in Hugging Face's or MLX's layout."""
    return bool(model) and (Path(model).expanduser() / "config.json").is_file()


def _find(model: str, folder: Path, found: dict[str, Path]) -> Path:
    path = Path(model).expanduser()
    if model and (path.suffix == ".gguf" or path.exists()):
        if path.is_file() or path.is_dir():
            return path
        raise TextEngineError(f"There is no file {path}.", _known(model, folder, found))
    fitting = [name for name in found if model.casefold() in name.casefold()]
    if len(fitting) == 1:
        return found[fitting[0]]
    what = f"There is no model named {model!r}." if model else "It is not said which model to use."
    raise TextEngineError(what, _known(model, folder, found))


def _known(model: str, folder: Path, found: dict[str, Path]) -> str:
    near = [hit[0] for hit in process.extract(Path(model).stem, list(found), limit=3)]
    if near:
        return f"There are: {', '.join(near)}."
    return f"Set ASSISTANT_TEXT_MODEL to a model's file, or put one into {folder}."
