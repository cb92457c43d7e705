"""What can be told without a model: the time, the date, and the machine that this runs on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from assistant.llm.scripted.machine import Machine
from assistant.llm.scripted.words import one_of

_GIB = 1024**3
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MACHINE_QUESTIONS: tuple[tuple[str, Callable[[Machine], str]], ...] = (
    (r"\bpython\b", lambda m: f"I run on Python {m.python}."),
    (r"\b(?:disk|storage|drive)\b", lambda m: f"There are {m.disk_free:.0f} gigabytes free on the disk."),
    (r"\b(?:load|busy)\b", lambda m: _load(m)),
    (r"\b(?:uptime|been (?:up|on|running)|boot|restart)\b", lambda m: f"It has been up for {_span(m.up_s)}."),
    (r"\b(?:memory|ram)\b", lambda m: f"It has {_memory(m)}, {m.memory_free:.0f} of them free."),
    (r"\b(?:cores?|cpus?|processors?)\b", lambda m: f"It has {_cores(m)}, of the {_kind(m)} kind."),
    (r"\b(?:operating system|os|linux|macos|windows)\b", lambda m: f"The operating system is {m.system}."),
    (r"", lambda m: f"I run on {m.system}, with {_cores(m)} and {_memory(m)}."),
)
_ASKS_MACHINE = one_of(
    r"\b(?:machine|computer|laptop|hardware|operating system|cpus?|processors?|cores|ram|uptime)\b",
    r"\b(?:disk space|free disk|python version|version of python|which python)\b",
    r"\b(?:what|which) (?:os|system)\b",
    r"\b(?:how much|how many|free|enough) (?:memory|ram|cores|storage|disk)\b",
    r"\bwhere (?:do|are) you (?:run|running|live)\b",
)
_ASKS_YEAR = re.compile(r"\b(?:what|which|current|the) year\b")
_ASKS_MONTH = re.compile(r"\b(?:what|which) month\b")
_ASKS_DATE = one_of(
    r"\b(?:what|which|todays|current) (?:day|date)\b(?! (?:after|before|of my|was))",
    r"\b(?:what|whats|tell me|know) (?:is )?(?:the |todays )(?:day|date)\b(?! (?:after|before|of my|was))",
)
_ASKS_TIME = one_of(
    r"\b(?:what|whats|tell me|know|have|got) (?:the |is the )?time\b", r"\btime is it\b", r"\bclock\b"
)


def machine_fact(said: str, machine: Callable[[], Machine]) -> str:
    """The answer to a question about the machine, or empty; ``said`` is in ``words.plain`` form."""
    if not _ASKS_MACHINE.search(said):
        return ""
    try:
        found = machine()
    except OSError:
        return "This machine does not tell me about itself."
    return next(tell(found) for pattern, tell in _MACHINE_QUESTIONS if re.search(pattern, said))


def time_fact(said: str, now: datetime) -> str:
    """The answer to a question about time or date, or empty; ``said`` is in ``words.plain`` form."""
    shift = {"tomorrow": 1, "yesterday": -1}
    for word, days in shift.items():
        if re.search(rf"^(?=.*\b{word}\b).*\b(?:what|whats|which|the) (?:day|date)\b", said):
            verb = "is" if days > 0 else "was"
            return f"{word.capitalize()} {verb} {_date(now + timedelta(days=days))}."
    if _ASKS_YEAR.search(said):
        return f"It is the year {now.year}."
    if _ASKS_MONTH.search(said):
        return f"It is {_MONTHS[now.month - 1]}."
    if _ASKS_DATE.search(said):
        return f"Today is {_date(now)}."
    return f"It is {_clock(now)}." if _ASKS_TIME.search(said) else ""


def _clock(now: datetime) -> str:
    hour = now.hour % 12 or 12
    part = "in the morning" if now.hour < 12 else "in the afternoon" if now.hour < 18 else "in the evening"
    minutes = "o'clock" if not now.minute else f"oh {now.minute}" if now.minute < 10 else f"{now.minute}"
    return f"{hour} {minutes} {part}"


def _date(day: datetime) -> str:
    return f"{_DAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _load(machine: Machine) -> str:
    if machine.load is None:
        return "This machine does not tell me its load."
    return f"The load is {machine.load:.1f} on {_cores(machine)}."


def _cores(machine: Machine) -> str:
    return _count(machine.cores, "processor core")


def _memory(machine: Machine) -> str:
    return f"{machine.memory:.0f} gigabytes of memory"


def _kind(machine: Machine) -> str:
    return machine.architecture.replace("_", " ")


def _span(seconds: float) -> str:
    """The two largest units, as "3 days and 4 hours"."""
    minutes = max(1, int(seconds // 60))
    days, hours = divmod(minutes // 60, 24)
    units = [(days, "day"), (hours, "hour"), (minutes % 60, "minute")]
    return " and ".join([_count(count, unit) for count, unit in units if count][:2])


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
