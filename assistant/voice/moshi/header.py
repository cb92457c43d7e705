"""What a safetensors file says it holds, without loading it, and whether all of that is there.

The format is eight bytes with the header's length, a JSON header, and the numbers
(https://huggingface.co/docs/safetensors).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CheckpointDamagedError, CheckpointMissingError

LONGEST = 100_000_000
"""Bytes of the longest header the format allows."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Type as the format names it (F32, BF16, U32, …), shape, and the byte of the file at which it begins."""

    dtype: str
    shape: tuple[int, ...]
    start: int = 0


def read_header(path: Path) -> dict[str, Tensor]:
    """Every tensor of the file by name.

    Raises ``CheckpointMissingError`` and ``CheckpointDamagedError``; a file that is shorter than it should be
    is damaged, as after a download that broke off.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as source:
            start = source.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else LONGEST + 1
            if length > min(LONGEST, size - 8):
                raise _damaged(path, "is cut short or is no safetensors file")
            entries = json.loads(source.read(length))
        entries.pop("__metadata__", None)
        tensors = {
            name: Tensor(each["dtype"], tuple(each["shape"]), 8 + length + each["data_offsets"][0])
            for name, each in entries.items()
        }
        end = max((each["data_offsets"][1] for each in entries.values()), default=0)
    except FileNotFoundError as error:
        raise CheckpointMissingError(f"{path} is not there.") from error
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise _damaged(path, "is no safetensors file") from error
    if size != 8 + length + end:
        raise _damaged(path, f"is cut short or too long: {size:,} bytes instead of {8 + length + end:,}")
    return tensors


def _damaged(path: Path, how: str) -> CheckpointDamagedError:
    return CheckpointDamagedError(f"{path} {how}.", "Fetch it again.")
