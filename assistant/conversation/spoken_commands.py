"""Phrases for everything but persona switches. Each pattern must cover the whole utterance."""

from __future__ import annotations

import re
from typing import Any

from assistant.conversation.utterance import as_command, as_said
from assistant.tools.result import ToolCall
from assistant.tools.wording import number_words

_VOLUME = r"(?:(?:the |your |my )?(?:volume|sound|voice|loudness|speaker))"
_MIC = r"(?:(?:the |your |my )?(?:mic|mike|microphone))"
_PERSONAS = r"(?:personas?|personalities|characters?|voices?|themes?)"
_NOTES = r"(?:notes|memory|memories|history)"
_FIXED: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "stop",
        {},
        r"stop(?: stop)*|(?:stop|quit|cease) (?:it|that|this|talking|speaking|now|there|right there|babbling)|"
        r"(?:be |keep |stay )?(?:quiet|silent)|silence|shut up|shut it|hush|shush|shh+|zip it|never ?mind|enough|"
        r"that's enough|that is enough|that will do|that'll do|cancel|cancel that|forget it|forget about it|"
        r"no more talking|quit talking|(?:don't|do not) (?:talk|speak)(?: any ?more)?|hold your tongue",
    ),
    (
        "mute",
        {},
        rf"(?:mute|unplug)(?: yourself|(?: {_MIC}))?|(?:close|turn off|switch off|shut off|disable|cut|kill) {_MIC}|"
        rf"(?:turn|switch|shut) {_MIC} off|{_MIC} off|stop listening(?: to me)?|(?:don't|do not) listen(?: to me)?|"
        r"go mute|mute on",
    ),
    (
        "go_to_sleep",
        {},
        r"(?:go|get|go back) to sleep|sleep now|sleep mode|take a nap|have a nap|go (?:to|into|on) standby|"
        r"standby|stand by|(?:enter|go into) sleep mode|time to sleep|fall asleep",
    ),
    (
        "set_volume",
        {"level": "up"},
        rf"(?:turn|crank|bring|put) (?:it|{_VOLUME}) up(?: a (?:bit|little))?|(?:turn|crank) up {_VOLUME}|{_VOLUME} up|"
        rf"(?:raise|increase|boost) {_VOLUME}|more volume|(?:be |speak |talk |a bit |a little |much )*louder|speak up|"
        r"(?:turn|crank) it up|speak more loudly|talk more loudly|you are too quiet|you're too quiet|too quiet",
    ),
    (
        "set_volume",
        {"level": "down"},
        rf"(?:turn|bring|put) (?:it|{_VOLUME}) down(?: a (?:bit|little))?|turn down {_VOLUME}|{_VOLUME} down|"
        rf"(?:lower|reduce|decrease) {_VOLUME}|less volume|(?:be |speak |talk |a bit |a little |much )*(?:quieter|softer)|"
        r"(?:not so|less|too) loud|you are too loud|you're too loud|speak (?:more )?(?:softly|quietly)",
    ),
    (
        "time",
        {"what": "time"},
        r"(?:tell me )?what time(?: is it| it is|'s it)|what's the(?: current)? time|what is the(?: current)? time|"
        r"(?:tell me|give me|say) the(?: current)? time|do you (?:know|have) (?:the time|what time it is)|time|"
        r"have you got the time|what time do you have|how late is it|what hour is it|the time",
    ),
    (
        "time",
        {"what": "date"},
        r"(?:tell me )?(?:what|which) (?:day|date)(?: of the week)? (?:is it|it is|is today|do we have)(?: today)?|"
        r"what(?:'s| is) (?:the|today's)(?: current)? (?:date|day)(?: today)?|what(?:'s| is) today|"
        r"(?:tell me|give me|say) (?:the|today's) date|do you know (?:the date|what day it is)|today's date|the date",
    ),
    (
        "list_personas",
        {},
        r"who (?:else )?can you be|who else (?:is there|are you|can i (?:talk|speak) to|do you have)|"
        rf"(?:which|what) (?:other )?{_PERSONAS} (?:are there|do you have|can you be|are available|can i (?:use|choose)|do you know)|"
        rf"(?:list|show|name|tell me)(?: me)?(?: all)?(?: the| your)?(?: other)? {_PERSONAS}|who can i (?:talk|speak) to|"
        rf"(?:change|switch)(?: to)? (?:another|a different|some other|the other) (?:{_PERSONAS}|one)|"
        rf"(?:change|switch) (?:your )?{_PERSONAS}|(?:become|change to|switch to|be) (?:someone|somebody) else|"
        rf"what are (?:the|your) {_PERSONAS}|who are the others|who is available|who else is available",
    ),
    (
        "help",
        {},
        r"help|help me(?: out)?|what (?:can|should|could|do) i (?:say|ask|ask you)|what can you do|what do you understand|"
        r"(?:what|which) (?:are the|are your|commands are there|commands do you (?:know|have|understand))(?: commands)?|"
        r"(?:list|show|tell)(?: me)?(?: all)? (?:the |your )?(?:voice )?commands|how (?:do|can) i (?:use|command|control) you|"
        r"what can i (?:say|ask you) to (?:you|do)|what are my options|give me help|i need help",
    ),
    (
        "forget_everything",
        {},
        r"forget (?:it all|all of it|all of that|all about me|all that|everything(?: (?:about me|i told you|i said|you know|"
        r"i have told you|i've told you|that i told you|we said|you know about me|that you know))?)|"
        rf"(?:forget|delete|erase|wipe|clear|remove) (?:all )?(?:of )?(?:the |your |my |our )*(?:whole |entire )?{_NOTES}|"
        r"(?:delete|erase|wipe|clear) everything|reset your memory",
    ),
    (
        "forget",
        {},
        r"forget (?:that|this|the last (?:note|thing|one)|(?:what|that) i (?:just )?(?:said|told you)|my last note|that note)|"
        r"(?:delete|remove|erase) (?:that|the last|my last|this|the newest) note|(?:don't|do not) remember (?:that|this)",
    ),
    (
        "recall",
        {},
        r"(?:tell me )?what (?:do|can) you (?:remember|recall|still know)(?: about me)?|what do you know about me|"
        r"(?:tell me )?what you remember(?: about me)?|what (?:did|have) i (?:tell|told|asked?) you(?: to remember)?|"
        r"(?:read|list|show|tell)(?: me)?(?: all)? (?:of )?my notes|what (?:are|were) my notes|what is in your memory|"
        r"(?:do you remember|recall) (?:what i (?:told|asked) you|everything|my notes)|what's in your memory|"
        r"what did i ask you to remember|what should you remember",
    ),
)


_COMMANDS = tuple(
    (ToolCall(name, arguments), re.compile(pattern, re.IGNORECASE)) for name, arguments, pattern in _FIXED
)

# --- commands with a slot ---------------------------------------------------------------------------------

_NUMBERS = {number_words(number).replace("-", " "): number for number in range(100)} | {
    "a hundred": 100,
    "one hundred": 100,
    "full": 100,
    "maximum": 100,
    "max": 100,
    "half": 50,
    "a half": 50,
    "medium": 50,
    "a quarter": 25,
    "three quarters": 75,
    "minimum": 5,
    "low": 25,
    "high": 90,
}
_LEVEL = r"(?P<slot>\d{1,3}|[a-z]+(?:[ -][a-z]+)?)(?: ?%| percent| per cent)?"
_SET_VOLUME = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:(?:set|put|change|turn|make|bring|raise|lower|increase|decrease|reduce) )?{_VOLUME}(?: up| down)?"
        rf"(?: to| at| on| two)? {_LEVEL}",
        rf"(?:turn|set|put|bring) it (?:up |down )?(?:to|at) {_LEVEL}",
        rf"{_LEVEL} volume",
    )
)
_RECALL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:tell me )?what (?:do|can) you (?:remember|recall) (?:about|of) (?P<slot>.+)",
        r"(?:tell me )?what you remember (?:about|of) (?P<slot>.+)",
        r"what do you know about (?P<slot>my .+|our .+)",
        r"(?:tell me |do you remember )?what (?:did |have )?i (?:tell|told|say|said|asked?)(?: to)?(?: you)?"
        r"(?: to remember)? about (?P<slot>.+)",
        r"(?:do you remember|recall) (?P<slot>(?:my|our|where i|when i|what my|who my|where my|when my) .+)",
        r"(?:read|show|tell)(?: me)? (?:my|the|your) notes? (?:about|on) (?P<slot>.+)",
    )
)
_FORGET = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"forget (?:about|that|(?:the|my) note (?:about|on|that)|what i (?:said|told you) about) (?P<slot>.+)",
        r"forget (?P<slot>my .+)",
        r"(?:delete|remove|erase) (?:the|my) note (?:about|on|that) (?P<slot>.+)",
    )
)
_REMEMBER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:remember|keep in mind|don't forget|do not forget|note|note down|write down|make a note|take a note)"
        r"(?: that| of the fact that)? (?P<slot>(?:my|our|i|i'm|i've|we|we're|the|to|it's|there|he|she|they|his|her|"
        r"your) .+)",
        r"(?:remember|keep in mind|note|note down|write down|make a note|take a note|don't forget)(?: of the fact)? "
        r"(?:that|this|of) (?P<slot>.+ .+)",
        r"remember (?P<slot>(?!(?:when|how|where|what|who|why|if|me|him|us|them|those|back|this|that|not)\b).+ .+)",
    )
)
_LONGEST_TOPIC = 8
"""Words of what is to be forgotten; longer ones are remarks."""


def find_command(core: str, text: str) -> ToolCall | None:
    """The command that ``core`` is; ``text`` is the utterance as it came, for what is to be noted word by word."""
    order = as_command(core)
    for said in dict.fromkeys((core, order)):
        for call, pattern in _COMMANDS:
            if pattern.fullmatch(said):
                return call
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
