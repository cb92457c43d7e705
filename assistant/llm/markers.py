"""Text that means something to a model's template or to our own parser, and must come from nobody else."""

from __future__ import annotations

import re

END_OF_REPLY = (
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "<|return|>", "<|call|>",
    "<end_of_turn>", "<turn|>", "</s>", "<eos>", "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>", "<|eos|>",
)  # fmt: skip
"""What ends a turn in the templates of the common families."""

START_OF_TURN = (
    "<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<|turn>", "<|user|>", "<|assistant|>",
    "<|system|>", "<|START_OF_TURN_TOKEN|>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<｜User｜>",
    "<｜Assistant｜>",
)  # fmt: skip
"""What opens one: after the reply's own, the model plays the other side."""

LEAKED = (
    "<s>", "<bos>", "<pad>", "<unk>", "<|begin_of_text|>", "<|end_header_id|>", "<|python_tag|>",
    "<｜begin▁of▁sentence｜>", "<|channel|>", "<|message|>", "<|constrain|>", "<|start|>", "<|end|>",
)  # fmt: skip

THINKING = ("<think>", "</think>", "<thinking>", "</thinking>", "<reasoning>", "</reasoning>")

CALLS = ("<tool_call>", "</tool_call>")

_ALL = sorted((*END_OF_REPLY, *START_OF_TURN, *LEAKED, *THINKING, *CALLS), key=len, reverse=True)
_MARKER = re.compile("|".join(map(re.escape, _ALL)))
_OUR_CALL = re.compile(r"TOOL_CALL(?=\s{0,16}:)")
_LOOKALIKE = str.maketrans("<[", "‹(")


def defused(text: str) -> str:
    """The same words for the reader, nothing for a template or a parser.

    For everything in a prompt that the user, a tool, a note or an earlier answer wrote.
    """
    text = _MARKER.sub(lambda found: found[0].translate(_LOOKALIKE), text)
    return _OUR_CALL.sub("TOOL CALL", text)
