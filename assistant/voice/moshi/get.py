"""``assistant models get``: what a release is and under which licence, then its download."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import CheckpointMissingError, DownloadError
from assistant.voice.moshi.catalogue import RELEASES, find_release
from assistant.voice.moshi.checkpoint import find_cached
from assistant.voice.moshi.download import Progress, download


def get_release(
    name: str, say: Callable[[str], None], agrees: Callable[[], bool], *, offline: bool = False
) -> bool:
    """Fetch the release of that key or repository once the user agrees; False when not.

    Raises ``CheckpointMissingError`` for a name that is none, and ``DownloadError``.
    """
    release = find_release(name)
    if release is None:
        known = ", ".join(each.key for each in RELEASES)
        raise CheckpointMissingError(f"There is no model {name} to get.", f"There are {known}.")
    say(release.terms())
    if folder := find_cached(release):
        say(f"It is here already: {folder}")
        return True
    if offline:
        raise DownloadError("The setting offline forbids downloads.", "Take it back, then try again.")
    if not agrees():
        return False
    say(f"It is in {download(release, lambda progress: say(progress_line(progress)))}")
    return True


def progress_line(progress: Progress) -> str:
    """For example "model.q4.safetensors  512 of 5,200 MB, 25 MB/s, 188 s left"."""
    done, total = progress.done / 1e6, progress.total / 1e6
    line = f"{progress.file}  {done:,.0f} of {total:,.0f} MB"
    if not progress.speed:
        return line
    return f"{line}, {progress.speed / 1e6:.0f} MB/s, {progress.seconds_left:,.0f} s left"
