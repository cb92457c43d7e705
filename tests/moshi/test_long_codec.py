"""A long conversation through the codec: no change of objects can be heard, and memory keeps its budget."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rustymimi
from numpy.typing import NDArray

from assistant.engine.supervisor import ENVIRONMENT
from assistant.voice.moshi.handover import LIFETIME, OVERLAP
from tests.fakes.moshi_weights import write_mimi
from tests.moshi.codec_process import CODEBOOKS, HEARD, Samples, sounds

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

FRAMES = 20_000
"""26 minutes and 40 seconds."""
SECOND = 13
"""Frames, rounded up."""
INAUDIBLE = 2**-15
"""The smallest step of a 16-bit sample."""
UNBROKEN = 65_536
"""Frames that the tokenizer to compare with is made for."""
MEMORY_BUDGET_BYTES = 1_800_000_000
"""Of a process with the codec: two objects with all they remember, and the successor of one of them."""
GROWTH_BYTES = 30_000_000
"""From the first whole lives of both objects to the last: what an allocator takes to settle."""

Codes = NDArray[np.int32]


def unbroken(path: Path) -> tuple[Callable[[Samples], Codes], Callable[[Codes], Samples]]:
    """Encoder and decoder that never change their objects."""
    encoder, decoder = (
        rustymimi.Tokenizer(str(path), num_codebooks=CODEBOOKS, max_seq_len=UNBROKEN) for _ in range(2)
    )

    def encode(samples: Samples) -> Codes:
        return np.asarray(encoder.encode_step(samples[None, None])[0, :, 0], np.int32)

    def decode(codes: Codes) -> Samples:
        samples: Samples = decoder.decode_step(codes.astype(np.uint32)[None, :, None])[0, 0]
        return samples

    return encode, decode


def test_a_long_conversation_through_the_codec(tmp_path: Path) -> None:
    """Against objects that live on: the same codes, and no more error at a seam than a second later.

    The codec has a process of its own, in the environment of the engine's.
    """
    path = tmp_path / "mimi.safetensors"
    write_mimi(path)
    command = [sys.executable, "-m", "tests.moshi.codec_process", str(path), str(FRAMES)]
    codec = subprocess.Popen(
        command, env={**ENVIRONMENT, **os.environ}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert codec.stdin
    assert codec.stdout
    encode, decode = unbroken(path)
    next_frame = sounds()
    equal, errors, used = np.zeros((FRAMES, CODEBOOKS), bool), np.zeros(FRAMES), np.zeros(FRAMES, int)
    seams: dict[str, list[int]] = {"encoder": [], "decoder": []}
    codes = encode(next_frame())
    with ThreadPoolExecutor(2) as threads:
        for frame in range(FRAMES):
            codec.stdin.write(codes.tobytes())
            codec.stdin.flush()
            later, sound = threads.submit(encode, next_frame()), threads.submit(decode, codes)
            heard = np.frombuffer(codec.stdout.read(HEARD.itemsize), HEARD)[0]
            equal[frame] = codes == heard["codes"]
            errors[frame] = np.abs(sound.result() - heard["sound"]).max()
            used[frame] = heard["memory"]
            for (name, at), handovers in zip(seams.items(), heard["handovers"], strict=True):
                if handovers > len(at):
                    at.append(frame)
                    print(f"{name} handed over at frame {frame}", flush=True)
            if frame - SECOND in seams["decoder"]:
                print(f"error {errors[frame - SECOND]:.1e}, a second later {errors[frame]:.1e}", flush=True)
            if frame % 1000 == 999:
                share = equal[LIFETIME + 1 : frame + 1].mean() if frame > LIFETIME else 1.0
                print(f"frame {frame}: codes equal {share:.5f}, {used[frame] / 1e6:.0f} MB", flush=True)
            codes = later.result()
    codec.stdin.close()
    assert codec.wait(60) == 0
    life = LIFETIME - OVERLAP
    after = equal[LIFETIME + 1 :].mean()
    judged = [(errors[at], errors[at + SECOND]) for at in seams["decoder"] if at + SECOND < FRAMES]
    peaks = [int(used[start : start + life].max()) for start in range(LIFETIME, FRAMES - life + 1, life)]
    print(f"codes equal {after:.5f}; frames with any other: {(~equal.all(1)).sum()}; waits {heard['waits']}")
    print(f"most memory {used.max() / 1e6:.0f} MB; of each life {[round(each / 1e6) for each in peaks]}")
    assert seams["encoder"] == list(range(LIFETIME, FRAMES, life))
    assert seams["decoder"] == list(range(LIFETIME // 2, FRAMES, life))
    assert after >= 0.99
    assert all(seam <= max(1.5 * later, INAUDIBLE) for seam, later in judged)
    assert used.max() <= MEMORY_BUDGET_BYTES
    assert peaks[-1] - peaks[0] <= GROWTH_BYTES
