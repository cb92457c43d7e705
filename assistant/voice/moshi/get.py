"""``assistant models get``: what a release is and under which licence, then its download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.errors import CheckpointMissingError, DownloadError
from assistant.voice.moshi.catalogue import PERSONAPLEX, RELEASES, find_release
from assistant.voice.moshi.checkpoint import find_cached
from assistant.voice.moshi.download import Progress, download

PACKED_BITS = 4
"""A number of PersonaPlex's, which is published unpacked."""


def get_release(
    name: str, models: Path, say: Callable[[str], None], agrees: Callable[[], bool], *, offline: bool = False
) -> bool:
    """Fetch the release of that key or repository once the user agrees; False when not.

    What has to be made ready first is put into the folder ``models``. Raises ``CheckpointError``.
    """
    release = find_release(name)
    if release is None:
        known = ", ".join(each.key for each in RELEASES)
        raise CheckpointMissingError(f"There is no model {name} to get.", f"There are {known}.")
    say(release.terms())
    folder = find_cached(release)
    if folder is None:
        if offline:
            raise DownloadError("The setting offline forbids downloads.", "Take it back, then try again.")
        if not agrees():
            return False
        folder = download(release, lambda progress: say(progress_line(progress)))
    say(f"It is in {folder}")
    if release is PERSONAPLEX:
        _make_ready(folder, models / release.key, say)
    return True


def _make_ready(source: Path, target: Path, say: Callable[[str], None]) -> None:
    if not target.is_dir():
        from assistant.voice.moshi.personaplex_setup import convert_personaplex

        say(f"It is packed to {PACKED_BITS} bits a number, once.")
        target.parent.mkdir(parents=True, exist_ok=True)
        convert_personaplex(source, target, PACKED_BITS, lambda share: say(f"{share:.0%}"))
    say(f'It is ready. To talk with it: moshi_model = "{target}"')


def progress_line(progress: Progress) -> str:
    """For example "model.q4.safetensors  512 of 5,200 MB, 25 MB/s, 188 s left"."""
    done, total = progress.done / 1e6, progress.total / 1e6
    line = f"{progress.file}  {done:,.0f} of {total:,.0f} MB"
    if not progress.speed:
        return line
    return f"{line}, {progress.speed / 1e6:.0f} MB/s, {progress.seconds_left:,.0f} s left"
