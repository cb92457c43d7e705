"""Small work on words: clean what is repeated, turn "my" into "your", find what was talked about."""

from __future__ import annotations

import re
import unicodedata

_TOPIC_LETTERS = 40


def words_of(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


def one_of(*patterns: str) -> re.Pattern[str]:
    """One pattern out of several, each on a line of its own where it is written."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are",
    "im": "you are", "i'm": "you are", "i've": "you have", "i'll": "you will",
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I am", "you've": "I have",
}  # fmt: skip
_DETERMINERS = words_of("a an the my your our his her their this that these those some any another")
_ADJECTIVES = words_of(
    "good bad new old big small nice great best worst favourite favorite long short next last other same "
    "real own first second little"
)
_ADJECTIVE = re.compile(r"(?:ible|able|ful|ous|ive|less|ical|est)$")
_EMPTY = words_of(
    "zero one two three four five six seven eight nine ten hundred thousand million test testing "
    "a an the i me my mine you your yours we us our he him his she her it its they them their this that "
    "these those is am are was were be been being do does did done have has had having can could will "
    "would shall should may might must and or but if so because as at by for from in into of off on onto "
    "out over to up with without about what whats which who whos whom whose when where why how than then "
    "there here just very really please tell say said give get got make made let lets know think want "
    "like need mean means explain talk speak discuss write show not no yes yeah ok okay well oh um uh hmm "
    "hey hi hello thing things something anything everything nothing some any all more most much many one "
    "ones another also too again now im ive id dont doesnt didnt cant wont isnt arent today hes shes "
    "theyre youre were ill youll come came go goes going went see look feel feels find mind actually "
    "maybe happen happened happens work works sure right still only even ever never always repeat"
)


def plain(text: str) -> str:
    """Lower case, apostrophes gone, everything else that is no letter or digit a space; for matching."""
    lowered = re.sub(r"['’]", "", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(re.sub(r"[^\w+*/.%]|_", " ", lowered).split()).strip(". ")


def quotable(text: str, most: int = 160) -> str:
    """Text of somebody else made fit to be said: one line, no control characters, no markup, no tool call.

    Longer than ``most`` characters it ends at a word, with an ellipsis.
    """
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    line = " ".join(re.sub(r"[<>{}\[\]|`*#]", " ", visible).split())
    line = re.sub(r"tool_call", "tool call", line, flags=re.IGNORECASE)
    if len(line) <= most:
        return line
    return (line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]) + "…"


def turned(text: str) -> str:
    """The user's words seen from the assistant: "my keys" becomes "your keys"."""
    words = [_TURNED.get(word.casefold(), word) for word in text.split()]
    fixed = re.sub(r"\bI are\b", "I am", " ".join(words))
    return re.sub(r"\byou was\b", "you were", fixed)


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in their order."""
    return [word for word in plain(text).split() if word not in _EMPTY and re.search(r"[^\W\d_]{2}", word)]


def topic(text: str) -> str:
    """What the user spoke about, as a phrase that fits "to talk about …"; empty when nothing stands out."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", quotable(text, 600))
    lowered = [plain(word) for word in words]
    if "about" in lowered and (found := _phrase(words, lowered, lowered.index("about") + 1, nouns=2)):
        return found
    for index, word in enumerate(lowered):
        if word in _DETERMINERS and (found := _phrase(words, lowered, index)):
            return found
    carrying = [word for word, low in zip(words, lowered, strict=True) if content_words(low)]
    return _bounded(carrying[-1:])


def _phrase(words: list[str], lowered: list[str], start: int, nouns: int = 1) -> str:
    """Determiner, adjectives, up to ``nouns`` nouns and their "of …" from ``start`` on, or nothing."""
    end, counted = start, 0
    for end, low in enumerate([*lowered[start:], ""], start=start):
        if low in _DETERMINERS and (end == start or lowered[end - 1] == "of"):
            continue
        if low == "of" and counted:
            counted = 0
            continue
        if not content_words(low) or counted == nouns:
            break
        counted += not (low in _ADJECTIVES or _ADJECTIVE.search(low))
    while end > start and not content_words(lowered[end - 1]):
        end -= 1
    return _bounded(words[start:end])


def _bounded(words: list[str]) -> str:
    phrase = turned(" ".join(words))
    return phrase if len(phrase) <= _TOPIC_LETTERS else ""
