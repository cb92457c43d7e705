"""What loading took and using does not need."""

from __future__ import annotations

import gc
import mmap
import sys
from pathlib import Path

import pytest

from assistant.engine.footprint import release_mapped, settle

PAGES = 512
SIZE = PAGES * mmap.PAGESIZE


def resident(path: Path) -> int:
    """Bytes of ``path`` that are in this process's memory."""
    found = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if line.endswith(str(path)):
            found = True
        elif found and line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"{path} is not mapped")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_mapped_files_of_a_folder_leave_memory_and_stay_readable(tmp_path: Path) -> None:
    folder, other = tmp_path / "model", tmp_path / "other"
    maps = []
    for each in (folder, other):
        each.mkdir()
        (each / "weights").write_bytes(b"w" * SIZE)
        with (each / "weights").open("rb") as file:
            maps.append(mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))
        assert maps[-1].read() == b"w" * SIZE
    assert resident(folder / "weights") == SIZE
    assert release_mapped(folder) == SIZE
    assert resident(folder / "weights") == 0
    assert resident(other / "weights") == SIZE
    assert maps[0][:] == b"w" * SIZE


def test_what_is_loaded_is_not_walked_again() -> None:
    kept = [[each] for each in range(1000)]
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()
