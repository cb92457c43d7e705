"""Sesame's CSM through transformers, with tiny random weights; runs where torch and transformers are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.engine.protocol import VoiceSpec

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

WORDS = ["<|begin_of_text|>", "<|end_of_text|>", "<|AUDIO|>", "<|audio_eos|>", "<pad>"]
TEMPLATE = (
    "{% for message in messages %}<|begin_of_text|>[{{ message['role'] }}]"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}<|end_of_text|>"
    "{% else %}<|AUDIO|><|audio_eos|>{% endif %}{% endfor %}{% endfor %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny CSM in the layout of sesame/csm-1b: processor, model, codec."""
    made = tmp_path_factory.mktemp("csm")
    tokenizer = _tokenizer()
    ids = tokenizer.get_vocab()
    feature_extractor = transformers.EncodecFeatureExtractor(sampling_rate=24_000)
    processor = transformers.CsmProcessor(feature_extractor, tokenizer, chat_template=TEMPLATE)
    processor.save_pretrained(made)
    sizes = {
        "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "num_codebooks": 4, "vocab_size": 64,
    }  # fmt: skip
    codec = transformers.MimiConfig(
        hidden_size=32, num_filters=4, codebook_size=64, codebook_dim=16, num_quantizers=4,
        vector_quantization_hidden_dimension=16, upsample_groups=32, num_hidden_layers=1,
        intermediate_size=64, num_attention_heads=2, num_key_value_heads=2,
    )  # fmt: skip
    config = transformers.CsmConfig(
        **sizes,
        text_vocab_size=len(ids),
        pad_token_id=ids["<pad>"],
        bos_token_id=ids["<|begin_of_text|>"],
        audio_token_id=ids["<|AUDIO|>"],
        audio_eos_token_id=ids["<|audio_eos|>"],
        codebook_pad_token_id=63,
        codebook_eos_token_id=0,
        depth_decoder_config={**sizes, "backbone_hidden_size": 32, "max_position_embeddings": 5},
        codec_config=codec.to_dict(),
    )
    torch.manual_seed(0)
    transformers.CsmForConditionalGeneration(config).save_pretrained(made)
    return made


def _tokenizer() -> transformers.PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, models, pre_tokenizers

    letters = [chr(code) for code in range(32, 127)]
    vocabulary = {word: number for number, word in enumerate([*WORDS, *letters])}
    bare = Tokenizer(models.WordLevel(vocabulary, unk_token=" "))
    bare.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=bare, pad_token="<pad>", additional_special_tokens=WORDS[:4]
    )


def test_it_speaks_behind_the_port_and_keeps_its_first_sentence_as_context(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.voice.cascade.voices import csm

    monkeypatch.setattr(csm, "LONGEST", 6)
    voice = csm.CsmVoice(folder)
    asked = []
    generate = voice._model.generate

    def watched(**inputs: torch.Tensor) -> object:
        asked.append(inputs)
        return generate(**inputs)

    monkeypatch.setattr(voice._model, "generate", watched)
    first, second = (
        list(voice.synthesise(text, VoiceSpec(effects=("warm",)))) for text in ("Good morning.", "And on.")
    )
    for blocks in (first, second):
        assert sum(map(len, blocks)) > 1920
        assert max(map(len, blocks)) <= 4_800
        assert all(block.dtype == np.float32 for block in blocks)
    assert "input_values" not in asked[0]
    assert asked[1]["input_values"].shape[-1] > 1920, "the first sentence's sound"
    assert asked[1]["input_ids"].shape[1] > asked[0]["input_ids"].shape[1]
