"""Fetching a release from the Hugging Face hub: asked for, shown, resumed, verified.

``huggingface_hub`` does the fetching into its own cache, where every other program finds the files too; what
was cut off goes on where it stopped. Sizes and SHA-256 are those that the hub states for the revision.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CheckpointError, DownloadError, RoomError
from assistant.voice.moshi.catalogue import Release

SPARE_BYTES = 500_000_000
"""What a download leaves free on the disk."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: ``file`` now, bytes of all files, bytes a second, seconds left."""

    file: str
    done: int
    total: int
    speed: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    size: int
    sha256: str | None


def download(
    release: Release,
    report: Callable[[Progress], None],
    *,
    cache: Path | None = None,
    endpoint: str | None = None,
) -> Path:
    """Fetch what is missing of a release and return the folder that holds it; ``report`` is told as it goes.

    ``cache`` and ``endpoint`` are the hub's own unless given. Raises ``DownloadError`` and ``RoomError``.
    """
    from huggingface_hub import HfApi, constants, hf_hub_download

    folder = Path(cache or constants.HF_HUB_CACHE)
    try:
        info = HfApi(endpoint=endpoint).model_info(release.repo, files_metadata=True)
        wanted = _wanted(release, info)
        _check_disk(folder, release, wanted)
        meter = _Meter(sum(file.size for file in wanted), report)
        paths = []
        for file in wanted:
            meter.file = file.name
            path = hf_hub_download(
                release.repo,
                file.name,
                cache_dir=folder,
                endpoint=endpoint,
                tqdm_class=meter.bar(),
            )
            paths.append(Path(path))
            _verify(paths[-1], file)
            meter.finished(file.size)
    except CheckpointError:
        raise
    except Exception as error:
        raise _explained(release, error) from error
    return paths[0].parent


def _wanted(release: Release, info: Any) -> list[_Wanted]:
    offered = {each.rfilename: each for each in info.siblings or ()}
    if missing := [name for name in release.files if name not in offered]:
        raise DownloadError(f"{release.repo} does not offer {missing[0]}.")
    return [
        _Wanted(name, offered[name].size or 0, offered[name].lfs.sha256 if offered[name].lfs else None)
        for name in release.files
    ]


def _check_disk(folder: Path, release: Release, wanted: list[_Wanted]) -> None:
    from huggingface_hub import try_to_load_from_cache

    needed = SPARE_BYTES + sum(
        file.size
        for file in wanted
        if not isinstance(try_to_load_from_cache(release.repo, file.name, cache_dir=folder), str)
    )
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise RoomError(
            f"{release.name} needs {needed / 1e9:.1f} GB in {folder}; {free / 1e9:.1f} GB are free.",
            "Free some space, or name another folder with HF_HOME.",
        )


def _verify(path: Path, file: _Wanted) -> None:
    sound = path.stat().st_size == file.size
    if sound and file.sha256:
        with path.open("rb") as source:
            sound = hashlib.file_digest(source, "sha256").hexdigest() == file.sha256
    if not sound:
        # The cache would hand the damaged file out again.
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise DownloadError(f"{file.name} arrived damaged and was removed.", "Fetch it again.")


def _explained(release: Release, error: Exception) -> CheckpointError:
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return DownloadError(
            f"{release.repo} is only given to those who accept its licence.",
            f"Accept it on huggingface.co/{release.repo}, then log in with: hf auth login",
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.RevisionNotFoundError):
        return DownloadError(f"The hub has no {release.repo}.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return RoomError(
            f"The disk is full; {release.name} is not complete.", "Free some space and fetch it again."
        )
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DownloadError(f"{release.name} could not be fetched: {reason}.", "It goes on where it stopped.")


class _Meter:
    """Adds up the hub's progress bars over all files."""

    def __init__(self, total: int, report: Callable[[Progress], None]) -> None:
        self.file = ""
        self._total = total
        self._report = report
        self._before = self._now = 0
        self._fetched = 0
        self._started = time.monotonic()

    def finished(self, size: int) -> None:
        """A file is there, whether it was fetched or not."""
        self._before, self._now = self._before + size, 0
        self._tell()

    def at(self, done: int, fetched: int) -> None:
        """So much of the file is there, of which so much came just now."""
        self._now = done
        self._fetched += fetched
        self._tell()

    def _tell(self) -> None:
        done = self._before + self._now
        speed = self._fetched / max(time.monotonic() - self._started, 1e-3)
        left = (self._total - done) / speed if speed else float("inf")
        self._report(Progress(self.file, done, self._total, speed, left))

    def bar(self) -> type[Any]:
        """A progress bar that the hub can make, and that draws nothing."""
        from tqdm import tqdm

        meter = self

        class Bar(tqdm):  # type: ignore[misc]
            def __init__(self, *arguments: Any, **options: Any) -> None:
                super().__init__(*arguments, **options | {"disable": True})
                self.n = options.get("initial", 0)

            def update(self, n: float | None = 1) -> None:
                self.n += n or 0
                meter.at(int(self.n), int(n or 0))

        return Bar
