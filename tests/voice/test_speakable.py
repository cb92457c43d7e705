"""What a voice is given to say."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.voice.cascade.speakable import speakable

SAY_AS = (("GLaDOS", "glad oss"), ("HAL", "hal"), ("HAL 9000", "hal nine thousand"), ("KITT", "kit"))
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            ["```", "`", "**", "__", "# ", "- ", "| ", "[", "](", ")", "<b>", "&amp;", "\n", "~~~", "$$"]
        ),
        st.text(max_size=12),
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**Bold** and _soft_ words", "Bold and soft words."),
        ("# A title\n\nIts text.", "A title. Its text."),
        ("- one\n- two", "one. two."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b. 1, 2."),
        ("Do this:\n```py\nprint(1)\n```\nDone.", "Do this. The code is on the screen. Done."),
        ("Call `foo_bar()` now", "Call foo bar now."),
        ("See [the page](https://example.com/a?b=c).", "See the page."),
        ("It is at https://www.example.org/x/y.html!", "It is at example dot org!"),
        ("Write to ann.lee@example.com", "Write to ann.lee at example dot com."),
        ("I am GLaDOS, not HAL 9000 or KITT.", "I am glad oss, not hal nine thousand or kit."),
        ("HALT the SKITTLES", "HALT the SKITTLES."),
        ("Well 😀 done 你好", "Well done."),
        ("It is 20 °C → warm", "It is 20 degrees C to warm."),
        ("6.02e23 and 1e-5", "6.02 times ten to the 23 and 1 times ten to the minus 5."),
        ("Version v1.2.3 at 10.0.0.1", "Version v1 point 2 point 3 at 10 point 0 point 0 point 1."),
        ("2 * 3 < 7", "2 times 3 less than 7."),
        ("Really?!?! Yes!!!", "Really? Yes!"),
        ("naïve café", "naive cafe."),
        ("<b>Tom &amp; Ann</b>", "Tom & Ann."),
        ("😀 ... !!! — 你好", ""),
        ("", ""),
    ],
)
def test_markup_and_symbols_become_words(written, spoken):
    assert speakable(written, SAY_AS) == spoken


def test_numbers_too_long_to_be_one_are_read_digit_by_digit():
    assert speakable("9" * 20) == " ".join("9" * 20) + "."


def test_a_text_without_a_pause_gets_one():
    assert "," in speakable("word " * 100)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["!", "?!", ",", "[", "](", "<a", "`", "a_", "9,", "\n", "# ", "a ", "x@", "-"]
)
def test_long_odd_text_is_prepared_quickly(unit):
    assert speakable(unit * 20_000).isascii()


@given(st.one_of(st.text(), MARKUP))
def test_any_text_becomes_plain_ascii_that_ends_a_sentence(text):
    spoken = speakable(text)
    assert spoken.isascii()
    assert not set(spoken) & set("*`_[]{}()<>|\\^~\n\t")
    assert not spoken or spoken[-1] in ".!?\"'"


@given(st.text(alphabet=string.ascii_letters + " ", min_size=1).filter(lambda text: text.strip()))
def test_plain_words_stay_as_they_are(text):
    words = [word[:40] for word in text.split()]
    if (
        not any(name in text for name in ("HAL", "KITT", "TARS", "GLaDOS", "JARVIS", "CASE"))
        and len(words) < 40
    ):
        assert speakable(text) == " ".join(words) + "."
