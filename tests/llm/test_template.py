"""Chat templates run in a sandbox, for a moment, and make a bounded text."""

from __future__ import annotations

import pytest

pytest.importorskip("jinja2")

from assistant.errors import TextEngineError
from assistant.llm.mlx import template as module
from assistant.llm.mlx.template import ChatTemplate

NAMES = {"bos_token": "<s>", "eos_token": "</s>"}
SYSTEM = {"role": "system", "content": "Be kind."}
USER = {"role": "user", "content": "Hi."}


def test_messages_are_written_as_the_template_says():
    text = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m['content'] | trim }}{% endfor %}"
    assert ChatTemplate(text, NAMES).render([SYSTEM, USER]) == "<s>[system]Be kind.[user]Hi."


def test_without_one_it_is_chatml():
    made = ChatTemplate("", {}).render([USER])
    assert made == "<|im_start|>user\nHi.<|im_end|>\n<|im_start|>assistant\n"


def test_a_template_without_a_system_part_has_it_before_the_first_words():
    text = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ messages | tojson }}"
    )
    assert (
        ChatTemplate(text, {}).render([SYSTEM, USER]) == '[{"role": "user", "content": "Be kind.\\n\\nHi."}]'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{% for", "template fails"),
        ("{{ missing.thing.there }}", "undefined"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ messages.append(1) }}", "not safely callable|unsafe"),
        ("{{ cycler.__init__.__globals__.os.system('id') }}", "unsafe"),
        ("{{ 1 // 0 }}", "zero"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "recursion"),
        ("{{ raise_exception('roles must alternate') }}", "alternate"),
        ("{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}", "more than 4,000,000"),
    ],
)
def test_what_a_template_does_wrong_is_an_error(text: str, reason: str):
    with pytest.raises(TextEngineError, match=reason):
        ChatTemplate(text, {}).render([USER])


def test_an_endless_one_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SECONDS", 0.1)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with pytest.raises(TextEngineError, match="takes more than"):
        ChatTemplate(loop, {}).render([USER])
