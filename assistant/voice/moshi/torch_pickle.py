"""Tensors out of a file of ``torch.save``, without PyTorch and without running anything from it.

Such a file is a zip archive with a pickle that refers to raw storages beside it
(https://docs.pytorch.org/docs/stable/notes/serialization.html). A pickle can name any function to be called;
this reader knows the three names that a tensor needs and refuses every other one.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from math import prod
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CheckpointDamagedError

LARGEST = 1_000_000_000
"""Bytes of the largest file that is looked into."""

_TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "BFloat16Storage": np.dtype("<u2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}
Tensors = dict[str, NDArray[Any]]


def read_tensors(data: bytes, where: str) -> Tensors:
    """The named tensors of a file's content; bfloat16 comes as float32. ``where`` names the file.

    Raises ``CheckpointDamagedError`` in one sentence.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                _refuse("is too large")
            [pickled] = [name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"]
            found = _Reader(archive, pickled).load()
        if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
            _refuse("holds no table of tensors")
        if not all(isinstance(tensor, np.ndarray) for tensor in found.values()):
            _refuse("holds more than tensors")
    except _RefusedError as error:
        raise CheckpointDamagedError(f"{where} {error}.") from error
    except Exception as error:
        # Whatever a broken pickle trips over.
        raise CheckpointDamagedError(f"{where} is no file of tensors.") from error
    return dict(found)


class _RefusedError(Exception):
    pass


def _refuse(why: str) -> NoReturn:
    raise _RefusedError(why)


class _Reader(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, pickled: str) -> None:
        super().__init__(io.BytesIO(archive.read(pickled)))
        self._archive = archive
        self._folder = pickled.removesuffix("data.pkl")

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            ("collections", "OrderedDict"): OrderedDict,
        }
        if module == "torch" and name in _TYPES:
            return name
        if (module, name) not in known:
            _refuse(f"asks for {module}.{name}, which no tensor needs")
        return known[module, name]

    def persistent_load(self, key: Any) -> NDArray[Any]:
        what, kind, name, _device, count = key
        if what != "storage" or not str(name).isalnum():
            _refuse("refers to something that is no storage")
        numbers: NDArray[Any] = np.frombuffer(
            self._archive.read(f"{self._folder}data/{name}"), _TYPES[kind], count
        )
        if kind == "BFloat16Storage":
            return (numbers.astype(np.uint32) << 16).view(np.float32)
        return numbers


def _tensor(
    storage: NDArray[Any], start: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> NDArray[Any]:
    # Only where the numbers lie one after the other, as they do in what was saved whole.
    expected = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    if any(size > 1 and at != to for size, at, to in zip(shape, strides, expected, strict=True)):
        _refuse("holds a tensor that is a view of another")
    return storage[start : start + prod(shape)].reshape(shape)
