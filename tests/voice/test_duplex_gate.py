"""What of a monologue may be heard: all of its words, and nothing of a tool call."""

from __future__ import annotations

import pytest

from assistant.tools.parser import Call, Found, Malformed, Text
from assistant.tools.result import ToolCall
from assistant.voice.duplex.gate import CALL_LIMIT, CALL_PADS, PAUSE, Gate

CALL = 'TOOL_CALL: {"name": "get_time", "arguments": {}}'
FOUND = Call(ToolCall("get_time", {}))


def fed(gate: Gate, pieces: list[str]) -> tuple[list[Found], list[bool]]:
    """What was found, and for each piece whether its sound is muted."""
    steps = [gate.feed(piece) for piece in pieces]
    return [each for found, _ in steps for each in found], [muted for _, muted in steps]


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_words_pass_as_they_come() -> None:
    found, muted = fed(Gate(), [" Tom", "", " TV", "", " T", "HE"])
    assert "".join(each.text for each in found if isinstance(each, Text)) == " Tom TV THE"
    assert not any(muted)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_a_call_is_found_and_never_heard(size: int) -> None:
    before, after = [" One", " moment", "."], [" So", "."]
    pieces = cut(CALL, size)
    found, muted = fed(Gate(), [*before, *pieces, *after])
    assert FOUND in found
    assert "".join(each.text for each in found if isinstance(each, Text)) == " One moment. So."
    assert not any(muted[: len(before)])
    # The first letter alone may begin any sentence.
    assert all(muted[len(before) + (size == 1) : len(before) + len(pieces)])
    assert not any(muted[-len(after) :])


def test_a_call_that_never_closes_ends_with_the_words() -> None:
    gate = Gate()
    found, muted = fed(gate, [*cut(CALL[:-3], 4), *[""] * CALL_PADS])
    assert [type(each) for each in found] == [Malformed]
    assert all(muted)
    assert not gate.is_talking
    assert gate.feed(" Well")[1] is False


@pytest.mark.parametrize("endless", ['{"a": ' * 20, '"' * 40, "nothing else"])
def test_one_that_goes_on_and_on_is_given_up_and_stays_unheard_until_a_pause(endless: str) -> None:
    gate = Gate()
    pieces = ["TOOL_CALL: {", *[endless] * (CALL_LIMIT + 50)]
    found, muted = fed(gate, pieces)
    assert [type(each) for each in found] == [Malformed]
    assert all(muted)
    assert fed(gate, [""] * PAUSE) == ([], [True] * PAUSE)
    assert gate.feed(" Well")[1] is False


def test_ten_megabytes_in_one_call_are_swallowed() -> None:
    gate = Gate()
    found, muted = fed(gate, ['TOOL_CALL: {"name": "', *["x" * 100_000] * 100])
    assert [type(each) for each in found] == [Malformed]
    assert all(muted)


def test_a_pause_in_a_call_is_no_end() -> None:
    gate = Gate()
    found, muted = fed(gate, [CALL[:20], *[""] * (CALL_PADS - 1), CALL[20:]])
    assert found == [FOUND]
    assert all(muted)


def test_shut_means_nothing_until_the_next_utterance() -> None:
    gate = Gate()
    fed(gate, [" I", " was"])
    gate.shut()
    assert fed(gate, [" about", "", " to", *[""] * PAUSE]) == ([], [True] * (3 + PAUSE))
    found, muted = fed(gate, [" Yes"])
    assert found == [Text(" Yes")]
    assert muted == [False]


def test_shut_in_silence_swallows_nothing() -> None:
    gate = Gate()
    gate.shut()
    assert gate.feed(" Yes") == ([Text(" Yes")], False)
