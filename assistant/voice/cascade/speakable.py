"""Text as a voice should be given it: words instead of markup, symbols and addresses.

What is shown stays as it was written; only what is spoken passes through here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

_WORDED = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": ", ", "…": "...", "•": ",",
        "→": " to ", "×": " times ", "÷": " divided by ", "≈": " about ", "±": " plus or minus ",
        "≤": " at most ", "≥": " at least ", "°": " degrees ", "€": " euros ", "£": " pounds ",
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d",
    }
)  # fmt: skip

_CODE_BLOCK = re.compile(r"(```|~~~).*?(\1|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')]+")
_MAIL = re.compile(r"\b([\w.+-]{1,64})@([\w-]{1,64}(?:\.[\w-]{1,64})+)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_RULE = re.compile(r"^[\s|:=_*#-]+$", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|[-*+][ \t]+)?", re.MULTILINE)
_SCIENTIFIC = re.compile(r"\b(\d+(?:\.\d+)?)[eE]([+-]?)(\d{1,3})\b")
_DOTTED = re.compile(r"(?<![\w.])v?\d{1,5}(?:\.\d{1,5}){2,7}\b")
_LONG_NUMBER = re.compile(r"\d[\d,]{17,}")
_LONG_WORD = re.compile(r"\S{41,}")
_UNSPEAKABLE = re.compile(r"[^A-Za-z0-9 \n.,;:!?'\"$%&/+=@#-]")
_REPEATED = re.compile(r"([^\w\s])(?:[\s,]*\1)+")
_MARKS = re.compile(r"[!?]+")
_BREATHLESS = re.compile(r"((?:[^\s.,;:!?]+ ){40})(?=\S)")
_SPACE_BEFORE = re.compile(r"\s+([.,;:!?])")


def speakable(text: str, say_as: Sequence[tuple[str, str]] = ()) -> str:
    """``text`` in plain English words, digits and punctuation; empty when nothing can be spoken.

    Markdown, HTML, code, addresses, emoji and foreign scripts are worded or left out. Accepts any string.
    ``say_as`` pairs names with how to spell them for a voice.
    """
    text = unicodedata.normalize("NFC", html.unescape(text).replace("\r\n", "\n"))
    text = _without_markup(_with_names(text, say_as))
    text = _plain_letters(_worded_numbers(text).translate(_WORDED))
    text = _UNSPEAKABLE.sub(" ", text)
    text = _LONG_WORD.sub(lambda word: word[0][:40], text)
    text = " ".join(filter(None, map(_sentence, text.split("\n"))))
    return _BREATHLESS.sub(lambda words: f"{words[1].rstrip()}, ", text)


def _with_names(text: str, say_as: Sequence[tuple[str, str]]) -> str:
    if not say_as:
        return text
    spelled = dict(say_as)
    longest_first = sorted(spelled, key=len, reverse=True)
    names = re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b")
    return names.sub(lambda name: spelled[name[1]], text)


def _without_markup(text: str) -> str:
    text = _CODE_BLOCK.sub("\nThe code is on the screen.\n", text)
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub(_host, text)
    text = _MAIL.sub(lambda mail: f"{mail[1]} at {mail[2].replace('.', ' dot ')}", text)
    text = _TAG.sub(" ", text)
    text = _RULE.sub("", text)
    text = _LINE_MARK.sub("", text)
    text = re.sub(r"(?<=\d) \* (?=\d)", " times ", text)
    text = re.sub(r"(?<= )([<>])(?= )", lambda sign: "less than" if sign[0] == "<" else "more than", text)
    text = re.sub(r"\(\)|[*`~\[\]{}\\^]|(?<!\w)_|_(?!\w)", "", text)
    return re.sub(r"[|()<>]+", ", ", text.replace("_", " "))


def _host(address: re.Match[str]) -> str:
    host = re.sub(r"^(https?://)?(www\.)?", "", address[0])
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].rstrip(".,;!")
    closing = address[0][-1] if address[0][-1] in ".,;!?" else ""
    return host.replace(".", " dot ") + closing


def _worded_numbers(text: str) -> str:
    text = _SCIENTIFIC.sub(
        lambda number: f"{number[1]} times ten to the {'minus ' if number[2] == '-' else ''}{number[3]}", text
    )
    text = _DOTTED.sub(lambda number: number[0].replace(".", " point "), text)
    return _LONG_NUMBER.sub(lambda number: " ".join(number[0].replace(",", "")), text)


def _plain_letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _sentence(line: str) -> str:
    line = _SPACE_BEFORE.sub(r"\1", " ".join(line.split()))
    line = _REPEATED.sub(r"\1", _MARKS.sub(_one_mark, line)).strip(" ,;:-")
    if not any(letter.isalnum() for letter in line):
        return ""
    return line if line[-1] in ".!?\"'" else f"{line}."


def _one_mark(marks: re.Match[str]) -> str:
    return "?" if "?" in marks[0] else "!"
