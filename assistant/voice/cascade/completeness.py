"""Whether words sound like all that somebody wanted to say: a small logistic model over their form.

Its features are the last words themselves, their classes, how the sentence begins and how long it is. The
weights in ``completeness.txt`` are made by ``scripts/train_completeness``. The field's turn detectors on text
(LiveKit's, for one) are language models of a hundred megabytes; here a pause is judged within 0.1 ms.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+")
_OLD_SPELLING = re.compile(r"\bto-(?=day|night|morrow)")
_HANGING = (",", "…", "...", "-", "–", "—", ":", ";")
_HANGING_CHANCE = 0.15
_OPEN_CHANCE = 0.53
_LED_IN_CHANCE = 0.3
_TWO_CLAUSES = 8
_LONGEST = 60

_CLASSES = {
    "determiner": "a an the my your his its our their some any every each no another which",
    "demonstrative": "this that these those",
    "preposition": """
        of in on at by for with about from into over under between through during against without
        within toward towards upon via near than as like until till to across behind beside
    """,
    "coordinator": "and or but nor plus so",
    "subordinator": """
        because if when while although though unless whereas whether since before after once whenever
        wherever
    """,
    "be": """
        is are was were am be been being i'm you're he's she's it's we're they're that's what's who's
        there's
    """,
    "auxiliary": """
        do does did has have had can could will would shall should may might must i've you've we've
        they've i'll you'll he'll she'll we'll they'll i'd you'd he'd she'd we'd they'd don't doesn't
        didn't can't couldn't won't wouldn't isn't aren't wasn't weren't haven't hasn't hadn't
        shouldn't gonna
    """,
    "subject": "i he she we they",
    "object": "me him us them myself yourself himself herself itself ourselves themselves",
    "you": "you it",
    "question": "who what where when why how whose whom",
    "filler": "um uh er erm ah eh hmm hm mm uhm",
    "transitive": """
        let's tell give make take get want need buy bring find say said mean show send put set use call
        see visit meet write change switch turn remember ask explain describe read play add love hate like
        prefer told gave made took got wanted needed bought brought found meant showed sent used
        called saw met wrote asked looking giving making taking getting buying trying going thinking
        wondering having becoming
    """,
    "degree": "very really too quite so more most less least rather pretty just only even almost",
    "place or time": """
        here there now today tomorrow yesterday tonight again please then later soon already yet too
        everywhere somewhere anymore instead either anyway forever sometimes together away home
        outside
    """,
    "whole": """
        everything anything something nothing everyone anyone someone nobody yes no okay thanks hello
        hi bye goodbye stop mute help sure morning evening night
    """,
    "number": """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
        hundred thousand
    """,
}
_CLASS = {word: name for name, words in _CLASSES.items() for word in words.split()}
_ENDINGS = ("ing", "ed", "ly", "ion", "er", "s")


def completeness(text: str) -> float:
    """The chance (0.0 to 1.0) that ``text``, a recogniser's words, is a whole utterance; 0.5 for no words.

    The marks of a recogniser tell little, as it closes nearly everything with a full stop; a comma at the end
    is the exception.
    """
    words = words_of(text)
    if not words:
        return 0.5
    # What sounds alike at the end counts as what wants more.
    chance = min(_chance(words), _chance([*words[:-1], "to"])) if words[-1] == "too" else _chance(words)
    return min(chance, _HANGING_CHANCE) if text.rstrip().endswith(_HANGING) else chance


def _chance(words: Sequence[str]) -> float:
    known = _weights()
    score = sum(known.get(feature, 0.0) for feature in features(words))
    return min(1.0 / (1.0 + math.exp(-score)), _most(words))


def _most(words: Sequence[str]) -> float:
    """The highest chance that the form allows: only a question closes its own sentence.

    A statement may go on with "and" or "because" however whole it is, a request with what it is about; what
    begins with "when" or "on Monday" still wants its main clause.
    """
    if asks(words):
        return 1.0
    opening = _opening(words, [_kind(word) for word in words])
    is_led_in = opening.startswith("subordinate") or opening == "preposition"
    return _LED_IN_CHANCE if is_led_in and len(words) < _TWO_CLAUSES else _OPEN_CHANCE


def asks(words: Sequence[str]) -> bool:
    """Whether ``words`` begin as a question does that can stand alone."""
    return _opening(words, [_kind(word) for word in words]) in ("question", "asked")


def words_of(text: str) -> list[str]:
    """The last words of ``text``, in lower case; Moonshine writes "to-day"."""
    plain = _OLD_SPELLING.sub("to", text.lower().replace("’", "'"))
    return _WORD.findall(plain)[-_LONGEST:]


def features(words: Sequence[str]) -> Iterator[str]:
    """What is looked at in at least one word; names of weights."""
    kinds = [_kind(word) for word in words]
    first, last = words[0], words[-1]
    before = kinds[-2] if len(kinds) > 1 else "start"
    opening = _opening(words, kinds)
    yield "bias"
    yield f"last {last}"
    yield f"last kind {kinds[-1]}"
    yield f"kinds {before} {kinds[-1]}"
    yield f"kinds {kinds[-3] if len(kinds) > 2 else 'start'} {before} {kinds[-1]}"
    if len(words) > 1:
        yield f"words {words[-2]} {last}"
    yield f"opening {opening}"
    yield f"opening {opening} last {kinds[-1]}"
    yield f"opening {opening} length {_length(len(words))}"
    yield f"first {first} length {_length(len(words))}"
    if len(words) <= 3:
        yield f"all {' '.join(words)}"


def _kind(word: str) -> str:
    if word.isdecimal():
        return "number"
    known = _CLASS.get(word)
    if known:
        return known
    return next((f"-{ending}" for ending in _ENDINGS if word.endswith(ending)), "word")


def _opening(words: Sequence[str], kinds: Sequence[str]) -> str:
    """How the sentence begins, and whether what has to follow has come."""
    start = next((at for at, kind in enumerate(kinds) if kind != "filler" and words[at] not in _LEADS), 0)
    kind = "subject" if words[start] in _STATED else kinds[start]
    follows = kinds[start + 1 :]
    # "Where the road divides" wants its main clause; "What a day" is all.
    leads_in = bool(follows) and follows[0] == "determiner" and words[start] in _LEADING_IN
    if kind == "question" and follows and follows[0] in _AFTER_QUESTION_WORD and not leads_in:
        return "question"
    if kind in ("subordinator", "question"):
        subjects = sum(each in ("subject", "you", "be", "auxiliary", "transitive") for each in follows)
        return f"subordinate {min(subjects, 4)}"
    if kind in ("be", "auxiliary"):
        return "asked"
    if kind == "transitive":
        return "order"
    if kind in ("subject", "you", "determiner", "demonstrative"):
        return "statement"
    return kind


_LEADS = frozenset({"well", "so", "okay", "ok", "now", "and", "but", "then", "please", "hey", "oh", "yes"})
_STATED = frozenset(
    f"{subject}'{verb}"
    for subject in ("i", "you", "he", "she", "it", "we", "they", "that", "there")
    for verb in ("m", "re", "s", "ve", "ll", "d")
)
"""A subject with its verb: "I'd like" asks nothing."""

_LEADING_IN = frozenset({"when", "where", "how", "why"})
_AFTER_QUESTION_WORD = frozenset({"be", "auxiliary", "word", "-s", "degree", "determiner"})


def _length(count: int) -> str:
    return str(count) if count <= 4 else "5-6" if count <= 6 else "7-9" if count <= 9 else "10+"


@functools.cache
def _weights() -> dict[str, float]:
    lines = (files("assistant.voice.cascade") / "completeness.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.rpartition("\t") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}
