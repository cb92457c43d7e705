"""The table itself, the user's own keys, slash commands, and what is written from the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from assistant.conversation.requests import PersonaRequested, TalkRequested, TypedTurn, WakeRequested
from assistant.dashboard import slash
from assistant.dashboard.keymap import ACTIONS, EDITING, SWALLOWED, KeyFault, remap
from assistant.dashboard.reference import keys_page, readme_sentence
from assistant.dashboard.screens.help import HelpScreen
from tests.dashboard.stage import stage

ROOT = Path(__file__).resolve().parents[2]


def keys_of(keys: dict[str, str]) -> dict[str, tuple[str, ...]]:
    actions, faults = remap(keys)
    assert not faults
    return {action.id: action.keys for action in actions}


def faults_of(keys: dict[str, str]) -> list[KeyFault]:
    actions, faults = remap(keys)
    assert actions == ACTIONS
    return list(faults)


def test_ids_keys_labels_and_commands_are_unique():
    keys = [key for action in ACTIONS for key in action.keys]
    for values in (keys, [each.id for each in ACTIONS], [(each.group, each.label) for each in ACTIONS]):
        assert len(set(values)) == len(values)


def test_every_key_passes_what_is_asked_of_the_users_keys():
    assert remap({action.id: action.key for action in ACTIONS}) == (ACTIONS, ())


def test_what_the_input_line_does_itself_is_what_textual_says():
    bound = {key for binding in Input.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr]
    # Copying is the action's own: it copies the line's selection too.
    assert bound - {"ctrl+c"} <= EDITING
    assert not EDITING & SWALLOWED


def test_a_key_is_changed_added_and_taken_away():
    keys = keys_of({"talk": "F6", "persona_panel": "", "microphone": "f3, Alt-T"})
    assert (keys["talk"], keys["persona_panel"], keys["microphone"]) == (("f6",), (), ("f3", "alt+t"))


def test_two_keys_are_swapped():
    keys = keys_of({"talk": "f3", "microphone": "f4"})
    assert (keys["talk"], keys["microphone"]) == (("f3",), ("f4",))


@pytest.mark.parametrize(
    ("id", "key", "reason"),
    [
        ("talk", "f3", "F3 is already the key of microphone"),
        ("talk", "x", "x types a character"),
        ("talk", "shift+x", "shift+x types a character"),
        ("talk", "ctrl+w", "Ctrl-W is needed by the input line"),
        ("talk", "ctrl+s", "Ctrl-S does not reach a program in a terminal"),
        ("talk", "f99", "f99 is not a key"),
        ("talk", "hyper+f1", "hyper+f1 is not a key"),
        ("tlak", "f6", "is not an action; did you mean talk?"),
        ("interrupt", "", "needs a key, or there is no way out"),
    ],
)
def test_a_key_that_cannot_be_taken_is_told_and_costs_only_itself(id: str, key: str, reason: str):
    assert faults_of({id: key}) == [KeyFault(id, reason)]


def test_of_two_changes_to_one_key_the_first_in_the_table_stays():
    actions, faults = remap({"wake": "alt+t", "talk": "alt+t"})
    assert [fault.action_id for fault in faults] == ["wake"]
    assert next(each for each in actions if each.id == "talk").keys == ("alt+t",)


async def test_the_users_keys_work_and_are_shown_everywhere():
    async with stage(keys={"talk": "alt+t", "wake": "f4", "help": "alt+h"}) as on:
        await on.pilot.press("alt+t", "f4")
        assert on.conversation.requests == [TalkRequested(True), WakeRequested()]
        assert "Alt-T Talk" in on.lines[-1]
        await on.pilot.press("alt+h")
        await on.until(lambda: isinstance(on.app.screen, HelpScreen))
        shown = str(on.app.screen.query_one(Static).content)
        assert "Alt-T " in shown
        assert "Alt-H " in shown
        await on.pilot.press("alt+h")
        await on.until(lambda: on.app.screen is on.app.dashboard)


async def test_keys_that_clash_are_told_with_their_place():
    async with stage(keys={"talk": "f3"}) as on:
        await on.until(lambda: "keys.talk: F3 is already the key of microphone." in on.text)
        await on.pilot.press("f4")
        assert on.conversation.requests == [TalkRequested(True)]


@pytest.mark.parametrize(
    ("line", "id", "argument"),
    [
        ("/quit", "quit", ""),
        ("/QUIT", "quit", ""),
        ("/personas  ada lovelace ", "personas", "ada lovelace"),
        ("/micro", "microphone", ""),
    ],
)
def test_a_slash_command_calls_an_action(line: str, id: str, argument: str):
    call = slash.read(line, ACTIONS)
    assert isinstance(call, slash.Call)
    assert (call.action.id, call.argument) == (id, argument)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/quitt", "Try /quit."),
        ("/", "Try /help."),
        ("/scroll", "Try /scroll-up or /scroll-down."),
        ("/quit now", "takes nothing"),
    ],
)
def test_a_slash_command_that_does_not_exist_has_a_remedy(line: str, says: str):
    unknown = slash.read(line, ACTIONS)
    assert isinstance(unknown, slash.Unknown)
    assert says in f"{unknown.message} {unknown.remedy}"


def test_words_for_the_assistant_may_begin_with_a_slash():
    assert slash.read("//etc is what?", ACTIONS) is None
    assert slash.words("//etc is what?") == "/etc is what?"
    assert slash.words("and/or") == "and/or"


async def test_commands_are_carried_out_and_not_sent():
    async with stage() as on:
        await on.pilot.press(*"/personas bob", "enter", *"/nonsense", "enter", *"//home", "enter")
        await on.until(lambda: "There is no command /nonsense." in on.text)
        assert on.conversation.requests == [PersonaRequested("bob"), TypedTurn("/home")]


async def test_a_persona_that_is_not_there_is_answered_with_the_closest():
    async with stage() as on:
        await on.pilot.press(*"/personas zebra", "enter")
        await on.until(lambda: "There is no persona named 'zebra'." in on.text)
        assert on.conversation.requests == []


def test_the_page_of_keys_is_written_from_the_table():
    page = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert page == keys_page(), "run scripts/keys"


def test_the_readme_names_the_keys_of_the_table():
    assert readme_sentence() in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
