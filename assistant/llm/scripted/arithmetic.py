"""Sums as people say them: "what is twelve times seven", "20 percent of 50", "square root of 81"."""

from __future__ import annotations

import re
from fractions import Fraction
from math import isqrt

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_OPERATORS = {
    "plus": "+", "minus": "-", "less": "-", "times": "*", "multiplied by": "*", "x": "*", "*": "*",
    "divided by": "/", "over": "/", "/": "/", "+": "+", "-": "-",
}  # fmt: skip
_NUMBER = r"(?:\d+(?:\.\d+)?|(?:(?:" + "|".join([*_SMALL, *_SCALES]) + r")\b(?: and (?=\w))?[ ]?)+)"
_SUM = re.compile(
    r"^(?:.*\b(?:(?:what|much) is|whats|what's|calculate|compute|what does|me)\s+|\w+,?\s+)??"
    rf"({_NUMBER})\s*(plus|minus|less|times|multiplied by|divided by|over|x\b|[*+/-])\s*({_NUMBER})"
    r"(?:\s*(?:equals?|make|please|=))*\W*$"
)
"""Nothing but a sum, or a question for one: dates and telephone numbers in a sentence are no sums."""

_PERCENT = re.compile(rf"(?<![\w.])({_NUMBER})\s*(?:%|percent|per cent) of ({_NUMBER})(?![\w.])")
_ROOT = re.compile(rf"square root of ({_NUMBER})(?![\w.])")
_LARGEST = 10**12


def solve(text: str) -> str:
    """A sentence with the result, or empty when there is no sum in ``text``."""
    said = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.casefold()).replace("×", "*").replace("÷", "/")
    if found := _PERCENT.search(said):
        part, whole = _number(found[1]), _number(found[2])
        return _told(f"{_digits(part)} percent of {_digits(whole)}", part * whole / 100)
    if found := _ROOT.search(said):
        return _root(_number(found[1]))
    if found := _SUM.search(said):
        return _sum(_number(found[1]), _OPERATORS[found[2]], _number(found[3]))
    return ""


def _sum(first: Fraction, operator: str, second: Fraction) -> str:
    if operator == "/" and not second:
        return "Nothing can be divided by zero."
    words = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[operator]
    results = {"+": first + second, "-": first - second, "*": first * second}
    result = first / second if operator == "/" else results[operator]
    return _told(f"{_digits(first)} {words} {_digits(second)}", result)


def _root(number: Fraction) -> str:
    if number > _LARGEST:
        return ""
    exact = Fraction(isqrt(number.numerator), isqrt(number.denominator))
    result = exact if exact**2 == number else Fraction(float(number) ** 0.5)
    return _told(f"The square root of {_digits(number)}", result)


def _told(question: str, result: Fraction) -> str:
    if abs(result) > _LARGEST:
        return ""
    is_exact = Fraction(f"{float(abs(result)):.2f}") == abs(result)
    return f"{question} {'is' if is_exact else 'is about'} {_digits(result)}."


def _digits(number: Fraction) -> str:
    """At most two decimals, and no minus sign that a voice would swallow."""
    shown = f"{abs(float(number)):.2f}".rstrip("0").rstrip(".")
    return f"minus {shown}" if number < 0 and shown != "0" else shown


def _number(words: str) -> Fraction:
    """Digits, or words such as "two hundred and five"."""
    words = words.strip()
    if words[0].isdigit():
        return Fraction(words)
    total = current = 0
    for word in words.split():
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return Fraction(total + current)
