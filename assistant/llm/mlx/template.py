"""A model's chat template, rendered where it can do no harm.

Templates come with models and are programs (Jinja): they run in a sandbox, for a moment, and make a bounded
text. Source of what they may expect: Hugging Face's "Chat templates" documentation.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import FrameType
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import TextEngineError
from assistant.llm.chat import ChatMessage

SECONDS = 1.0
"""Processor time that one rendering may take."""

LONGEST = 4_000_000
"""Characters that it may make."""

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""For models that bring none, as llama.cpp does it."""


class ChatTemplate:
    """``source`` is the template, ``names`` are the special tokens that it may use (``bos_token``, …)."""

    def __init__(self, source: str, names: dict[str, str]) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = datetime.now().strftime
        self._names = names
        with _bounded():
            self._template = environment.from_string(source or CHATML)

    def render(self, messages: Sequence[ChatMessage]) -> str:
        """The prompt, up to where the assistant's reply begins. Raises ``TextEngineError``."""
        try:
            return self._rendered(messages)
        except TextEngineError:
            if len(messages) < 2 or messages[0]["role"] != "system":
                raise
        # Several templates know no system part: it goes in front of the first words.
        system, first, *rest = messages
        merged = {"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}
        return self._rendered([merged, *rest])

    def _rendered(self, messages: Sequence[ChatMessage]) -> str:
        pieces: list[str] = []
        length = 0
        with _bounded():
            for piece in self._template.generate(
                messages=list(messages), add_generation_prompt=True, tools=None, **self._names
            ):
                length += len(piece)
                if length > LONGEST:
                    raise TemplateError(f"it makes more than {LONGEST:,} characters")
                pieces.append(piece)
        return "".join(pieces)


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Whatever a template does wrong is one error; in the main thread it is stopped in time too."""
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGVTALRM, _out_of_time) if is_main else None
    try:
        if is_main:
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        yield
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError, RecursionError,
            AttributeError, TimeoutError) as error:  # fmt: skip
        raise TextEngineError(
            f"The model's chat template fails: {error or type(error).__name__}.", "Use another model."
        ) from error
    finally:
        if is_main:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
            signal.signal(signal.SIGVTALRM, before)


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"it takes more than {SECONDS:g} s")


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(reason: str) -> None:
    raise TemplateError(reason)
