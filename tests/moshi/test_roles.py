"""A PersonaPlex in the live loop: prompt and voice begin a conversation, and cost little the next time."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import CheckpointMissingError
from assistant.voice.duplex.pipeline import Conversation, Stepper
from assistant.voice.moshi.checkpoint import open_checkpoint
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.personaplex_setup import convert_personaplex
from assistant.voice.moshi.talker import MoshiTalker
from tests.fakes.moshi_torch import write_personaplex

NOVA = Conversation("You are Nova. You are friendly.", "NATF2")
HAL = Conversation("You are HAL 9000. You are calm.", "NATM1")


@pytest.fixture(scope="module")
def stepper(tmp_path_factory: pytest.TempPathFactory) -> Stepper:
    folder = tmp_path_factory.mktemp("personaplex")
    write_personaplex(folder / "published")
    convert_personaplex(folder / "published", folder / "made", 8, lambda share: None)
    return MoshiTalker(open_checkpoint(folder / "made"), "PersonaPlex").make_stepper()


def answer(stepper: Stepper, role: Conversation) -> list[list[int]]:
    stepper.begin(role)
    steps = [stepper.step(np.full(8, frame, np.int32)) for frame in range(4)]
    return [said.codes.tolist() for said in steps if said.codes is not None]


def test_a_role_that_was_taken_on_before_is_as_it_was(
    stepper: Stepper, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, hal = answer(stepper, NOVA), answer(stepper, HAL)
    assert nova
    assert nova != hal
    with monkeypatch.context() as patched:
        patched.delattr(Generator, "prefill")
        assert answer(stepper, NOVA) == nova
        assert answer(stepper, HAL) == hal


def test_a_voice_that_is_none_is_told(stepper: Stepper) -> None:
    with pytest.raises(CheckpointMissingError, match="no voice Darth"):
        stepper.begin(Conversation("You are Darth.", "Darth"))
