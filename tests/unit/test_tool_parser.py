from __future__ import annotations

import json
import re
import time
from itertools import groupby, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.tools.parser import LIMIT, Call, Found, Malformed, Text, ToolCallParser
from assistant.tools.result import ToolCall

SWITCH = 'TOOL_CALL: {"name": "change_theme", "arguments": {"persona_name": "GLaDOS"}}'
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SWITCHED = Call(ToolCall("change_theme", {"persona_name": "GLaDOS"}))


def fuzz(cases: int) -> settings:
    return settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def scan(pieces: list[str]) -> list[Found]:
    """All that is found, with neighbouring texts joined."""
    parser = ToolCallParser()
    found = [item for piece in pieces for item in parser.feed(piece)] + parser.finish()
    joined: list[Found] = []
    for is_text, run in groupby(found, key=lambda item: isinstance(item, Text)):
        items = list(run)
        joined += [Text("".join(item.text for item in items if isinstance(item, Text)))] if is_text else items
    return joined


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_call_between_text_is_found_however_it_is_split(size: int) -> None:
    whole = f"At once. {SWITCH} There."
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert scan(pieces) == [Text("At once. "), SWITCHED, Text(" There.")]


def test_text_is_passed_on_at_once_but_for_a_possible_marker() -> None:
    parser = ToolCallParser()
    assert parser.feed("Hello there. TOO") == [Text("Hello there. ")]
    assert parser.feed(" bad") == [Text("TOO bad")]
    assert parser.feed("TOTOOL_CALL") == [Text("TO")]
    assert parser.feed(":") == []
    assert parser.finish() == [Malformed("TOOL_CALL:", "The tool call breaks off.")]


@pytest.mark.parametrize(
    "whole",
    [
        SWITCH.replace("TOOL_CALL: ", "TOOL_CALL:"),
        SWITCH.replace("TOOL_CALL: ", "TOOL_CALL :\n\n  "),
        f"```json\n{SWITCH}\n```",
        f"```\n{SWITCH}```",
        SWITCH.replace(": {", ": ```json\n{", 1) + "\n```",
        SWITCH.replace(", ", ",\n\t").replace("{", "{ \n"),
    ],
)
def test_whitespace_and_code_fences_around_a_call_are_swallowed(whole: str) -> None:
    assert scan(list(whole)) == [SWITCHED]


def test_a_code_fence_without_a_call_stays_text() -> None:
    whole = "Look: ```python\nprint('T')\n``` and ``` alone"
    assert scan(list(whole)) == [Text(whole)]


def test_braces_quotes_and_escapes_inside_strings_do_not_end_a_call() -> None:
    arguments = {"text": 'a } "quoted" \\ {{ brace', "deep": {"er": [{"x": "}"}]}}
    whole = "TOOL_CALL: " + json.dumps({"name": "remember", "arguments": arguments})
    assert scan(list(whole + "ok")) == [Call(ToolCall("remember", arguments)), Text("ok")]


def test_two_calls_in_a_row_are_two_calls() -> None:
    assert scan([SWITCH + SWITCH]) == [SWITCHED, SWITCHED]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('TOOL_CALL: {"name": "x",}', "valid JSON"),
        ('TOOL_CALL: {"name": "x", "arguments": {"n": NaN}}', "valid JSON"),
        ('TOOL_CALL: {"name": "\\ud800"}', "valid JSON"),
        ('TOOL_CALL: {"name": ["x"]}', "names no tool"),
        ('TOOL_CALL: {"name": "x", "arguments": [1]}', "not a JSON object"),
        ("TOOL_CALL: change_theme(GLaDOS)", "No JSON object"),
    ],
)
def test_a_malformed_call_says_why_and_is_never_text(broken: str, reason: str) -> None:
    before, found, after = scan(["Well. ", *broken, "\nGo on."])
    assert (before, after) == (Text("Well. "), Text("\nGo on."))
    assert isinstance(found, Malformed)
    assert (found.text, reason in found.reason) == (broken, True)


def test_a_marker_alone_on_its_line_takes_nothing_with_it() -> None:
    malformed = Malformed("TOOL_CALL: \n", "No JSON object follows the tool call's marker.")
    assert scan(list("TOOL_CALL: \nHello.")) == [malformed, Text("Hello.")]


def test_a_call_that_never_closes_is_malformed_at_the_end() -> None:
    assert scan([SWITCH[:-1] + " and so on"]) == [
        Malformed(SWITCH[:-1] + " and so on", "The tool call breaks off.")
    ]


def test_an_endless_call_is_reported_once_and_swallowed_to_its_end() -> None:
    parser = ToolCallParser()
    found = parser.feed('TOOL_CALL: {"name": "' + "x" * 2 * LIMIT)
    assert [type(item) for item in found] == [Malformed]
    assert parser.feed('"} Hello.') == [Text(" Hello.")]
    assert parser.finish() == []


def test_deep_nesting_is_malformed() -> None:
    depth = LIMIT // 8
    found = scan(["TOOL_CALL: " + '{"a":' * depth + "1" + "}" * depth])
    assert [type(item) for item in found] == [Malformed]


@pytest.mark.parametrize(
    "unit", ["TOOL_CALL", "```a ", "`", "T", "TOOL_CALL: ", "TOOL_CALL: {", " \n", '"\\']
)
def test_time_grows_linearly(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        scan([text])
        return time.process_time() - start

    seconds(20_000)
    assert seconds(400_000) < 10 * seconds(100_000) + 0.2


FRAGMENTS = st.one_of(
    st.sampled_from(
        ["TOOL_CALL", "TOOL_CALL:", ":", " ", "\n", "```", "```json\n", "`", "T", "TOO", "{", "}", '"', "\\"]
    ),
    st.sampled_from([SWITCH, SWITCH[:-1], SWITCH[:30], '{"name": "x", "arguments": {}}', '{"name": 1}']),
    st.text(max_size=12),
)
REPLIES = st.lists(FRAGMENTS, max_size=12).map("".join)


def test_any_chunking_equals_the_whole(fuzz_cases: int) -> None:
    @settings(
        max_examples=fuzz_cases // 2, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(REPLIES, st.lists(st.integers(0, 400), max_size=20))
    def check(whole: str, cuts: list[int]) -> None:
        edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
        pieces = [whole[start:end] for start, end in pairwise(edges)]
        assert scan(pieces) == scan([whole]) == scan(list(whole))

    check()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(ANY_TEXT, VALUES, max_size=4)


def naive(whole: str) -> list[Found]:
    """What whoever has all of the text finds with a regular expression and Python's own JSON."""
    found: list[Found] = []
    at = 0
    while marker := re.compile(r"TOOL_CALL\s*:\s*").search(whole, at):
        value, end = json.JSONDecoder().raw_decode(whole, marker.end())
        found += [Text(whole[at : marker.start()]), Call(ToolCall(value["name"], value["arguments"]))]
        at = end
    return [item for item in [*found, Text(whole[at:])] if item != Text("")]


def test_calls_are_those_of_a_naive_search_wherever_the_pieces_end(fuzz_cases: int) -> None:
    near_misses = st.sampled_from(["TOOL_CALL", "TOOL_CALL ", "TOOL", "T", "{", '{"name"', '"', "\\", "}"])
    prose = near_misses | st.text(
        st.characters(exclude_characters="`:", exclude_categories=["Cs"]), max_size=9
    )
    calls = st.builds(
        lambda space, arguments: (
            f"TOOL_CALL{space}:{space}"
            + json.dumps({"name": "x", "arguments": arguments}, ensure_ascii=False)
        ),
        st.sampled_from(["", " ", "\n\n"]),
        ARGUMENTS,
    )

    @fuzz(fuzz_cases // 2)
    @given(st.lists(prose | calls, max_size=8).map("".join), st.lists(st.integers(0, 400), max_size=20))
    def check(whole: str, cuts: list[int]) -> None:
        edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
        assert scan([whole[start:end] for start, end in pairwise(edges)]) == naive(whole)

    check()


def test_surrounding_text_survives_and_no_call_text_leaks(fuzz_cases: int) -> None:
    prose = st.text(st.characters(exclude_characters="`T", exclude_categories=["Cs"]), max_size=30)

    @settings(
        max_examples=fuzz_cases // 2, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(prose, ARGUMENTS, prose)
    def check(before: str, arguments: dict[str, object], after: str) -> None:
        call = "TOOL_CALL: " + json.dumps({"name": "x", "arguments": arguments}, ensure_ascii=False)
        expected = [Text(before), Call(ToolCall("x", arguments)), Text(after)]
        assert scan(list(before + call + after)) == [item for item in expected if item != Text("")]

    check()
