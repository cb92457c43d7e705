"""``docs/checklist.md``: every row is there, and every test that one names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| ([^|]+) \| (\w+) \| ([^|]*) \|$", (ROOT / "docs/checklist.md").read_text(), re.MULTILINE
)
NAMED = sorted({name for row in ROWS for name in re.findall(r"`(tests/[^`]+)`", row[3])})
WITHOUT_A_TEST = {"74"}
"""Rows that are done by other rows."""


def test_every_row_is_there_once():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 113))
    assert {status for _, _, status, _ in ROWS} <= {"done", "part", "left", "obsolete", "chore"}


def test_what_is_done_names_its_proof_and_what_is_left_its_reason():
    for number, _, status, proof in ROWS:
        assert proof.strip(), number
        assert status != "done" or "`tests/" in proof or number in WITHOUT_A_TEST, number


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists(name: str):
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"def {test}\(", (ROOT / path).read_text())
