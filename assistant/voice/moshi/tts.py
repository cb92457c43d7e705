"""Kyutai's voice: text to Mimi's codes, one frame a step.

The model is a Moshi whose monologue is led ("delayed streams"): it says where the next word may begin, and
the state machine of ``moshi_mlx`` feeds that word. Who speaks is a condition, an embedding of a voice that
the transformer attends to (https://github.com/kyutai-labs/delayed-streams-modeling).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
from moshi_mlx import models, utils
from moshi_mlx.models.tts import TTSModel
from moshi_mlx.modules.conditioner import ConditionTensor
from numpy.typing import NDArray

from assistant.errors import CheckpointError
from assistant.voice.moshi.checkpoint import Checkpoint
from assistant.voice.moshi.codec import FRAME, SAMPLE_RATE
from assistant.voice.moshi.voice_files import SPEAKER, check_speaker, check_tts, find_speaker

GUIDANCE = 2.0
"""How closely the model keeps to the speaker, as ``moshi_mlx.run_tts`` has it."""
TEMPERATURE = 0.6
PAUSE = 1
"""Frames between two words at least, as ``moshi_mlx.run_tts`` has it."""
LONGEST_S = 60.0
"""A sentence is given up after so much sound."""

_DTYPES = {"F32": mx.float32, "BF16": mx.bfloat16, "F16": mx.float16}


class _Codec:
    """All that upstream's model asks of its codec here: sound is made elsewhere."""

    sample_rate = SAMPLE_RATE
    frame_rate = SAMPLE_RATE / FRAME


class TextToSpeech:
    """The voice over the weights of a loaded ``moshi_mlx`` model. Used on one thread at a time.

    ``words`` is its text tokenizer, ``raw`` its configuration, ``speaker`` a file with a voice's embedding.
    """

    def __init__(
        self, lm: Any, words: Any, raw: dict[str, Any], speaker: Path, temperature: float = TEMPERATURE
    ) -> None:
        self._lm = lm
        self._sampler = utils.Sampler(temp=temperature)
        self._model = TTSModel(lm, _Codec(), words, raw_config=raw)
        guidance = GUIDANCE if self._model.valid_cfg_conditionings else None
        attributes = self._model.make_condition_attributes([speaker], guidance)
        conditions = lm.condition_provider
        given = [
            conditions.condition_tensor(name, value).tensor.squeeze(0)
            for name, value in attributes.text.items()
            if value is not None and name in conditions.conditioners
        ]
        self._condition = ConditionTensor(mx.stack([sum(given[1:], given[0])]))
        self._voice = conditions.conditioners[SPEAKER].condition(attributes.tensor[SPEAKER])
        mx.eval(self._condition.tensor, self._voice)

    @property
    def codebooks(self) -> int:
        """Codes of a frame."""
        return int(self._lm.dep_q)

    def frames(self, text: str) -> Iterator[NDArray[np.int32]]:
        """The frames (codebooks,) of ``text``, one sentence or more, as they are made."""
        lm, model = self._lm, self._model
        for cache in (*lm.transformer_cache, *lm.depformer_cache):
            cache.reset()
        machine, zero = model.machine, model.machine.token_ids.zero
        state = machine.new_state(model.prepare_script([text], padding_between=PAUSE))
        step = 0

        def lead(tokens: mx.array) -> None:
            tokens[:] = machine.process(step, state, tokens.item())[0]

        def delay(codes: mx.array) -> None:
            for codebook, frames in enumerate(lm.delays[: lm.dep_q]):
                if step < frames + model.delay_steps:
                    codes[:, codebook] = zero

        most = round(LONGEST_S * _Codec.frame_rate)
        generator = models.LmGen(
            lm, most, self._sampler, self._sampler, on_text_hook=lead, on_audio_hook=delay
        )
        others = mx.full((1, lm.n_q - lm.dep_q), zero, dtype=mx.int64)
        for step in range(most):
            if (
                state.end_step is not None
                and step >= state.end_step + model.delay_steps + model.final_padding
            ):
                return
            generator.step(others, ct=self._condition, cross_attention_src=self._voice)
            codes = generator.last_audio_tokens()
            if codes is not None and bool((codes != zero).all()):
                yield np.array(codes[0], np.int32)


def open_tts(folder: Path, speaker: Path | None = None) -> tuple[TextToSpeech, Path]:
    """The voice of a folder in Kyutai's layout, and Mimi's file.

    Without a ``speaker`` the folder holds one, a file with a voice's embedding. Raises ``CheckpointError``.
    """
    from sentencepiece import SentencePieceProcessor

    checkpoint = check_tts(folder)
    speaker = check_speaker(speaker or find_speaker(folder))
    checkpoint.check_memory()
    words: Any = SentencePieceProcessor(model_file=str(checkpoint.tokenizer))
    lm = _load(checkpoint)
    return TextToSpeech(lm, words, dict(checkpoint.config.raw), speaker), checkpoint.mimi


def _load(checkpoint: Checkpoint) -> Any:
    config = checkpoint.config.lm_config()
    lm = models.Lm(config)
    lm.set_dtype(_DTYPES.get(checkpoint.tensors["text_linear.weight"].dtype, mx.bfloat16))
    try:
        lm.load_pytorch_weights(str(checkpoint.weights), config, strict=True)
    except (KeyError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise CheckpointError(f"{checkpoint.weights} does not fit its configuration: {reason}.") from error
    mx.eval(lm.parameters())
    return lm
