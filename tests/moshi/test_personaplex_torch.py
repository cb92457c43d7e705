"""A PersonaPlex prompt and what follows it against NVIDIA's own ``LMGen``: same weights, user, tokens.

Only where PyTorch and NVIDIA's package are on the path, which the assistant does not need. That package is
called ``moshi`` too: https://github.com/NVIDIA/personaplex
"""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from assistant.voice.moshi.catalogue import MIMI_FILE, TOKENIZER_FILE
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.personaplex import PAUSE_FRAMES, SILENCE, TONE, Voice, persona_prompt
from assistant.voice.moshi.weights import load_lm
from tests.moshi.upstream import GREEDY, SMALL, own_run, users

os.environ.setdefault("NO_TORCH_COMPILE", "1")
torch = pytest.importorskip("torch")
# It reads and writes sound, which is not wanted here.
sys.modules.setdefault("sphn", types.ModuleType("sphn"))
models = pytest.importorskip("moshi.models.lm")
if not hasattr(models, "SILENCE_TOKENS"):
    pytest.skip("this is Kyutai's package", allow_module_level=True)

RAW = SMALL | {"card": 2048}
VOICE = 11
ROLE = [17, 5, 200, 44, 9, 31, 8]
FRAMES = 120


def test_prompt_and_conversation_are_nvidias(tmp_path: Path) -> None:
    """NVIDIA's step uses a frame of the user's one step later than ours."""
    torch.manual_seed(0)
    model = models.LMModel(**RAW | {"dep_q": 16}, device="cpu", dtype=torch.float32).eval()
    inputs = 0.3 * torch.randn(VOICE, 1, 1, RAW["dim"])
    tokens = torch.randint(0, 200, (1, 17, 4))
    theirs = nvidias_run(model, inputs, tokens)

    generator = Generator(load_lm(open_checkpoint(saved(model, tmp_path))), GREEDY)
    voice = Voice(inputs.reshape(VOICE, -1).numpy(), tokens[0].numpy().astype(np.int32))
    generator.prefill(persona_prompt(voice, ROLE, RAW["delays"][1:]))
    ours = own_run(generator, users(FRAMES, 2048))
    assert [codes for _, codes in theirs][1:] == [codes for _, codes in ours][:-1]
    assert [text for text, _ in theirs][2:] == [text for text, _ in ours][:-2]
    assert len({codes for _, codes in ours}) > FRAMES / 2


def test_the_prompts_codes_are_nvidias() -> None:
    assert tuple(models.SILENCE_TOKENS) == SILENCE
    assert tuple(models.SINE_TOKENS) == TONE


def nvidias_run(model: Any, inputs: Any, tokens: Any) -> list[tuple[int, tuple[int, ...]]]:
    generator = models.LMGen(
        model,
        device="cpu",
        use_sampling=False,
        audio_silence_frame_cnt=PAUSE_FRAMES,
        text_prompt_tokens=ROLE,
        sample_rate=24_000,
    )
    generator.voice_prompt_embeddings, generator.voice_prompt_cache = inputs, tokens
    run = []
    with torch.no_grad(), generator.streaming(1):
        generator.step_system_prompts(None)
        for codes in users(FRAMES, 2048):
            frame = generator.step(torch.tensor(codes, dtype=torch.long)[None, :, None])
            text, *own = frame[0, :, 0].tolist()
            run.append((text, tuple(own[:8])))
    return run


def saved(model: Any, folder: Path) -> Path:
    """The weights as NVIDIA publishes them, and stand-ins for the other files."""
    from safetensors.torch import save_file

    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(RAW))
    mx.save_safetensors(str(folder / MIMI_FILE), {"x": mx.zeros(3)})
    (folder / TOKENIZER_FILE).write_bytes(b"x")
    return folder
