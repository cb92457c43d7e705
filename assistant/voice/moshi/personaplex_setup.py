"""PersonaPlex as it is published, made into a checkpoint that loads fast: packed, with readable voices.

Done once, after the download. The weights come in PyTorch's layout in bfloat16, the voices as files of
``torch.save`` in one archive.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import mlx.core as mx

from assistant.errors import CheckpointDamagedError, CheckpointError, CheckpointMissingError
from assistant.voice.moshi.catalogue import MIMI_FILE, TOKENIZER_FILE, VOICES_FILE, WEIGHT_FILES, Kind
from assistant.voice.moshi.checkpoint import Checkpoint, open_checkpoint
from assistant.voice.moshi.personaplex import VOICES, voice_path
from assistant.voice.moshi.quantising import quantise
from assistant.voice.moshi.torch_pickle import LARGEST, Tensors, read_tensors

KINDS: dict[int, Kind] = {4: "q4", 8: "q8"}


def convert_personaplex(source: Path, target: Path, bits: int, report: Callable[[float], None]) -> None:
    """Write the folder ``target`` from the published files in ``source``, with ``bits`` (4, 8) a number.

    ``target`` appears when it is complete. ``report`` is told the share that is done. Raises
    ``CheckpointError``.
    """
    checkpoint = open_checkpoint(source)
    made = target.with_name(target.name + ".part")
    shutil.rmtree(made, ignore_errors=True)
    (made / "voices").mkdir(parents=True)
    try:
        for name, tensors in read_voices(source / VOICES_FILE):
            _write_voice(voice_path(made, name), tensors, checkpoint)
        weights = WEIGHT_FILES[KINDS[bits]]
        quantise(checkpoint, bits, made / weights, report)
        shutil.copyfile(checkpoint.mimi, made / MIMI_FILE)
        shutil.copyfile(checkpoint.tokenizer, made / TOKENIZER_FILE)
        names = {"moshi_name": weights, "mimi_name": MIMI_FILE, "tokenizer_name": TOKENIZER_FILE}
        raw = dict(checkpoint.config.raw) | names | {"model_type": "personaplex"}
        (made / "config.json").write_text(json.dumps(raw, indent=2))
        made.replace(target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def read_voices(archive: Path) -> Iterator[tuple[str, Tensors]]:
    """The 18 voices of the published archive, by name. Nothing is unpacked onto the disk.

    Raises ``CheckpointError``.
    """
    wanted = set(VOICES)
    try:
        with tarfile.open(archive) as held:
            for member in held:
                name, suffix = Path(member.name).stem, Path(member.name).suffix
                file = held.extractfile(member) if name in wanted and suffix == ".pt" else None
                if file is not None and member.size <= LARGEST:
                    wanted.remove(name)
                    yield name, read_tensors(file.read(), f"{archive.name}:{member.name}")
    except FileNotFoundError as error:
        raise CheckpointMissingError(f"{archive.parent} lacks its voices, {archive.name}.") from error
    except (OSError, EOFError, tarfile.TarError) as error:
        raise CheckpointDamagedError(f"{archive} is cut short or no archive.", "Fetch it again.") from error
    if wanted:
        raise CheckpointDamagedError(f"{archive} lacks the voice {min(wanted)}.", "Fetch it again.")


def _write_voice(path: Path, tensors: Tensors, checkpoint: Checkpoint) -> None:
    raw = checkpoint.config.raw
    inputs, tokens = tensors.get("embeddings"), tensors.get("cache")
    fits = (
        inputs is not None
        and tokens is not None
        and inputs.shape[1:] == (1, 1, raw["dim"])
        and tokens.shape[:2] == (1, 1 + raw["n_q"])
        and tokens.shape[2:] > (max(raw["delays"]),)
    )
    if not fits or inputs is None or tokens is None:
        raise CheckpointError(f"The voice {path.stem} was not made for this checkpoint.")
    mx.save_safetensors(
        str(path),
        {
            "inputs": mx.array(inputs.reshape(len(inputs), -1)).astype(mx.bfloat16),
            "tokens": mx.array(tokens[0]).astype(mx.int32),
        },
    )
