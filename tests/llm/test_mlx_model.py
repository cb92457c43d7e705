"""MLX computes what llama.cpp computes from the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.gguf import F16, F32, Q4_0, Q4_1, Q8_0
from tests.llm.llama_judge import LlamaJudge
from tests.llm.needs import needs_llama, needs_mlx
from tests.llm.smollm import needs_smollm, smollm_path

pytestmark = [needs_mlx, needs_llama]

POSITIONS = 24
REAL_POSITIONS, WORDS = 200, 49_152
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def logits(file: Path, tokens: list[int]) -> NDArray[np.float32]:
    """[position, token], by MLX."""
    import mlx.core as mx

    from assistant.llm.mlx.model import load_gguf

    model, _ = load_gguf(file)
    return np.array(model.network(mx.array([tokens]))[0].astype(mx.float32))


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = logits.astype(np.float64)
    return exact - np.logaddexp.reduce(exact, axis=-1, keepdims=True)


def log_probabilities(file: Path, tokens: list[int]) -> NDArray[np.float64]:
    """[position, token], by MLX."""
    return log_softmax(logits(file, tokens))


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, object]:
    from assistant.llm.mlx.words import PRE_TOKENIZERS
    from tests.fakes import tiny_models

    return tiny_models.byte_level_entries(tiny_models.byte_level(PRE_TOKENIZERS["qwen2"][0]), "qwen2")


@pytest.mark.parametrize("architecture", ["llama", "llama, stretched", "qwen2", "qwen3"])
def test_every_architecture_computes_the_same(architecture: str, vocabulary: dict, tmp_path: Path):
    from tests.fakes.tiny_models import write_tiny_gguf

    name, _, factors = architecture.partition(",")
    file = write_tiny_gguf(tmp_path / "tiny.gguf", vocabulary, architecture=name, factors=bool(factors))
    words = len(vocabulary["tokenizer.ggml.tokens"])
    tokens = np.random.default_rng(1).integers(0, words - 4, POSITIONS).tolist()
    ours = log_probabilities(file, tokens)
    with LlamaJudge(file, tmp_path) as judge:
        for at in range(0, POSITIONS, 3):
            theirs = judge.log_probabilities(tokens[: at + 1], words)
            assert np.abs(ours[at] - theirs).max() < 1e-2


@pytest.mark.parametrize("kind", [F16, Q8_0, Q4_0, Q4_1])
def test_packed_weights_are_the_numbers_they_stand_for(kind: int, vocabulary: dict, tmp_path: Path):
    """llama.cpp rounds activations for packed weights, so that the judge is the same file unpacked.

    MLX then computes with 16 bits, which is what is allowed for.
    """
    from assistant.llm.llama.gguf import read_header
    from tests.fakes.tiny_models import write_tiny_gguf

    packed = write_tiny_gguf(tmp_path / "packed.gguf", vocabulary, kind=kind)
    assert kind in read_header(packed).types
    unpacked = unpack_gguf(packed, tmp_path / "unpacked.gguf")
    tokens = list(range(2, 2 + POSITIONS))
    ours, plain = log_probabilities(packed, tokens), log_probabilities(unpacked, tokens)
    assert np.abs(ours - plain).max() < 2e-2


def unpack_gguf(file: Path, to: Path) -> Path:
    """The same model in 32 bits, unpacked by code of our own."""
    from tests.fakes.gguf_reader import read_gguf

    values, tensors = read_gguf(file)
    from tests.fakes.gguf import write_gguf

    return write_gguf(to, values, {name: (F32, numbers) for name, numbers in tensors.items()})


@needs_smollm
@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_real_model_over_200_positions(tmp_path: Path):
    """Figures in docs/engines.md come from here: ``pytest -s --long tests/llm/test_mlx_model.py``.

    llama.cpp's server tells log probabilities, in which an offset common to all logits would not show, and
    the hidden state behind the last norm: that times the output matrix are its logits.
    """
    unpacked = unpack_gguf(smollm_path(), tmp_path / "unpacked.gguf")
    with LlamaJudge(unpacked, tmp_path) as judge:
        tokens = judge.tokens(README)[:REAL_POSITIONS]
        their_words = told(judge, tokens, WORDS)
    with LlamaJudge(unpacked, tmp_path, hidden=True) as judge:
        theirs = judge.hidden(tokens).astype(np.float64) @ output_matrix(unpacked).astype(np.float64).T
    ours = logits(unpacked, tokens)
    worst = float(np.abs(ours - theirs).max())
    worst_word = float(np.abs(log_softmax(ours) - their_words).max())
    print(f"\nF32: max |Δ logit| {worst:.2e}, max |Δ log probability| {worst_word:.2e}")
    assert worst <= 1e-2
    assert worst_word <= 1e-2


@needs_smollm
@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_same_model_packed_as_it_is_published(tmp_path: Path):
    """llama.cpp rounds activations for packed weights, so that the two cannot be equal."""
    with LlamaJudge(smollm_path(), tmp_path) as judge:
        tokens = judge.tokens(README)[:REAL_POSITIONS]
        packed = told(judge, tokens, WORDS)
    ours_packed = log_probabilities(smollm_path(), tokens)
    agree = float((ours_packed.argmax(-1) == packed.argmax(-1)).mean())
    divergence = float((np.exp(packed) * (packed - ours_packed)).sum(-1).mean())
    print(f"Q4_1: the likeliest token agrees at {agree:.1%}, mean KL {divergence:.2e} nats")
    assert agree > 0.9


def told(judge: LlamaJudge, tokens: list[int], words: int) -> NDArray[np.float64]:
    """[position, token]: log probabilities by llama.cpp, after each of ``tokens``."""
    each = (judge.log_probabilities(tokens[: at + 1], words) for at in range(len(tokens)))
    return np.stack(list(each)).astype(np.float64)


def output_matrix(file: Path) -> NDArray[np.float32]:
    """[token, feature]; a model without one of its own shares that of its input."""
    from tests.fakes.gguf_reader import read_gguf

    _, tensors = read_gguf(file)
    return tensors.get("output.weight", tensors["token_embd.weight"])
