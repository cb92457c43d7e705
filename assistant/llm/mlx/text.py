"""Between messages and a model's tokens: template and tokenizer together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

from assistant.errors import TextEngineError
from assistant.llm.chat import ChatMessage
from assistant.llm.mlx.folder import ModelFolder
from assistant.llm.mlx.template import ChatTemplate
from assistant.llm.mlx.vocabulary import build_tokenizer


@dataclass(frozen=True, slots=True)
class TextCodec:
    """``ends`` are the tokens that end a reply; ``begin`` goes before a prompt where the model wants one."""

    tokenizer: Tokenizer
    template: ChatTemplate
    ends: frozenset[int]
    begin: int | None = None

    def encode(self, messages: Sequence[ChatMessage]) -> list[int]:
        """The prompt's tokens. Raises ``TextEngineError`` where the template fails."""
        return self._tokens(self.template.render(messages))

    def encode_before(self, mark: str, messages: Sequence[ChatMessage]) -> list[int]:
        """The prompt's tokens before the last ``mark`` in it; none where the template leaves that out."""
        return self._tokens(self.template.render(messages).rpartition(mark)[0])

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        if self.begin is not None and tokens[:1] != [self.begin]:
            tokens.insert(0, self.begin)
        return tokens

    def decoder(self) -> Decoder:
        """For one reply."""
        return Decoder(self.tokenizer)


class Decoder:
    """A reply's tokens as text, piece by piece; a character of several tokens comes with its last one."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._stream = DecodeStream(skip_special_tokens=False)

    def feed(self, token: int) -> str:
        """What is certain after this token."""
        return self._stream.step(self._tokenizer, token) or ""


def codec_of_folder(folder: ModelFolder, ends: Iterable[int]) -> TextCodec:
    """``ends`` are those that the model's configuration names. Raises ``TextEngineError``."""
    try:
        tokenizer = Tokenizer.from_file(str(folder.tokenizer_file))
    except Exception as error:  # the library raises nothing narrower
        raise TextEngineError(
            f"{folder.tokenizer_file} cannot be read: {error}.", "Fetch it again."
        ) from error
    named = tokenizer.token_to_id(folder.names["eos_token"])
    all_ends = frozenset([*ends, *([] if named is None else [named])])
    return TextCodec(tokenizer, ChatTemplate(folder.template, folder.names), all_ends)


def codec_of_gguf(metadata: Mapping[str, Any]) -> TextCodec:
    """``metadata`` as lists and plain values. Raises ``TextEngineError``."""
    tokens = metadata["tokenizer.ggml.tokens"]

    def token(role: str) -> int | None:
        found = metadata.get(f"tokenizer.ggml.{role}_token_id")
        return found if isinstance(found, int) and 0 <= found < len(tokens) else None

    begin, ends = token("bos"), frozenset(each for each in (token("eos"), token("eot")) if each is not None)
    names = {
        "bos_token": "" if begin is None else tokens[begin],
        "eos_token": "" if (end := token("eos")) is None else tokens[end],
    }
    is_by_score = metadata["tokenizer.ggml.model"] == "llama"
    wants_begin = metadata.get("tokenizer.ggml.add_bos_token", is_by_score)
    template = ChatTemplate(metadata.get("tokenizer.chat_template", ""), names)
    return TextCodec(build_tokenizer(metadata), template, ends, begin if wants_begin else None)
