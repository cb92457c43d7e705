"""Phrases for everything but persona switches. Each one must cover the whole utterance."""

from __future__ import annotations

import re
from typing import Any

from assistant.conversation.spoken_engine import find_text_engine
from assistant.conversation.utterance import as_command, as_said, phrases
from assistant.tools.result import ToolCall
from assistant.tools.wording import number_words

_VOLUME = r"(?:the |your |my )?(?:volume|sound|voice|loudness|speaker)"
_MIC = r"(?:the |your |my )?(?:mic|mike|microphone)"
_PERSONAS = r"(?:personas?|personalities|characters?|voices?|themes?)"
_NOTES = r"(?:notes|memory|memories|history)"

_FIXED: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "stop",
        {},
        r"""
        (?:no )*stop(?: stop)*
        (?:stop|quit|cease) (?:it|that|this|talking|speaking|now|there|right there|babbling)
        (?:be |keep |stay )?(?:quiet|silent)
        silence|shut up|shut it|hush|shush|shh+|zip it|hold your tongue|no more talking
        never ?mind|enough|that's enough|that is enough|that will do|that'll do
        cancel|cancel that|forget it|forget about it
        (?:don't|do not) (?:talk|speak|say anything)(?: any ?more)?
        """,
    ),
    (
        "mute",
        {},
        rf"""
        mute|mute yourself|go mute|mute on|newt|moot|mewt
        (?:mute|unplug|close|turn off|switch off|shut off|disable|cut|kill) {_MIC}
        (?:turn|switch|shut) {_MIC} off
        {_MIC} off
        stop listening(?: to me)?
        (?:don't|do not) listen(?: to me)?
        """,
    ),
    (
        "go_to_sleep",
        {},
        r"""
        (?:go|get|go back) to sleep
        sleep now|you can sleep|sleep mode|time to sleep|time for bed|fall asleep|(?:take|have) a nap
        (?:go (?:to|into|on) )?standby|stand by
        (?:enter|go into) sleep mode
        """,
    ),
    (
        "set_volume",
        {"level": "up"},
        rf"""
        (?:turn|crank|bring|put) (?:it|{_VOLUME}) up(?: a (?:bit|little))?
        (?:turn|crank) up {_VOLUME}
        {_VOLUME} up
        (?:raise|increase|boost) {_VOLUME}
        (?:be |speak |talk |make it |make yourself |a bit |a little |much )*louder
        more volume|speak up|speak more loudly|talk more loudly
        (?:you are |you're )?too quiet
        """,
    ),
    (
        "set_volume",
        {"level": "down"},
        rf"""
        (?:turn|bring|put) (?:it|{_VOLUME}) down(?: a (?:bit|little))?
        turn down {_VOLUME}
        {_VOLUME} down
        (?:lower|reduce|decrease) {_VOLUME}
        (?:be |speak |talk |make it |make yourself |a bit |a little |much )*(?:quieter|softer)
        less volume|speak (?:more )?(?:softly|quietly)
        (?:not so|less|too|you are too|you're too) loud
        """,
    ),
    (
        "time",
        {"what": "time"},
        r"""
        (?:tell me )?what time(?: is it| it is|'s it)
        (?:what's|what is) the(?: current)? time
        (?:tell me|give me|say) the(?: current)? time
        do you (?:know|have) (?:the time|what time it is)
        time|the time|(?:have you )?got the time|what time do you have|how late is it|what hour is it
        """,
    ),
    (
        "time",
        {"what": "date"},
        r"""
        (?:tell me )?(?:what|which) (?:day|date)(?: of the week)? (?:is it|it is|is today)(?: today)?
        what(?:'s| is) (?:the|today's)(?: current)? (?:date|day)(?: today)?
        what(?:'s| is) today|today's date|the date
        (?:tell me|give me|say) (?:the|today's) date
        do you know (?:the date|what day it is)
        """,
    ),
    (
        "list_personas",
        {},
        rf"""
        who (?:else )?(?:can|could) you be|(?:tell me )?who (?:else )?you can be
        who else (?:is there|are you|is available|can i (?:talk|speak) to|do you have)
        who can i (?:talk|speak) to|who are the others|who is available
        (?:which|what) (?:other )?{_PERSONAS} (?:are there|do you have|can you be|are available|do you know)
        (?:which|what) (?:other )?{_PERSONAS} can i (?:use|choose|have)
        (?:list|show|name|tell me)(?: me)?(?: all)?(?: the| your)?(?: other)? {_PERSONAS}
        what are (?:the|your) {_PERSONAS}
        (?:change|switch)(?: to)? (?:another|a different|some other|the other) (?:{_PERSONAS}|one)
        (?:change|switch) (?:your )?{_PERSONAS}
        (?:become|change to|switch to|be) (?:someone|somebody) else
        """,
    ),
    (
        "help",
        {},
        r"""
        help|help me(?: out)?|give me help|i need help|what are my options
        what (?:can|should|could|do) i (?:say|ask|ask you|say to you)
        (?:tell me )?what (?:can you|you can) do|what do you understand
        (?:what|which) commands (?:are there|do you (?:know|have|understand)|can i (?:use|say))
        what are (?:the|your) commands
        (?:list|show|tell)(?: me)?(?: all)? (?:the |your )?(?:voice )?commands
        how (?:do|can) i (?:use|command|control) you
        """,
    ),
    (
        "forget_everything",
        {},
        rf"""
        forget (?:it all|all of it|all of that|all about me|all that)
        forget everything(?: (?:about me|we said|(?:that )?you know(?: about me)?))?
        forget everything(?: that)? i(?: have|'ve)? (?:told you|said)
        (?:forget|delete|erase|wipe|clear) (?:all |of |the |your |my |our |whole |entire ){{0,4}}{_NOTES}
        (?:delete|erase|wipe|clear) everything(?: you know(?: about me)?)?|reset your memory
        """,
    ),
    (
        "forget",
        {},
        r"""
        forget (?:that|this|the last (?:note|thing|one)|my last note|that note)
        forget (?:what|that|the last thing) i (?:just )?(?:said|told you)
        (?:delete|remove|erase) (?:that|the last|my last|this|the newest) note
        (?:don't|do not) remember (?:that|this)
        """,
    ),
    (
        "recall",
        {},
        r"""
        (?:tell me )?what (?:do|can|should) you (?:remember|recall|still know)(?: about me)?
        (?:tell me )?what you (?:remember|know)(?: about me)?|what do you know about me
        what (?:did|have) i (?:tell|told|ask|asked) you(?: to remember)?
        (?:read|list|show|tell)(?: me)?(?: all)? (?:of )?my notes
        what (?:are|were) my notes|what(?:'s| is) in your memory
        (?:do you remember|recall) (?:what i (?:told|asked) you|everything|my notes)
        """,
    ),
)
_COMMANDS = tuple((ToolCall(name, arguments), phrases(lines)) for name, arguments, lines in _FIXED)

# --- commands with a slot -----------------------------------------------------------------------------

_NUMBERS = {number_words(number).replace("-", " "): number for number in range(100)} | {
    "a hundred": 100,
    "one hundred": 100,
    "full": 100,
    "maximum": 100,
    "max": 100,
    "high": 90,
    "three quarters": 75,
    "half": 50,
    "a half": 50,
    "medium": 50,
    "a quarter": 25,
    "low": 25,
    "minimum": 5,
}
_LEVEL = r"(?P<slot>\d{1,3}|[a-z]+(?:[ -](?!per)[a-z]+)?)(?: ?%| percent| per cent)?"
_SET = r"(?:set|put|change|turn|make|bring|raise|lower|increase|decrease|reduce)"
_SET_VOLUME = (
    phrases(rf"(?:{_SET} )?{_VOLUME}(?: up| down)?(?: to| at| on| two)? {_LEVEL}"),
    phrases(rf"(?:turn|set|put|bring) it (?:up |down )?(?:to|at) {_LEVEL}"),
    phrases(rf"{_LEVEL} volume"),
)
_RECALL = (
    phrases(r"(?:tell me )?what (?:do you|can you|you) (?:remember|recall) (?:about|of) (?P<slot>.+)"),
    phrases(r"what do you know about (?P<slot>(?:my|our) .+)"),
    phrases(r"what (?:did|have) i (?:tell|told|say|said) (?:you )?about (?P<slot>.+)"),
    phrases(r"do you remember what i (?:told you|said) about (?P<slot>.+)"),
    phrases(r"(?:do you remember|recall) (?P<slot>(?:my|our|where i|when i|(?:what|who|where|when) my) .+)"),
    phrases(r"(?:read|show|tell)(?: me)? (?:my|the|your) notes? (?:about|on) (?P<slot>.+)"),
)
_FORGET = (
    phrases(
        r"forget (?:about|that|(?:the|my) note (?:about|on|that)|what i (?:said|told you) about) (?P<slot>.+)"
    ),
    phrases(r"forget (?P<slot>my .+)"),
    phrases(r"(?:delete|remove|erase) (?:the|my) note (?:about|on|that) (?P<slot>.+)"),
)
_NOTE = r"(?:remember|keep in mind|note|note down|write down|make a note|take a note|don't forget)"
_KEEP = r"(?:remember|keep in mind|don't forget|do not forget)"
_FACT = r"(?:my|our|i|i'm|i've|we|we're|the|to|it's|there|he|she|they|his|her|your)"
_REMARK = r"(?:when|how|where|what|who|why|if|me|him|us|them|those|back|this|that|not)"
_REMEMBER = (
    phrases(rf"{_KEEP} (?P<slot>{_FACT} .+)"),
    phrases(rf"{_NOTE} that (?P<slot>.+ .+)"),
    phrases(r"(?:make|take) a note(?: of| to)? (?P<slot>.+)"),
    phrases(r"(?:note|write|take) (?:(?:this|that) )?down (?P<slot>.+)"),
    phrases(rf"remember (?P<slot>(?!{_REMARK}\b).+ .+)"),
)
_LONGEST_TOPIC = 8
"""Words of what is to be forgotten; longer ones are remarks."""


def find_command(core: str, text: str) -> ToolCall | None:
    """The command that ``core`` is; ``text`` is the utterance as it came, to note things word by word."""
    order = as_command(core)
    for said in dict.fromkeys((core, order)):
        for call, pattern in _COMMANDS:
            if pattern.fullmatch(said):
                return call
    if engine := find_text_engine(order):
        return engine
    if level := _slot(_SET_VOLUME, order):
        return _volume(level)
    if query := _slot(_RECALL, order):
        return ToolCall("recall", {"query": query})
    if (query := _slot(_FORGET, order)) and len(query.split()) <= _LONGEST_TOPIC:
        return ToolCall("forget", {"query": query})
    return _remember(core, order, text)


def _slot(patterns: tuple[re.Pattern[str], ...], said: str) -> str | None:
    return next((found["slot"] for pattern in patterns if (found := pattern.fullmatch(said))), None)


def _volume(level: str) -> ToolCall | None:
    words = level.casefold().replace("-", " ")
    percent = int(words) if words.isdecimal() else _NUMBERS.get(words)
    return ToolCall("set_volume", {"level": percent}) if percent is not None and percent <= 100 else None


def _remember(core: str, order: str, text: str) -> ToolCall | None:
    note = _slot(_REMEMBER, order)
    # "Remember that film?" asks, "Remember, haste makes waste" tells; "can you remember …?" is a request.
    is_remark = (text.rstrip().endswith("?") and order == core) or "remember," in text.casefold()
    return ToolCall("remember", {"text": as_said(text, note)}) if note and not is_remark else None
