"""No package of the default lock is copyleft but those that ``docs/dependencies.md`` names."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPYLEFT = re.compile(
    r"\b(A?L?GPL|MPL|EUPL|CDDL|EPL|OSL|Mozilla Public|General Public|Eclipse Public)", re.IGNORECASE
)
NAMED = {"soxr", "tqdm", "certifi"}
LOCKED = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


def licence(name: str) -> str:
    """What an installed package says of its licence."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        pytest.skip("not for this platform")
    # Some put the whole text of the licence, which may speak of others, into the field: its name is in front.
    short = (told["License"] or "").strip().partition("\n")[0]
    classes = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    return " / ".join(filter(None, (told["License-Expression"], short, *classes)))


@pytest.mark.parametrize("name", LOCKED)
def test_no_package_of_the_default_lock_is_copyleft_unless_it_is_named(name: str) -> None:
    said = licence(name)
    if name not in NAMED:
        assert not COPYLEFT.search(said), said


def test_the_exceptions_are_named_in_the_docs() -> None:
    docs = (ROOT / "docs" / "dependencies.md").read_text()
    assert all(re.search(rf"\b{name}\b", docs) for name in NAMED)
    assert COPYLEFT.search(licence("soxr")), "the check finds what it looks for"
