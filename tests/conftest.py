"""Options of the whole suite: how many fuzz cases, and whether the long runs are wanted."""

from __future__ import annotations

import pytest
from hypothesis import settings

SECONDS_A_CASE = 0.02
"""Time limit of fuzzed tests for each case, several times what a case takes."""

# How long a case takes is the machine's affair: other tests run beside it.
settings.register_profile("assistant", deadline=None)
settings.load_profile("assistant")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fuzz-cases",
        type=int,
        default=2000,
        metavar="N",
        help="cases for each fuzzed component, shared among its tests (default: 2000)",
    )
    parser.addoption("--long", action="store_true", help="run the tests marked as long too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    cases: int = config.getoption("--fuzz-cases")
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="only with --long"))
        if "fuzz_cases" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(max(120, cases * SECONDS_A_CASE)))


@pytest.fixture(scope="session")
def fuzz_cases(request: pytest.FixtureRequest) -> int:
    """How many cases a fuzzed component gets in this run."""
    cases: int = request.config.getoption("--fuzz-cases")
    return cases
