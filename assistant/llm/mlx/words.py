"""How byte-level vocabularies cut text into words, before any pair of bytes is merged.

Source: the expressions of llama.cpp's ``llama-vocab.cpp``, by the names that GGUF files give them.
"""

from __future__ import annotations

_ENGLISH_ENDINGS = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_WORDS = (
    _ENGLISH_ENDINGS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,%d}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

PRE_TOKENIZERS: dict[str, tuple[str, ...]] = {
    "gpt-2": (_GPT2,),
    "smollm": (r"\p{N}", _GPT2),
    "llama-bpe": (_WORDS % 3,),
    "qwen2": (_WORDS % 1,),
}
"""The expressions that cut text into words, one after the other, by ``tokenizer.ggml.pre``."""

WHOLE_WORDS_FIRST = {"llama-bpe"}
"""A word that is a token is taken whole, whatever its pairs would make."""
