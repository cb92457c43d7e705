"""The time and the date, in words that every voice can speak."""

from __future__ import annotations

from calendar import day_name, month_name
from datetime import datetime
from typing import Literal

from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import Kind, ToolResult
from assistant.tools.wording import number_words, ordinal_words


@tool(Kind.READ, name="time")
async def tell_time(context: ToolContext, what: Literal["time", "date"] = "time") -> ToolResult:
    """Tell the local time or today's date.

    Args:
        what: Whether the time of day or the date is wanted.
    """
    now = context.clock()
    text = f"{now:%H:%M} on {day_name[now.weekday()]} {now:%Y-%m-%d}"
    speech = f"It is {time_words(now)}." if what == "time" else f"Today is {date_words(now)}."
    return ToolResult(text, speech=speech)


def time_words(moment: datetime) -> str:
    """ "twenty-five past three in the afternoon" and the like, to the minute."""
    hour, minute = moment.hour, moment.minute
    if minute == 0 and hour % 12 == 0:
        return "noon" if hour else "midnight"
    if minute > 30:
        return f"{_minutes(60 - minute)} to {_hour(hour + 1)}"
    if minute == 0:
        clock, _, part = _hour(hour).partition(" ")
        return f"{clock} o'clock {part}"
    return f"{_minutes(minute)} past {_hour(hour)}"


def date_words(moment: datetime) -> str:
    """ "Friday, the twenty-first of November, twenty twenty-six"."""
    day = f"{day_name[moment.weekday()]}, the {ordinal_words(moment.day)} of {month_name[moment.month]}"
    century, year = divmod(moment.year, 100)
    return f"{day}, {number_words(century)} {number_words(year) if year > 9 else f'oh {number_words(year)}'}"


def _minutes(minutes: int) -> str:
    if minutes in (15, 30):
        return "half" if minutes == 30 else "a quarter"
    words = number_words(minutes)
    return words if minutes % 5 == 0 else f"{words} minute{'s' if minutes > 1 else ''}"


def _hour(hour: int) -> str:
    hour %= 24
    if hour % 12 == 0:
        return "noon" if hour else "midnight"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    return f"{number_words(hour % 12)} {part}"


TOOLS = (tell_time,)
