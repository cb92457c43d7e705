"""The transcript without a screen, and messages as markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.updates import MessageShown, NoticeShown, ToolShown, ToolStatus
from assistant.dashboard.export import export
from assistant.dashboard.markdown import markdown
from assistant.dashboard.transcript import Key, Transcript
from assistant.severity import Severity
from tests.fakes.personas import ADA, BOB


def said(id: int, text: str, persona: str = "ada", **more: object) -> MessageShown:
    return MessageShown(id, "user", text, persona, final=True, **more)  # type: ignore[arg-type]


def answered(id: int, text: str, persona: str = "ada", **more: object) -> MessageShown:
    return MessageShown(id, "assistant", text, persona, final=True, **more)  # type: ignore[arg-type]


def filled() -> Transcript:
    transcript = Transcript()
    for shown, persona in (
        (said(1, "Hello there"), ADA),
        (answered(2, "Good **day**.", interrupted=True), ADA),
        (NoticeShown(Severity.WARNING, "The microphone is gone.", "Plug it in."), None),
        (said(3, "hello Bob", "bob", source="typed"), BOB),
        (ToolShown(1, "time", {}, ToolStatus.DONE, "21:15"), None),
        (answered(4, "It is late.", "bob"), BOB),
    ):
        transcript.put(shown, persona)
    return transcript


def keys(transcript: Transcript, slug: str = "") -> list[Key]:
    return [entry.key for entry in transcript.entries(0, 1_000, slug)]


def test_the_same_id_replaces_in_place_and_is_not_new():
    transcript = Transcript()
    transcript.put(said(1, "a"))
    transcript.put(said(2, "b"))
    entry, is_new = transcript.put(said(1, "a longer"))
    assert not is_new
    assert transcript.entries(0, 1) == [entry]
    assert keys(transcript) == [("message", 1), ("message", 2)]


KINDS = st.sampled_from(["said", "answered", "notice", "tool", "removed"])


@given(st.lists(st.tuples(KINDS, st.integers(0, 12), st.sampled_from(["ada", "bob"])), max_size=60))
def test_what_is_no_longer_in_memory_is_as_it_was(steps: list[tuple[str, int, str]]):
    """A transcript that keeps two entries in memory does as one that keeps all of them."""
    short, long = Transcript(recent=2), Transcript(recent=1_000)
    for number, (kind, id, slug) in enumerate(steps):
        for each in (short, long):
            match kind:
                case "removed":
                    each.remove(("message", id))
                case "notice":
                    each.put(NoticeShown(Severity.INFO, f"Notice {number}."))
                case "tool":
                    each.put(ToolShown(id, "time", {"n": number}, ToolStatus.DONE, "21:15"))
                case _:
                    make = said if kind == "said" else answered
                    each.put(make(id, f"Words {number}", slug), ADA if slug == "ada" else BOB)
    assert len(short) == len(long)
    for slug in ("", "ada", "bob"):
        count = long.count(slug)
        assert short.count(slug) == count
        for first, last in ((0, count), (1, 3), (count - 3, count)):
            assert short.entries(max(0, first), last, slug) == long.entries(max(0, first), last, slug)
        assert short.find("WORDS 1", slug) == long.find("words 1", slug)
        for key in keys(long):
            assert short.index(key, slug) == long.index(key, slug)
            assert short.get(key) == long.get(key)
    assert list(short.markdown("t")) == list(long.markdown("t"))


def test_one_personas_part_has_its_tool_calls_and_no_notices():
    assert keys(filled(), "bob") == [("message", 3), ("tool", 1), ("message", 4)]


def test_words_are_found_whatever_their_case_and_in_results():
    transcript = filled()
    assert transcript.find("HELLO") == [("message", 1), ("message", 3)]
    assert transcript.find("21:15") == [("tool", 1)]
    assert transcript.find("hello", "bob") == [("message", 3)]
    assert transcript.find("") == []


def test_the_last_answer():
    assert filled().last_answer() == "It is late."
    assert Transcript().last_answer() == ""


def test_a_conversation_as_markdown(tmp_path: Path):
    file = export(filled(), tmp_path / "exports", "talk.md")
    assert file.read_text().split("\n\n")[1:-1] == [
        "**You**",
        "Hello there",
        "**Ada** (interrupted)",
        "Good **day**.",
        "> The microphone is gone. Plug it in.",
        "**You** (typed)",
        "hello Bob",
        "> `time` done: 21:15",
        "**Bob**",
        "It is late.",
    ]


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path):
    (tmp_path / "talk.md").write_text("mine")
    with pytest.raises(FileExistsError):
        export(filled(), tmp_path, "talk.md")
    assert export(filled(), tmp_path).name.startswith("conversation-2")


MARKDOWN = """# Title

Some **bold**, *slanted* and `code`,
~~struck~~.

- one
  - deeper
2. two
3. three

> quoted

```py
x = 1
```

| a | bb |
|---|----|
| 1 | 2  |
"""
AS_TEXT = """Title

Some bold, slanted and code, struck.

• one
  • deeper

2. two
3. three

▎ quoted

  x = 1

a  bb
1  2 """


def test_markdown_is_laid_out_as_text():
    content = markdown(MARKDOWN)
    assert content.plain == AS_TEXT
    styles = {content.plain[span.start : span.end]: str(span.style) for span in content.spans}
    assert styles["Title"] == "bold $accent"
    assert (styles["bold"], styles["slanted"], styles["struck"]) == ("bold", "italic", "strike")
    assert styles["code"] == styles["x = 1"] == "$text-accent"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[here](https://example.org)", "here (https://example.org)"),
        ("<https://example.org>", "https://example.org"),
        ("[run](javascript:alert(1))", "[run](javascript:alert(1))"),
        ("[run](ftp://example.org)", "run"),
        ("<b>no html</b> * alone", "<b>no html</b> * alone"),
        ("[bold red]no[/] markup *", "[bold red]no[/] markup *"),
        ("a\x1b[2Jb **c**", "ab c"),
        ("3 * 4 = 12", "3 * 4 = 12"),
    ],
)
def test_what_a_model_writes_is_never_obeyed(text: str, shown: str):
    assert markdown(text).plain == shown


def test_a_huge_line_is_shown_as_it_is():
    assert markdown("*" * 1_000_000).plain == "*" * 1_000_000


@given(st.text(alphabet="ab *_`#>|[]()-\n1.~<&\x1b", max_size=200))
def test_any_text_becomes_something_printable(text: str):
    assert "\x1b" not in markdown(text).plain
