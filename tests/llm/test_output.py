"""The output pipeline: naive oracles on the whole text against it under every chunking."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.llm.markers import CALLS, END_OF_REPLY, LEAKED, START_OF_TURN, THINKING, defused
from assistant.llm.output.clean import Cleaner
from assistant.llm.output.guard import LIMIT, STEP, Guard, is_loop
from assistant.llm.output.hide import WordHider
from assistant.llm.output.markup import STOPS, MarkupFilter
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.output.scan import LiteralScanner
from assistant.tools.parser import Call, Malformed, Text
from assistant.tools.result import ToolCall

MARKERS = (*END_OF_REPLY, *START_OF_TURN, *LEAKED, *THINKING, *CALLS)


def cut(text: str, at: list[int]) -> list[str]:
    """The text in pieces, some of them empty."""
    places = sorted({min(place, len(text)) for place in at})
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


cuts = st.lists(st.integers(0, 80), max_size=30)
marked = st.lists(
    st.sampled_from([*MARKERS, *STOPS, *(each[:-1] for each in MARKERS), "<", "<|", "\n", "final", "Hi. "])
    | st.text("ab <|>\n", max_size=4),
    max_size=10,
).map("".join)


# --- fixed strings --------------------------------------------------------------------------------------


@given(
    st.sets(st.text("ab|", min_size=1, max_size=4), min_size=1, max_size=5), st.text("ab|", max_size=30), cuts
)
@example({"abcd", "bc"}, "abcbcd", [3])
@example({"aab", "a"}, "aaab", [1, 2])
def test_strings_are_found_as_a_search_of_the_whole_finds_them(literals: set[str], text: str, at: list[int]):
    scanner = LiteralScanner(literals)
    found = [item for piece in cut(text, at) for item in scanner.feed(piece)] + list(scanner.finish())
    pattern = "|".join(map(re.escape, sorted(literals, key=len, reverse=True)))
    expected = re.split(f"({pattern})", text)
    merged: list[str] = [""]
    for item, is_literal in found:
        if is_literal:
            merged += [item, ""]
        else:
            merged[-1] += item
    assert merged == expected


@given(st.text("abc\n", max_size=40), st.sampled_from(["olour", "bc", "ab\n", "aab"]), cuts)
def test_a_stop_string_is_exact_wherever_the_pieces_end(text: str, stop: str, at: list[int]):
    markup = MarkupFilter((stop,))
    seen = "".join(map(markup.feed, cut(text, at))) + markup.finish()
    assert seen == text.partition(stop)[0]
    assert markup.ended == (stop in text)


def test_a_stop_string_inside_a_token_ends_the_reply():
    markup = MarkupFilter(("olour",))
    assert "".join(map(markup.feed, ["The primary col", "ours are", " red"])) == "The primary c"
    assert markup.ended


# --- markup ---------------------------------------------------------------------------------------------


def whole(text: str) -> tuple[str, bool]:
    """The same filter, given everything at once."""
    markup = MarkupFilter()
    return markup.feed(text) + markup.finish(), markup.ended


@given(marked, cuts)
def test_markup_is_independent_of_the_pieces(text: str, at: list[int]):
    markup = MarkupFilter()
    seen = "".join(map(markup.feed, cut(text, at))) + markup.finish()
    assert (seen, markup.ended) == whole(text)


@given(marked)
def test_no_marker_ever_comes_through_in_one_piece(text: str):
    pattern = "|".join(map(re.escape, sorted(MARKERS, key=len, reverse=True)))
    pieces = re.split(pattern, text)
    seen, _ = whole(text)
    # Only what stood between two markers may be seen, in order.
    rest = "".join(pieces)
    for character in seen.replace("TOOL_CALL: ", ""):
        assert character in rest
        rest = rest[rest.index(character) + 1 :]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Hello.<|im_end|>\n<|im_start|>user\nHi", "Hello."),
        ("<|im_start|>assistant\nHello.", "Hello."),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>", "Hello."),
        ("<think>\nThe user wants…\nUser: x</think>\n\nHello.", "\n\nHello."),
        ("The user wants…</think>Hello.", "The user wants…Hello."),
        ("<think>never closed", ""),
        ("Hello.</s>", "Hello."),
        ("Hello.\nUser: and you?", "Hello."),
        (
            "<|channel|>analysis<|message|>Hmm.<|end|><|start|>assistant<|channel|>final<|message|>Hello.<|return|>",
            "Hello.",
        ),
        ("<|channel|>commentary to=x<|message|>{}<|call|>", ""),
        ("Hello.<|end|>Bye", "Hello."),
        ("2 < 3, [1] and a|b", "2 < 3, [1] and a|b"),
        ("I think</ so", "I think</ so"),
    ],
)
def test_templates_of_the_common_families_do_not_leak(written: str, seen: str):
    assert whole(written)[0] == seen


# --- control characters ---------------------------------------------------------------------------------


@given(st.text(st.sampled_from("ab\x1b[]31m;\x07\x00\u202e\u200b\n\ud800é🙂"), max_size=30), cuts)
def test_nothing_that_steers_a_terminal_comes_through(text: str, at: list[int]):
    cleaner, at_once = Cleaner(), Cleaner()
    seen = "".join(map(cleaner.feed, cut(text, at)))
    assert seen == at_once.feed(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", seen)


@pytest.mark.parametrize(
    "escape",
    ["\x1b[31;1m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b(B", "\x1b[2J", "\u202e", "\x9b"],
)
def test_an_escape_sequence_goes_as_a_whole(escape: str):
    assert Cleaner().feed(f"red {escape}text 👩‍🚀\n") == "red text 👩‍🚀\n"


# --- loops and length -----------------------------------------------------------------------------------


@given(st.text("ab. ", max_size=12), st.text("ab. ", min_size=1, max_size=12), st.integers(0, 90), cuts)
def test_a_loop_is_cut_at_the_same_place_however_it_arrives(start: str, unit: str, times: int, at: list[int]):
    text = start + unit * times
    guard = Guard()
    seen = "".join(map(guard.feed, cut(text, at)))
    ends = (end for end in range(STEP, len(text) + 1, STEP) if is_loop(text[:end]))
    assert seen == text[: next(ends, len(text))]
    assert guard.ended == (len(seen) < len(text) or is_loop(text[: len(text) // STEP * STEP]))


@pytest.mark.parametrize(
    "text",
    [
        "Ha ha ha ha ha!", "No, no, no, no, no.", "one two three four five six seven eight nine ten",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20", "-" * 40,
        "The cat sat. The cat ran. The cat ate. The cat slept. The cat sat again.",
    ],
)  # fmt: skip
def test_what_people_write_is_no_loop(text: str):
    assert Guard().feed(text) == text


def test_a_model_that_repeats_itself_is_cut_within_a_few_rounds():
    guard = Guard()
    seen = guard.feed("Well. " + "I am happy to help you with that. " * 100)
    assert guard.ended
    assert 4 <= seen.count("happy") <= 6


def test_a_reply_without_an_end_has_one():
    guard = Guard()
    assert len(guard.feed(" ".join(map(str, range(10_000))))) == LIMIT
    assert guard.ended


# --- hidden words ---------------------------------------------------------------------------------------


@given(st.text("ab’ .\n", max_size=40), cuts)
@example("Darn it", [1, 2])
def test_hidden_words_go_wherever_the_pieces_end(text: str, at: list[int]):
    hider = WordHider(("ab", "BA", "ab’b", "darn"))
    shown = "".join(hider.feed(piece) for piece in cut(text, at)) + hider.finish()
    words = re.split(r"(\w+(?:’\w+)*)", text)
    assert shown == "".join("…" if word.lower() in ("ab", "ba", "ab’b", "darn") else word for word in words)


# --- all of it ------------------------------------------------------------------------------------------


def run(text: str, at: list[int]) -> list[Text | Call | Malformed]:
    pipeline = OutputPipeline()
    found = [item for piece in cut(text, at) for item in pipeline.feed(piece)] + pipeline.finish()
    merged: list[Text | Call | Malformed] = []
    for item in found:
        if isinstance(item, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(merged[-1].text + item.text)
        else:
            merged.append(item)
    return merged


call_texts = st.sampled_from(
    [
        'TOOL_CALL: {"name": "time"}', '<tool_call>\n{"name": "time", "arguments": {}}\n</tool_call>',
        "TOOL_CALL: {", "<tool_call>{}</tool_call>", "```json\nTOOL_CALL: ", "TOOL_",
    ]
)  # fmt: skip


@given(st.lists(call_texts | marked | st.text("x \x1b[m`", max_size=5), max_size=6).map("".join), cuts)
def test_the_pipeline_is_independent_of_the_pieces(text: str, at: list[int]):
    assert run(text, at) == run(text, [])


def test_every_format_of_a_call_is_one_type():
    arguments = {"persona_name": "HAL 9000"}
    body = json.dumps({"name": "change_theme", "arguments": arguments})
    call = Call(ToolCall("change_theme", arguments))
    assert run(f"Yes. TOOL_CALL: {body}", [3, 9]) == [Text("Yes. "), call]
    assert run(f"Yes. <tool_call>\n{body}\n</tool_call>", [8, 14])[:2] == [Text("Yes. "), call]


def test_after_its_end_it_is_ready_for_the_next_reply():
    pipeline = OutputPipeline()
    assert pipeline.feed("One.</s>Two.") == [Text("One.")]
    assert pipeline.ended
    assert pipeline.finish() == []
    assert not pipeline.ended
    assert pipeline.feed("Three.") == [Text("Three.")]


# --- the other way --------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*MARKERS, "TOOL_CALL:", "TOOL_CALL :", "x", " "]), max_size=8).map("".join))
def test_what_others_wrote_means_nothing_to_template_or_parser(text: str):
    safe = defused(text)
    assert not any(marker in safe for marker in MARKERS)
    assert all(isinstance(item, Text) for item in run(safe, []))
    assert defused(safe) == safe
