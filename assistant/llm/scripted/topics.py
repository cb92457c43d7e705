"""The rules in their order: the first that has an answer gives it, and the last always has one."""

from __future__ import annotations

from collections.abc import Callable

from assistant.llm.scripted import identity, recall, requests, small_talk
from assistant.llm.scripted.arithmetic import solve
from assistant.llm.scripted.facts import machine_fact, time_fact
from assistant.llm.scripted.free import free_talk
from assistant.llm.scripted.limits import limits
from assistant.llm.scripted.lines import coloured
from assistant.llm.scripted.turn import Turn


def _not_understood(turn: Turn) -> str:
    return "" if any(c.isalnum() for c in turn.words) else small_talk.not_understood(turn)


def _facts(turn: Turn) -> str:
    fact = (
        solve(turn.text)
        or time_fact(turn.words, turn.clock())
        or machine_fact(turn.words, turn.machine)
        or identity.engine_fact(turn.words)
    )
    return coloured(fact, turn.persona.lines.fact, turn.said) if fact else ""


TOPICS: tuple[Callable[[Turn], str], ...] = (
    _not_understood,
    requests.tool_call,
    recall.conversation,
    recall.users_name,
    identity.who_i_am,
    identity.abilities,
    identity.others,
    recall.kept_notes,
    _facts,
    small_talk.own_replies,
    small_talk.small_talk,
    recall.told_before,
    limits,
    recall.statement,
    free_talk,
)
