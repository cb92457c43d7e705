"""Names as recognisers write them find their persona; what is no name finds none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.personas.load import Library, load_library
from assistant.personas.names import closest, match, normalise

LIBRARY = load_library()

# What Moonshine tiny and Whisper tiny.en wrote for synthesised commands (plain, pitched, noisy voices).
RECOGNISED = {
    "glados": (
        "Glados|glad us|Glad us!|Gladass|glad Ops|glad, Oss, please|glodos|glad doth|glad doss|Gla das|"
        "glod doss please|glad das|Gladeos,|Glade us.|Glade-os.|glade-dos|Gleidos|glazed off|"
        "glayed ass|Gleigh Dust|glad dusk|glazed, Oz|glade dots|lay doss|gladys|lados|glados now|"
        "GLADOS|glad os"
    ),
    "hal9000": (
        "how nine thousand.|how 9000|how 9,000|how ninth, thousand|Hal nine thousand|HAL 9000|Hal|hell|"
        "Hell,|how|HAL-9000|held ninth, thousand|her ninth thousandth|hal 9 000|hull nine thousand|"
        "h.a.l. nine thousand"
    ),
    "tars": "tars|Tarz.|tires|tar's|Tars,|the tars|tarse|tarsh|Tars now",
    "samantha": "Samantha|some anger|a manther|samantha please|Simantha|Sam|some answer|Samanta",
    "kitt": "kit|Kit.|kids|kett|kept|cut|cat|kat|KITT|kid",
    "jarvis": "Jarvis|jervis|jar of this|jar this|Javis|jarvish|garvis|Jarvas|charvis|jaris",
    "default": "Nova|the assistant|assistant|default|normal|the default persona|Nova,",
}

NO_NAME_AFTER_CHANGE_TO = (
    "french|napoleon|a pirate|darth vader|the other one|someone else|the kitchen|another song|english|"
    "alexa|siri|cortana|computer|a joke|tomorrow|the weather|batman|gandalf|marvin|friday|ultron|data|"
    "spock|robot|doctor who|plan b|channel five|dark mode|gladiator|glass|harvest|service|samsung|"
    "samurai|salmon|tarzan|mars|guitars|kitchen|hello|halloween|hallway|nova scotia place|nine|"
    "casanova|thousand islands|car|the stairs|dog|it|him|you|a different voice|something louder|"
    "a clean shirt|glasses|my account|trousers|the next one|glad|us|ten thousand|same as her|novel|"
    "november"
)

NO_NAME_IN_OPEN_SPEECH = (
    "how|it|car|cars|tired|tires|hell|hall|kid|kids|kept|cut|cat|stars|tears|glad|glad to|how are you|"
    "how nine|i am glad|glad it works|what|some anger|some answer|normal|held|hello|how old are you|"
    "tar|doors|service|harvest|my kit bag|a kit kat|novel|over|no|nothing|thousand|"
    "nine thousand dollars|samsung|gladly|glass|glasses|travel|traffic|have you seen the stars|"
    "cut it out|get it|let it be|hey|how about that|tarts|target|tarot|a nova is a star|this is it|"
    "quit|java|gravy|the assistant manager|i love jarvis cocker|what time is it|stop|yes|thank you|"
    "gladys knight sang"
)


def pairs() -> list[tuple[str, str]]:
    return [(said, slug) for slug, table in RECOGNISED.items() for said in table.split("|")]


@pytest.mark.parametrize(("said", "slug"), pairs())
def test_what_recognisers_write_finds_the_persona(said: str, slug: str):
    found = match(said, LIBRARY)
    assert found is not None
    assert found.persona.slug == slug
    assert 0.8 < found.score <= 1.0


@pytest.mark.parametrize("said", NO_NAME_AFTER_CHANGE_TO.split("|"))
def test_other_things_to_change_to_find_nobody(said: str):
    assert match(said, LIBRARY) is None


@pytest.mark.parametrize("said", NO_NAME_IN_OPEN_SPEECH.split("|"))
def test_ordinary_words_mean_nobody_in_open_speech(said: str):
    assert match(said, LIBRARY, strict=True) is None


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("GLaDOS", "glados"), ("glad os", "glados"), ("glados?", "glados"), ("HAL 9000", "hal9000"),
        ("Hal.", "hal9000"), ("hal nine thousand", "hal9000"), ("Tars!", "tars"),
        ("Samantha", "samantha"), ("kit", "kitt"), ("KITT", "kitt"), ("Jarvis,", "jarvis"),
        ("jervis", "jarvis"), ("Nova", "default"), ("the assistant", "default"),
    ],
)  # fmt: skip
def test_a_name_on_its_own_is_understood_in_open_speech(said: str, slug: str):
    found = match(said, LIBRARY, strict=True)
    assert found is not None
    assert found.persona.slug == slug


def test_the_tables_are_large_enough_to_mean_something():
    assert len(pairs()) >= 60
    assert len(NO_NAME_AFTER_CHANGE_TO.split("|")) >= 60
    assert len(NO_NAME_IN_OPEN_SPEECH.split("|")) >= 60


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("glider us", "glados"),
        ("service", "jarvis"),
        ("kite", "kitt"),
        ("a star", "tars"),
        ("hallo thousand", "hal9000"),
    ],
)
def test_the_closest_names_are_offered_for_asking_back(said: str, slug: str):
    near = closest(said, LIBRARY)
    assert len(near) == 3
    assert near[0].slug == slug


def test_two_equally_likely_personas_are_not_guessed_between():
    glados = LIBRARY.get("glados")
    twin = glados.model_copy(update={"slug": "gladis", "name": "Gladis", "aliases": (), "heard_as": ()})
    lone = glados.model_copy(update={"aliases": (), "heard_as": ()})
    assert match("gladus", Library((lone,))).persona is lone
    assert match("gladus", Library((lone, twin))) is None
    assert match("gladis", Library((lone, twin))).persona is twin


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("HAL-9,000!", "hal nine thousand"), ("to the GLaDOS persona, please", "glados"), ("José", "jose"),
        ("tar's", "tars"), ("please", "please"), ("", ""), ("🙂", ""),
    ],
)  # fmt: skip
def test_names_are_compared_without_what_stands_around_them(said: str, plain: str):
    assert normalise(said) == plain


@given(st.text(max_size=60), st.booleans())
def test_any_text_has_an_answer(said: str, strict: bool):
    found = match(said, LIBRARY, strict=strict)
    assert found is None or 0.8 < found.score <= 1.0
    assert len(closest(said, LIBRARY)) in (0, 3)


def test_a_users_persona_is_found_by_its_sound():
    marvin = LIBRARY.default.model_copy(
        update={"slug": "marvin", "name": "Marvin", "aliases": (), "heard_as": ()}
    )
    library = Library((*LIBRARY.personas, marvin))
    assert {match(said, library).persona.slug for said in ("marvin", "Marven", "marvyn.", "marfin")} == {
        "marvin"
    }
